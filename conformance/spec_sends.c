#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec_internal.h"

static const char *const keys[] = {"call",    "method",         "path",       "as",
                                   "query",   "headers",        "json",       "body",
                                   "framing", "content_length", "pause_after"};

#define KEY_COUNT (sizeof keys / sizeof *keys)

bool send_is_key(const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (strcmp(keys[i], name) == 0)
            return true;
    }
    return false;
}

/* ---- the call and its parameters ---- */

static const struct spec_call *find_call(struct spec_context *context, const struct yaml_node *node)
{
    CLEANUP(text) char *name = read_literal(context, node, "the name of a call");
    if (!name)
        return NULL;
    if (!context->api) {
        problems_add(context->problems, node->place,
                     "call \"%s\": no call is declared here, use method and path", name);
        return NULL;
    }
    const struct names_entry *entry = names_find(&context->api->calls, name);
    if (!entry) {
        struct guess guess;
        guess_init(&guess, name);
        guess_offer_names(&guess, &context->api->calls);
        problems_add(context->problems, node->place, "unknown call \"%s\"%s", name, guess_end(&guess));
        return NULL;
    }
    return entry->value;
}

static void add_param(struct spec_context *context, const struct yaml_node *node, const char *name,
                      const struct spec_call *call, struct spec_send *send)
{
    const struct yaml_node *value = yaml_get(node, name);
    if (!value) {
        problems_add(context->problems, node->place, "call \"%s\" needs the parameter \"%s\" of its path %s",
                     call->name, name, call->path);
        return;
    }
    struct spec_pair *param = mem_append(&send->params, &send->param_count);
    param->name = mem_dup(name);
    param->value = read_template(context, value, "a parameter");
}

static void parse_call(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    static const char *const instead[] = {"method", "path"};
    for (size_t i = 0; i < 2; i++) {
        if (yaml_get(node, instead[i]))
            problems_add(context->problems, yaml_get(node, instead[i])->place,
                         "`%s` beside `call`: the call says it already", instead[i]);
    }
    send->call = find_call(context, yaml_get(node, "call"));
    if (!send->call)
        return;
    send->method = mem_dup(send->call->method);
    send->path = mem_dup(send->call->path);
    const char *at = send->call->path;
    const char *name;
    size_t length;
    while (call_next_param(&at, &name, &length)) {
        CLEANUP(text) char *param = mem_dup_n(name, length);
        add_param(context, node, param, send->call, send);
    }
}

static void parse_path(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    if (!yaml_get(node, "method") || !yaml_get(node, "path"))
        problems_add(context->problems, node->place, "a request has either `call`, or `method` and `path`");
    send->method = read_template(context, yaml_get(node, "method"), "method");
    send->path = read_template(context, yaml_get(node, "path"), "path");
    if (send->path && *send->path != '/' && *send->path != '$')
        problems_add(context->problems, yaml_get(node, "path")->place,
                     "path \"%s\" does not begin with a slash", send->path);
}

/* ---- the rest ---- */

static void complain_key(struct spec_context *context, const struct yaml_node *key,
                         const struct spec_call *call)
{
    struct guess guess;
    guess_init(&guess, key->text);
    for (size_t i = 0; i < KEY_COUNT; i++)
        guess_offer(&guess, keys[i]);
    read_unknown_key(context, key, call ? "a request of this call" : "a request", &guess);
}

/* A call that is unknown has been complained of; what its parameters are is not known then. */
static void check_keys(struct spec_context *context, const struct yaml_node *node, bool held,
                       const struct spec_send *send)
{
    bool call_unknown = yaml_get(node, "call") && !send->call;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = &node->keys[i];
        bool known = send_is_key(key->text) || (send->call && call_has_param(send->call, key->text));
        if (!known && !call_unknown)
            complain_key(context, key, send->call);
        if (!held && strcmp(key->text, "pause_after") == 0)
            problems_add(context->problems, key->place, "`pause_after` goes with `open` only");
    }
    if (held && !yaml_get(node, "pause_after"))
        problems_add(context->problems, node->place, "a request that is held open needs `pause_after`");
}

static void parse_identity(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    send->identity = node ? read_literal(context, node, "as") : mem_dup("owner");
    if (!send->identity)
        return;
    if (!identity_is_known(send->identity)) {
        struct guess guess;
        guess_init(&guess, send->identity);
        identity_guess(&guess);
        problems_add(context->problems, node->place, "unknown identity \"%s\"%s", send->identity,
                     guess_end(&guess));
    } else if (context->needs) {
        needs_add_identity(context->needs, send->identity);
    }
}

static bool is_null(const struct yaml_node *node)
{
    return node->kind == YAML_KIND_SCALAR && strcmp(yaml_kind_text(node), "null") == 0;
}

static void parse_pairs(struct spec_context *context, const struct yaml_node *node, const char *what,
                        bool with_null, struct spec_pair **pairs, size_t *count)
{
    if (!node || !read_is_mapping(context, node, what))
        return;
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *value = &node->values[i];
        struct spec_pair *pair = mem_append(pairs, count);
        pair->name = mem_dup(node->keys[i].text);
        if (!with_null || !is_null(value))
            pair->value = read_template(context, value, what);
    }
}

static void parse_body(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    const struct yaml_node *json = yaml_get(node, "json");
    const struct yaml_node *body = yaml_get(node, "body");
    if (json && body)
        problems_add(context->problems, body->place, "`body` beside `json`: a request has one body");
    else if (json)
        body_json(context, json, &send->body);
    else if (body)
        body_parse(context, body, &send->body);
}

static void parse_framing(struct spec_context *context, const struct yaml_node *node, struct spec_send *send)
{
    CLEANUP(text) char *framing = node ? read_literal(context, node, "framing") : NULL;
    if (!framing)
        return;
    send->framing = strcmp(framing, "chunked") == 0 ? SPEC_FRAMING_CHUNKED : SPEC_FRAMING_LENGTH;
    if (send->framing == SPEC_FRAMING_LENGTH && strcmp(framing, "length") != 0)
        problems_add(context->problems, node->place, "framing \"%s\", expected length or chunked", framing);
}

void send_parse(struct spec_context *context, const struct yaml_node *node, bool held, struct spec_send *send)
{
    send->place = node->place;
    if (!read_is_mapping(context, node, "a request"))
        return;
    if (yaml_get(node, "call"))
        parse_call(context, node, send);
    else
        parse_path(context, node, send);
    check_keys(context, node, held, send);
    parse_identity(context, yaml_get(node, "as"), send);
    parse_pairs(context, yaml_get(node, "query"), "query", false, &send->query, &send->query_count);
    parse_pairs(context, yaml_get(node, "headers"), "headers", true, &send->headers, &send->header_count);
    parse_body(context, node, send);
    parse_framing(context, yaml_get(node, "framing"), send);
    if (yaml_get(node, "content_length"))
        send->content_length = read_size(context, yaml_get(node, "content_length"), "content_length");
    if (held && yaml_get(node, "pause_after"))
        send->pause_after = read_size(context, yaml_get(node, "pause_after"), "pause_after");
}

bool spec_send_parse(const struct yaml_node *node, struct problems *problems, struct spec_send *ret_send)
{
    struct spec_context context = {.problems = problems};
    struct spec_send send = {0};
    size_t before = problems->count;
    send_parse(&context, node, false, &send);
    if (problems->count > before) {
        spec_send_fini(&send);
        return false;
    }
    *ret_send = send;
    return true;
}

void spec_send_fini(struct spec_send *send)
{
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
