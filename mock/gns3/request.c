#include "mock/gns3/request.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/gns3/python.h"

#define MESSAGE_SIZE_MAX (8 * BUF_MIB) /* it quotes a body of 1 MiB, each byte as four at most */

/* What is checked, and what a refusal says. */
struct check {
    struct exchange *exchange;
    const struct gns3_schema *schema;
    json_t *request;
    struct buf complaint;
    bool pointless; /* a broken rule lets the request pass, and there is nothing to do */
};

static bool obeys(const struct check *check, enum rule rule)
{
    return exchange_obeys(check->exchange, rule);
}

static const struct gns3_parameter *find_parameter(const struct gns3_schema *schema, const char *name)
{
    for (const struct gns3_parameter *parameter = schema->parameters; parameter->name; parameter++) {
        if (strcmp(parameter->name, name) == 0)
            return parameter;
    }
    return NULL;
}

static bool names_are_known(struct check *check)
{
    const char *name;
    json_t *value;
    void *next;
    size_t count = 0;
    struct buf names;
    buf_init(&names, MESSAGE_SIZE_MAX);
    json_object_foreach_safe(check->request, next, name, value)
    {
        if (find_parameter(check->schema, name))
            continue;
        if (!obeys(check, check->schema->unknown_rule)) {
            json_object_del(check->request, name);
            continue;
        }
        json_t *text = json_string(name);
        buf_puts(&names, count++ ? ", " : "");
        python_put(&names, text);
        json_decref(text);
    }
    if (count)
        buf_printf(&check->complaint, "Additional properties are not allowed (%s %s unexpected)", names.data,
                   count > 1 ? "were" : "was");
    buf_fini(&names);
    return count == 0;
}

/* What a broken rule makes of a value that is missing or wrong. Always true. */
static bool fall_back(struct check *check, const struct gns3_parameter *parameter)
{
    json_object_del(check->request, parameter->name);
    if (parameter->mandatory && parameter->fallback)
        json_object_set_new(check->request, parameter->name,
                            json_loads(parameter->fallback, JSON_DECODE_ANY, NULL));
    else if (parameter->mandatory)
        check->pointless = true;
    return true;
}

static bool is_given(struct check *check, const struct gns3_parameter *parameter)
{
    if (!parameter->mandatory || json_object_get(check->request, parameter->name))
        return true;
    if (!obeys(check, parameter->mandatory_rule))
        return fall_back(check, parameter);
    return !buf_printf(&check->complaint, "'%s' is a required property", parameter->name);
}

static bool is_value(const struct check *check, const struct gns3_parameter *parameter, const json_t *value)
{
    const char *text = json_string_value(value);
    for (const struct gns3_value *known = parameter->values; text && known->text; known++) {
        if (strcmp(known->text, text) == 0 && json_string_length(value) == strlen(text))
            return obeys(check, known->accepted);
    }
    return false;
}

static bool has_kind(const struct check *check, const struct gns3_parameter *parameter, const json_t *value)
{
    switch (parameter->kind) {
    case GNS3_INTEGER:
        return json_is_integer(value);
    case GNS3_STRING:
        return json_is_string(value);
    case GNS3_ENUM:
        return is_value(check, parameter, value);
    }
    return false;
}

static void complain_of_kind(struct check *check, const struct gns3_parameter *parameter, const json_t *value)
{
    struct buf *out = &check->complaint;
    python_put(out, value);
    if (parameter->kind != GNS3_ENUM) {
        buf_printf(out, " is not of type '%s'", parameter->kind == GNS3_INTEGER ? "integer" : "string");
        return;
    }
    buf_puts(out, " is not one of [");
    for (const struct gns3_value *known = parameter->values; known->text; known++)
        buf_printf(out, "%s'%s'", known == parameter->values ? "" : ", ", known->text);
    buf_putc(out, ']');
}

/* A refused value of the enum is one whose own rule is broken: it has no other kind then. */
static bool is_listed(const struct gns3_parameter *parameter, const json_t *value)
{
    const char *text = json_string_value(value);
    for (const struct gns3_value *known = parameter->values; known && text && known->text; known++) {
        if (strcmp(known->text, text) == 0)
            return true;
    }
    return false;
}

static bool value_is_good(struct check *check, const struct gns3_parameter *parameter)
{
    const json_t *value = json_object_get(check->request, parameter->name);
    if (!value || has_kind(check, parameter, value))
        return true;
    if (obeys(check, parameter->kind_rule) || is_listed(parameter, value)) {
        complain_of_kind(check, parameter, value);
        return false;
    }
    return fall_back(check, parameter);
}

static bool parameters_are_good(struct check *check)
{
    for (const struct gns3_parameter *at = check->schema->parameters; at->name; at++) {
        if (!is_given(check, at))
            return false;
    }
    for (const struct gns3_parameter *at = check->schema->parameters; at->name; at++) {
        if (!value_is_good(check, at))
            return false;
    }
    return true;
}

static bool body_is_object(struct check *check)
{
    if (json_is_object(check->request))
        return true;
    if (!obeys(check, check->schema->json_rule)) {
        check->pointless = true;
        return true;
    }
    python_put(&check->complaint, check->request);
    buf_puts(&check->complaint, " is not of type 'object'");
    return false;
}

static bool is_good(struct check *check)
{
    return body_is_object(check) &&
           (check->pointless || (names_are_known(check) && parameters_are_good(check)));
}

/* ---- Reading ------------------------------------------------------------------------------------------ */

static void refuse_malformed(const struct check *check, const json_error_t *error)
{
    const struct buf *body = &check->exchange->body;
    json_t *text = json_stringn(body->data, body->length);
    json_t *request = json_pack("{s:o}", "malformed_json", text ? text : json_string(""));
    gns3_answer_bad_request(
        check->exchange, check->schema->route, request,
        mem_printf("Invalid JSON %s: line %d column %d", error->text, error->line, error->column));
    json_decref(request);
}

/* Without a body there are no parameters, which is another thing than a body that is no JSON. */
static bool parse_body(struct check *check)
{
    const struct buf *body = &check->exchange->body;
    json_error_t error = {0};
    check->pointless = body->length == 0 && !obeys(check, check->schema->body_rule);
    check->request = body->length
                         ? json_loadb(body->data, body->length, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error)
                         : json_object();
    if (check->request)
        return true;
    if (obeys(check, check->schema->json_rule)) {
        refuse_malformed(check, &error);
        return false;
    }
    check->pointless = true;
    check->request = json_object();
    return true;
}

/* Texts of the query replace what the body has of the same name. */
static void merge_query(const struct check *check)
{
    const struct target *target = &check->exchange->target;
    for (size_t i = target->query_count; i-- > 0 && json_is_object(check->request);) {
        const struct target_query *query = &target->queries[i];
        json_t *value = find_parameter(check->schema, query->name) ? json_string(query->value) : NULL;
        if (value)
            json_object_set_new(check->request, query->name, value);
    }
}

static void refuse_request(struct check *check, const json_t *quoted)
{
    struct buf message;
    buf_init(&message, MESSAGE_SIZE_MAX);
    buf_printf(&message, "JSON schema error with API request '%s' and JSON data '", check->schema->route);
    python_put(&message, quoted);
    buf_puts(&message, "': ");
    buf_puts(&message, check->complaint.data);
    gns3_answer_bad_request(check->exchange, check->schema->route, check->request, buf_take(&message));
}

/* A new reference; NULL when the exchange is answered. */
static json_t *take_request(struct exchange *exchange, const struct gns3_schema *schema)
{
    struct check check = {.exchange = exchange, .schema = schema};
    json_t *result = NULL;
    if (!parse_body(&check))
        return NULL;
    buf_init(&check.complaint, MESSAGE_SIZE_MAX);
    merge_query(&check);
    json_t *quoted = json_deep_copy(check.request);
    if (!check.pointless && !is_good(&check))
        refuse_request(&check, quoted);
    else if (check.pointless)
        gns3_answer_empty(exchange, 201, schema->route);
    else
        result = json_incref(check.request);
    json_decref(quoted);
    json_decref(check.request);
    buf_fini(&check.complaint);
    return result;
}

const char *gns3_take_path(struct exchange *exchange, const struct gns3_schema *schema, const json_t *request,
                           const char *name)
{
    const json_t *value = json_object_get(request, name);
    const char *text = json_string_value(value);
    if (strlen(text) == json_string_length(value))
        return text;
    gns3_answer_conflict(exchange, schema->route, "QemuError", "'%s' has an embedded null byte: %s", name,
                         text);
    return NULL;
}

void gns3_with_request(struct exchange *exchange, const struct gns3_schema *schema,
                       void (*take)(struct exchange *exchange, json_t *request))
{
    json_t *request = take_request(exchange, schema);
    if (request)
        take(exchange, request);
    json_decref(request);
}
