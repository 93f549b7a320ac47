#include "conformance/diff/body_shape.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/diff/normal.h"

static const char *const type_names[] = {"null", "boolean", "integer", "number", "string",
                                         "uuid", "time",    "array",   "object"};
enum {
    TYPE_NULL,
    TYPE_BOOLEAN,
    TYPE_INTEGER,
    TYPE_NUMBER,
    TYPE_STRING,
    TYPE_UUID,
    TYPE_TIME,
    TYPE_ARRAY,
    TYPE_OBJECT,
    TYPE_COUNT
};

const char *body_kind(const struct result_body *body, json_t **ret_json)
{
    *ret_json = NULL;
    if (body->length_bytes == 0)
        return "none";
    if (body->kept_bytes == body->length_bytes)
        *ret_json = json_loadb(body->kept, body->kept_bytes, JSON_REJECT_DUPLICATES, NULL);
    if (*ret_json)
        return "JSON";
    return body->kept_bytes > 0 && *body->kept == '<' ? "markup" : "other";
}

/* ---- what stands where: an object of pointers, whose values are sets of types ---- */

static int type_of_text(const char *text)
{
    static const struct normal_names nobody = {0};
    CLEANUP(text) char *normal = normal_text(text, &nobody);
    if (strcmp(normal, "<uuid>") == 0)
        return TYPE_UUID;
    return strcmp(normal, "<time>") == 0 ? TYPE_TIME : TYPE_STRING;
}

static int type_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_NULL:
        return TYPE_NULL;
    case JSON_TRUE:
    case JSON_FALSE:
        return TYPE_BOOLEAN;
    case JSON_INTEGER:
        return TYPE_INTEGER;
    case JSON_REAL:
        return TYPE_NUMBER;
    case JSON_ARRAY:
        return TYPE_ARRAY;
    case JSON_OBJECT:
        return TYPE_OBJECT;
    case JSON_STRING:
        break;
    }
    return type_of_text(json_string_value(value));
}

/* The depth is that of the parser, which has a bound of its own. */
static void note(json_t *places, const char *pointer, json_t *value)
{
    static const struct normal_names nobody = {0};
    json_int_t seen = json_integer_value(json_object_get(places, pointer));
    json_object_set_new(places, pointer, json_integer(seen | (json_int_t)1 << type_of(value)));
    const char *key;
    size_t i;
    json_t *inner;
    json_object_foreach (value, key, inner) {
        CLEANUP(text) char *name = normal_text(key, &nobody);
        CLEANUP(text) char *place = mem_printf("%s/%s", pointer, name);
        note(places, place, inner);
    }
    CLEANUP(text) char *items = mem_printf("%s/*", pointer);
    json_array_foreach (value, i, inner)
        note(places, items, inner);
}

/* ---- comparing ---- */

/* Owned. */
static char *types_text(const json_t *set)
{
    struct buf buf;
    buf_init(&buf, BUF_KIB);
    for (int i = 0; i < TYPE_COUNT; i++) {
        if (json_integer_value(set) >> i & 1)
            buf_printf(&buf, "%s%s", buf.length ? "|" : "", type_names[i]);
    }
    if (!set)
        buf_puts(&buf, "absent");
    return buf_take(&buf);
}

/* Whether that what holds the place is absent too. */
static bool is_inside_absent(const json_t *places, const char *pointer)
{
    const char *end = strrchr(pointer, '/');
    CLEANUP(text) char *holder = end ? mem_dup_n(pointer, (size_t)(end - pointer)) : NULL;
    return holder && !json_object_get(places, holder);
}

void body_shape_compare(json_t *left, json_t *right,
                        void (*differ)(void *context, const char *pointer, const char *left,
                                       const char *right),
                        void *context)
{
    json_t *lefts = json_object();
    json_t *rights = json_object();
    note(lefts, "", left);
    note(rights, "", right);
    json_t *all = json_copy(lefts);
    json_object_update(all, rights);
    const char *pointer;
    json_t *unused;
    json_object_foreach (all, pointer, unused) {
        const json_t *here = json_object_get(lefts, pointer);
        const json_t *there = json_object_get(rights, pointer);
        if ((here && there && json_equal(here, there)) || (!here && is_inside_absent(lefts, pointer)) ||
            (!there && is_inside_absent(rights, pointer)))
            continue;
        CLEANUP(text) char *left_types = types_text(here);
        CLEANUP(text) char *right_types = types_text(there);
        differ(context, pointer, left_types, right_types);
    }
    json_decref(all);
    json_decref(lefts);
    json_decref(rights);
}
