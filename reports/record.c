#include "reports/record.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/escape.h"

/* A list is two members: the array, and how long it is. */
enum field_kind {
    FIELD_TEXT,    /* char *, never NULL when read back */
    FIELD_MAYBE,   /* char *, may be NULL */
    FIELD_BYTES,   /* char *, and size_t */
    FIELD_DIGEST,  /* char[33] */
    FIELD_SIZE,    /* size_t */
    FIELD_BIG,     /* uint64_t */
    FIELD_STATUS,  /* int, 0 to 999 */
    FIELD_FLAG,    /* bool */
    FIELD_VERDICT, /* enum verdict */
    FIELD_TEXTS,   /* char **, and size_t */
    FIELD_PART,    /* a struct with fields of its own */
    FIELD_LIST,    /* an array of those, and size_t */
};

struct shape {
    size_t size;
    const struct field *fields; /* up to one without a name */
};

struct field {
    const char *name;
    enum field_kind kind;
    size_t offset;
    size_t count_offset;
    const struct shape *shape;
    unsigned parts; /* bits of enum record_part; 0: all */
};

#define BIT(part) (1u << (part))

/* ---- the shapes ---- */

/* One value; a counted one; a struct within. Of a part of the record, or (0) of every one. */
#define ONE(kind_, type, member, parts_)                                                                     \
    {                                                                                                        \
        .name = #member, .kind = FIELD_##kind_, .offset = offsetof(struct type, member), .parts = (parts_)   \
    }
#define MANY(kind_, type, member, count, of, parts_)                                                         \
    {                                                                                                        \
        .name = #member, .kind = FIELD_##kind_, .offset = offsetof(struct type, member),                     \
        .count_offset = offsetof(struct type, count), .shape = (of), .parts = (parts_)                       \
    }
#define WITHIN(type, member, of)                                                                             \
    {                                                                                                        \
        .name = #member, .kind = FIELD_PART, .offset = offsetof(struct type, member), .shape = (of)          \
    }
#define FIELDS(...) ((const struct field[]){__VA_ARGS__, {0}})

static const struct shape header_shape = {
    sizeof(struct result_header),
    FIELDS(ONE(TEXT, result_header, name, 0), ONE(TEXT, result_header, value, 0)),
};

static const struct shape body_shape = {
    sizeof(struct result_body),
    FIELDS(ONE(BIG, result_body, length_bytes, 0), ONE(DIGEST, result_body, md5, 0),
           ONE(MAYBE, result_body, generated, 0), MANY(BYTES, result_body, kept, kept_bytes, NULL, 0)),
};

static const struct shape message_shape = {
    sizeof(struct result_message),
    FIELDS(MANY(LIST, result_message, headers, header_count, &header_shape, 0),
           WITHIN(result_message, body, &body_shape)),
};

static const struct shape exchange_shape = {
    sizeof(struct result_exchange),
    FIELDS(ONE(TEXT, result_exchange, purpose, 0), ONE(TEXT, result_exchange, identity, 0),
           ONE(TEXT, result_exchange, method, 0), ONE(TEXT, result_exchange, url, 0),
           WITHIN(result_exchange, request, &message_shape),
           WITHIN(result_exchange, response, &message_shape), ONE(STATUS, result_exchange, status, 0),
           ONE(BIG, result_exchange, began_us, 0), ONE(BIG, result_exchange, time_us, 0),
           ONE(TEXT, result_exchange, outcome, 0), ONE(MAYBE, result_exchange, error, 0)),
};

static const struct shape finding_shape = {
    sizeof(struct result_finding),
    FIELDS(ONE(TEXT, result_finding, clause, 0), ONE(TEXT, result_finding, expected, 0),
           ONE(TEXT, result_finding, actual, 0), ONE(SIZE, result_finding, exchange, 0)),
};

#define PLAN BIT(RECORD_PLAN)
#define CASE BIT(RECORD_CASE)

static const struct shape case_shape = {
    sizeof(struct result_case),
    FIELDS(ONE(TEXT, result_case, id, PLAN), ONE(TEXT, result_case, name, PLAN),
           ONE(TEXT, result_case, api, PLAN), ONE(TEXT, result_case, section, PLAN),
           ONE(TEXT, result_case, level, PLAN), ONE(TEXT, result_case, says, PLAN),
           ONE(TEXT, result_case, from, PLAN), ONE(TEXT, result_case, file, PLAN),
           ONE(SIZE, result_case, line, PLAN), ONE(MAYBE, result_case, call, PLAN),
           ONE(STATUS, result_case, status, PLAN),
           MANY(TEXTS, result_case, clauses, clause_count, NULL, PLAN),
           MANY(TEXTS, result_case, tags, tag_count, NULL, PLAN), ONE(VERDICT, result_case, verdict, CASE),
           ONE(TEXT, result_case, run_id, CASE), ONE(TEXT, result_case, uuid, CASE),
           ONE(MAYBE, result_case, source, CASE), ONE(SIZE, result_case, number, CASE),
           ONE(MAYBE, result_case, reason, CASE), ONE(BIG, result_case, time_us, CASE),
           MANY(LIST, result_case, findings, finding_count, &finding_shape, CASE),
           MANY(LIST, result_case, exchanges, exchange_count, &exchange_shape, CASE),
           MANY(TEXTS, result_case, notes, note_count, NULL, CASE)),
};

#define BEGIN BIT(RECORD_BEGIN)
#define END   BIT(RECORD_END)

static const struct shape run_shape = {
    sizeof(struct run_result),
    FIELDS(ONE(TEXT, run_result, subject, BEGIN), ONE(TEXT, run_result, subject_url, BEGIN),
           ONE(TEXT, run_result, description, BEGIN), ONE(TEXT, run_result, edition, BEGIN),
           ONE(TEXT, run_result, suite_digest, BEGIN), ONE(TEXT, run_result, tool_version, BEGIN),
           ONE(TEXT, run_result, started, BEGIN), ONE(TEXT, run_result, run_id, BEGIN),
           ONE(SIZE, run_result, shard, BEGIN), ONE(SIZE, run_result, shard_count, BEGIN),
           ONE(SIZE, run_result, case_count, BEGIN), ONE(BIG, run_result, time_us, END),
           ONE(FLAG, run_result, interrupted, END), ONE(MAYBE, run_result, ended_early, END)),
};

/* ---- into JSON ---- */

static json_t *text_json(const char *bytes, size_t length)
{
    json_t *plain = memchr(bytes, '\0', length) ? NULL : json_stringn(bytes, length);
    if (plain)
        return plain;
    char *base64 = escape_base64(bytes, length);
    json_t *value = json_pack("{s:s}", "base64", base64);
    free(base64);
    return value;
}

static json_t *texts_json(char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, text_json(texts[i], strlen(texts[i])));
    return list;
}

static void put_fields(const void *thing, const struct shape *shape, unsigned bits, json_t *object);

static json_t *list_json(const char *items, size_t count, const struct shape *shape)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_object();
        put_fields(items + i * shape->size, shape, 0, item);
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *part_json(const void *thing, const struct shape *shape)
{
    json_t *value = json_object();
    put_fields(thing, shape, 0, value);
    if (json_object_size(value) > 0)
        return value;
    json_decref(value);
    return NULL;
}

static json_t *number_json(uint64_t number)
{
    return number ? json_integer((json_int_t)number) : NULL;
}

/* NULL for what is left out. */
static json_t *value_json(const char *thing, const struct field *field)
{
    const void *at = thing + field->offset;
    char *const *text = at;
    size_t count = field->count_offset ? *(const size_t *)(const void *)(thing + field->count_offset) : 0;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_MAYBE:
        return *text ? text_json(*text, strlen(*text)) : NULL;
    case FIELD_BYTES:
        return *text ? text_json(*text, count) : NULL;
    case FIELD_DIGEST:
        return *(const char *)at ? json_string(at) : NULL;
    case FIELD_SIZE: /* RESULT_NO_EXCHANGE is -1 */
        return number_json(*(const size_t *)at);
    case FIELD_BIG:
        return number_json(*(const uint64_t *)at);
    case FIELD_STATUS:
        return number_json((uint64_t) * (const int *)at);
    case FIELD_FLAG:
        return *(const bool *)at ? json_true() : NULL;
    case FIELD_VERDICT:
        return json_string(verdict_name(*(const enum verdict *)at));
    case FIELD_TEXTS:
        return count ? texts_json(*(char **const *)at, count) : NULL;
    case FIELD_PART:
        return part_json(at, field->shape);
    case FIELD_LIST:
        return count ? list_json(*(const char *const *)at, count, field->shape) : NULL;
    }
    return NULL;
}

static bool is_wanted(const struct field *field, unsigned bits)
{
    return field->parts == 0 || (field->parts & bits) != 0;
}

static void put_fields(const void *thing, const struct shape *shape, unsigned bits, json_t *object)
{
    for (const struct field *field = shape->fields; field->name; field++) {
        json_t *value = is_wanted(field, bits) ? value_json(thing, field) : NULL;
        if (value)
            json_object_set_new(object, field->name, value);
    }
}

void record_put_run(const struct run_result *run, enum record_part part, json_t *object)
{
    put_fields(run, &run_shape, BIT(part), object);
}

void record_put_case(const struct result_case *result, enum record_part part, json_t *object)
{
    put_fields(result, &case_shape, BIT(part), object);
}

/* ---- and back ---- */

static bool get_bytes(const json_t *value, char **ret_bytes, size_t *ret_length)
{
    if (!json_is_string(value)) {
        const char *base64 = json_string_value(json_object_get(value, "base64"));
        return base64 && escape_unbase64(base64, ret_bytes, ret_length);
    }
    *ret_length = json_string_length(value);
    *ret_bytes = mem_dup_n(json_string_value(value), *ret_length);
    return true;
}

static bool get_texts(const json_t *value, char ***texts, size_t *count)
{
    size_t length;
    size_t index;
    json_t *item;
    json_array_foreach (value, index, item) {
        if (!get_bytes(item, mem_append(texts, count), &length))
            return false;
    }
    return json_is_array(value);
}

static bool get_fields(const json_t *object, const struct shape *shape, unsigned bits, void *thing);

static bool get_list(const json_t *value, const struct shape *shape, char **items, size_t *count)
{
    size_t length = json_array_size(value);
    if (!json_is_array(value))
        return false;
    *items = mem_alloc((length + 1) * shape->size);
    *count = length;
    for (size_t i = 0; i < length; i++) {
        if (!get_fields(json_array_get(value, i), shape, 0, *items + i * shape->size))
            return false;
    }
    return true;
}

static bool get_verdict(const char *name, enum verdict *ret_verdict)
{
    for (int i = 0; name && i < VERDICT_COUNT; i++) {
        if (strcmp(verdict_name((enum verdict)i), name) == 0) {
            *ret_verdict = (enum verdict)i;
            return true;
        }
    }
    return false;
}

static bool get_status(const json_t *value, int *ret_status)
{
    json_int_t status = json_integer_value(value);
    *ret_status = status >= 0 && status <= 999 ? (int)status : 0;
    return *ret_status == status;
}

static bool get_digest(const json_t *value, char *ret_digest)
{
    if (json_string_length(value) != 32 || !json_is_string(value))
        return false;
    memcpy(ret_digest, json_string_value(value), 33);
    return true;
}

static bool get_value(const json_t *value, const struct field *field, char *thing)
{
    void *at = thing + field->offset;
    size_t unused = 0;
    size_t *count = field->count_offset ? (size_t *)(void *)(thing + field->count_offset) : &unused;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_MAYBE:
    case FIELD_BYTES:
        return get_bytes(value, at, count);
    case FIELD_DIGEST:
        return get_digest(value, at);
    case FIELD_SIZE:
        *(size_t *)at = (size_t)json_integer_value(value);
        return json_is_integer(value);
    case FIELD_BIG:
        *(uint64_t *)at = (uint64_t)json_integer_value(value);
        return json_is_integer(value);
    case FIELD_STATUS:
        return json_is_integer(value) && get_status(value, at);
    case FIELD_FLAG:
        *(bool *)at = json_is_true(value);
        return json_is_boolean(value);
    case FIELD_VERDICT:
        return get_verdict(json_string_value(value), at);
    case FIELD_TEXTS:
        return get_texts(value, at, count);
    case FIELD_PART:
        return get_fields(value, field->shape, 0, at);
    case FIELD_LIST:
        return get_list(value, field->shape, at, count);
    }
    return false;
}

static bool get_fields(const json_t *object, const struct shape *shape, unsigned bits, void *thing)
{
    for (const struct field *field = shape->fields; field->name; field++) {
        if (!is_wanted(field, bits))
            continue;
        const json_t *value = json_object_get(object, field->name);
        if (value && !get_value(value, field, thing))
            return false;
        if (!value && field->kind == FIELD_TEXT)
            *(char **)(void *)((char *)thing + field->offset) = mem_dup("");
    }
    return json_is_object(object);
}

bool record_get_run(const json_t *object, enum record_part part, struct run_result *run)
{
    return get_fields(object, &run_shape, BIT(part), run);
}

bool record_get_case(const json_t *object, enum record_part part, struct result_case *result)
{
    return get_fields(object, &case_shape, BIT(part), result);
}
