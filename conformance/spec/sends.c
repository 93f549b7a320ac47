#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec/internal.h"

/* RFC 9110, 5.6.2: what names of methods and headers are made of. */
static bool is_token(const char *text)
{
    static const char characters[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return *text && text[strspn(text, characters)] == '\0';
}

static void parse_method(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    send->method = read_template(context, node, "method");
    if (send->method && !strstr(send->method, "${") && !is_token(send->method))
        problems_add(context->problems, node->place, "\"%s\" is no method", send->method);
}

static void parse_path(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    send->path = read_template(context, node, "path");
    if (send->path && send->path[0] != '/' && strncmp(send->path, "${", 2) != 0)
        problems_add(context->problems, node->place, "path \"%s\" does not begin with a slash", send->path);
}

static void parse_identity(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    CLEANUP(text) char *name = read_literal(context, node, "as");
    if (!name)
        return;
    if (identity_is_known(name)) {
        free(send->identity);
        send->identity = TAKE(name);
        return;
    }
    struct guess guess;
    guess_init(&guess, name);
    identity_guess(&guess);
    problems_add(context->problems, node->place, "unknown identity \"%s\"%s", name, guess_end(&guess));
}

static void add_parameter(struct spec_context *context, const struct yaml_node *key,
                          const struct yaml_node *value, struct spec_send *send)
{
    struct spec_pair *pair = mem_append(&send->query, &send->query_count);
    pair->name = mem_dup(key->text);
    pair->value = read_template(context, value, "a query parameter");
}

/* A list of values is the parameter once for each. */
static void parse_parameter(struct spec_context *context, const struct yaml_node *key,
                            const struct yaml_node *value, struct spec_send *send)
{
    if (value->kind != YAML_KIND_SEQUENCE) {
        add_parameter(context, key, value, send);
        return;
    }
    if (!read_is_sequence(context, value, "a query parameter"))
        return;
    for (size_t i = 0; i < value->count; i++)
        add_parameter(context, key, &value->values[i], send);
}

static void parse_query(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    if (!read_is_mapping(context, node, "query"))
        return;
    for (size_t i = 0; i < node->count; i++)
        parse_parameter(context, &node->keys[i], &node->values[i], send);
}

/* Absent for null: the header is left out. A line break would end the header. */
static char *parse_header_value(struct spec_context *context, const struct yaml_node *node)
{
    if (strcmp(yaml_kind_text(node), "null") == 0)
        return NULL;
    char *value = read_template(context, node, "a header");
    if (value && strpbrk(value, "\r\n"))
        problems_add(context->problems, node->place, "a line break in the value of a header");
    return value;
}

static void parse_headers(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    if (!read_is_mapping(context, node, "headers"))
        return;
    for (size_t i = 0; i < node->count; i++) {
        struct spec_pair *pair = mem_append(&send->headers, &send->header_count);
        pair->name = mem_dup(node->keys[i].text);
        pair->value = parse_header_value(context, &node->values[i]);
        if (!is_token(pair->name))
            problems_add(context->problems, node->keys[i].place, "\"%s\" is no name of a header", pair->name);
    }
}

static void parse_json(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    body_json(context, node, &send->body);
}

static void parse_body(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    if (send->body.kind == SPEC_BODY_NONE)
        body_parse(context, node, &send->body);
    else
        problems_add(context->problems, node->place, "`body` beside `json`: only one of them can be sent");
}

static void parse_framing(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    CLEANUP(text) char *framing = read_literal(context, node, "framing");
    if (framing && strcmp(framing, "chunked") == 0)
        send->framing = SPEC_FRAMING_CHUNKED;
    else if (framing && strcmp(framing, "length") != 0)
        problems_add(context->problems, node->place, "framing \"%s\", expected length or chunked", framing);
}

static void parse_content_length(struct spec_context *context, const struct yaml_node *node,
                                 struct spec_send *send)
{
    send->content_length = read_size(context, node, "content_length");
}

static void parse_pause_after(struct spec_context *context, const struct yaml_node *node,
                              struct spec_send *send)
{
    send->pause_after = read_size(context, node, "pause_after");
}

/* In the order in which they are read. */
static const struct field {
    const char *key;
    bool beside_call; /* may stand beside `call` */
    bool held_only;   /* belongs to `open` */
    void (*parse)(struct spec_context *context, const struct yaml_node *node, struct spec_send *send);
} fields[] = {
    {"method", false, false, parse_method},
    {"path", false, false, parse_path},
    {"as", true, false, parse_identity},
    {"query", true, false, parse_query},
    {"headers", true, false, parse_headers},
    {"json", true, false, parse_json},
    {"body", true, false, parse_body},
    {"framing", true, false, parse_framing},
    {"content_length", true, false, parse_content_length},
    {"pause_after", true, true, parse_pause_after},
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

static const struct field *field_find(const char *name)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(fields[i].key, name) == 0)
            return &fields[i];
    }
    return NULL;
}

bool send_is_key(const char *name)
{
    return strcmp(name, "call") == 0 || field_find(name) != NULL;
}

/* Of the case that declares none: NULL after complaining. */
static const struct spec_call *find_call(struct spec_context *context, const struct yaml_node *node)
{
    CLEANUP(text) char *name = read_literal(context, node, "call");
    if (!name)
        return NULL;
    if (!context->api) {
        problems_add(context->problems, node->place,
                     "call \"%s\": no call is declared here, give `method` and `path`", name);
        return NULL;
    }
    const struct names_entry *entry = names_find(&context->api->calls, name);
    if (entry)
        return entry->value;
    struct guess guess;
    guess_init(&guess, name);
    guess_offer_names(&guess, &context->api->calls);
    problems_add(context->problems, node->place, "unknown call \"%s\"%s", name, guess_end(&guess));
    return NULL;
}

static void offer_params(struct guess *guess, const struct spec_call *call, struct names *params)
{
    const char *at = call->path;
    const char *param;
    size_t length;
    while (call_next_param(&at, &param, &length)) {
        CLEANUP(text) char *name = mem_dup_n(param, length);
        names_add(params, name, call->place, NULL);
    }
    guess_offer_names(guess, params);
}

static void complain_key(struct spec_context *context, const struct yaml_node *key, bool held,
                         const struct spec_call *call)
{
    struct guess guess;
    struct names params = {0};
    guess_init(&guess, key->text);
    if (call)
        offer_params(&guess, call, &params);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if ((held || !fields[i].held_only) && (!call || fields[i].beside_call))
            guess_offer(&guess, fields[i].key);
    }
    CLEANUP(text) char *what = call ? mem_printf("a send of call \"%s\"", call->name) : mem_dup("a send");
    read_unknown_key(context, key, what, &guess);
    names_fini(&params);
}

/* Whether there is anything to be said against `key`. Beside a call that is not known any key may be
 * one of its parameters. */
static void check_key(struct spec_context *context, const struct yaml_node *key, bool held, bool has_call,
                      const struct spec_call *call)
{
    const struct field *field = field_find(key->text);
    if (strcmp(key->text, "call") == 0 || (has_call && !call && !field) ||
        (call && call_has_param(call, key->text)))
        return;
    if (!field || (field->held_only && !held))
        complain_key(context, key, held, call);
    else if (has_call && !field->beside_call)
        problems_add(context->problems, key->place, "`%s` beside `call`, which says it already", key->text);
}

static void parse_params(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    const char *at = send->call->path;
    const char *param;
    size_t length;
    while (call_next_param(&at, &param, &length)) {
        CLEANUP(text) char *name = mem_dup_n(param, length);
        const struct yaml_node *value = yaml_get(node, name);
        if (!value) {
            problems_add(context->problems, node->place, "call \"%s\" without its parameter \"%s\"",
                         send->call->name, name);
            continue;
        }
        struct spec_pair *pair = mem_append(&send->params, &send->param_count);
        pair->value = read_template(context, value, "a parameter of the path");
        pair->name = TAKE(name);
    }
}

static void check_target(struct spec_context *context, const struct yaml_node *node, bool held)
{
    bool has_method = yaml_get(node, "method") != NULL;
    bool has_path = yaml_get(node, "path") != NULL;
    if (!yaml_get(node, "call") && !(has_method && has_path))
        problems_add(context->problems, node->place, "a send without `call`, or `method` and `path`");
    if (held && !yaml_get(node, "pause_after"))
        problems_add(context->problems, node->place, "an open without `pause_after`");
}

void send_parse(struct spec_context *context, const struct yaml_node *node, bool held, struct spec_send *send)
{
    send->place = node->place;
    send->identity = mem_dup("owner");
    if (!read_is_mapping(context, node, held ? "an open" : "a send"))
        return;
    const struct yaml_node *call = yaml_get(node, "call");
    if (call)
        send->call = find_call(context, call);
    check_target(context, node, held);
    for (size_t i = 0; i < node->count; i++)
        check_key(context, &node->keys[i], held, call != NULL, send->call);
    if (send->call) {
        parse_params(context, node, send);
        send->method = mem_dup(send->call->method);
        send->path = mem_dup(send->call->path);
    }
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct yaml_node *value = yaml_get(node, fields[i].key);
        if (value && (!call || fields[i].beside_call))
            fields[i].parse(context, value, send);
    }
    if (context->needs)
        needs_add_identity(context->needs, send->identity);
}

bool spec_send_parse(const struct yaml_node *node, struct problems *problems, struct spec_send *ret_send)
{
    struct problems own = {0};
    struct spec_context context = {.problems = &own};
    struct spec_send send = {0};
    send_parse(&context, node, false, &send);
    bool good = own.count == 0;
    for (size_t i = 0; i < own.count; i++)
        problems_add_err(problems, &own.items[i]);
    problems_fini(&own);
    if (good)
        *ret_send = send;
    else
        spec_send_fini(&send);
    return good;
}

void spec_send_fini(struct spec_send *send)
{
    if (!send)
        return;
    free(send->method);
    free(send->path);
    pairs_free(send->params, send->param_count);
    pairs_free(send->query, send->query_count);
    pairs_free(send->headers, send->header_count);
    free(send->identity);
    spec_body_fini(&send->body);
    free(send->content_length);
    free(send->pause_after);
    *send = (struct spec_send){0};
}
