/* expect: {json: {/status: queued, /size: {type: integer}, /checksum: {one_of: [null, "${sum}"]}}} */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/match/pattern.h"
#include "conformance/match/pointer.h"
#include "conformance/match/shape.h"
#include "conformance/match/tools.h"

enum {
    JSON_EQUALS,
    JSON_ONE_OF,
    JSON_CONTAINS,
    JSON_LACKS,
    JSON_ASCENDING,
    JSON_DESCENDING,
    JSON_TYPE,
    JSON_MATCHES,
    JSON_LENGTH,
    JSON_ABSENT
};

static const struct match_key keys[] = {
    {"equals", JSON_EQUALS}, {"one_of", JSON_ONE_OF},       {"contains", JSON_CONTAINS},
    {"lacks", JSON_LACKS},   {"ascending", JSON_ASCENDING}, {"descending", JSON_DESCENDING},
    {"type", JSON_TYPE},     {"matches", JSON_MATCHES},     {"length", JSON_LENGTH},
    {"absent", JSON_ABSENT},
};

struct wanted {
    char *pointer;
    int kind;
    json_t *value; /* templates in its strings */
    struct pattern *pattern;
    struct shape *type;
};

struct wanted_list {
    struct wanted *items;
    size_t count;
};

static void free_list(void *data)
{
    struct wanted_list *list = data;
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].pointer);
        json_decref(list->items[i].value);
        pattern_free(list->items[i].pattern);
        shape_free(list->items[i].type);
    }
    free(list->items);
    free(list);
}

static void parse_value(const struct match_source *source, const struct yaml_node *node,
                        struct wanted *wanted)
{
    switch (wanted->kind) {
    case JSON_TYPE:
        wanted->type = shape_parse(source, node);
        return;
    case JSON_MATCHES:
        wanted->pattern = pattern_parse(source, node);
        return;
    case JSON_ABSENT:
        match_read_true(source, node, "absent");
        return;
    default:
        match_read_json(source, node);
        wanted->value = yaml_to_json(node);
    }
    if (wanted->kind == JSON_ONE_OF && !json_is_array(wanted->value))
        problems_add(source->problems, node->place, "one_of is %s, expected a list", yaml_kind_text(node));
    bool ordered = wanted->kind == JSON_ASCENDING || wanted->kind == JSON_DESCENDING;
    if (ordered && (!json_is_string(wanted->value) || json_string_length(wanted->value) == 0))
        problems_add(source->problems, node->place, "%s is %s, expected the name of a member",
                     wanted->kind == JSON_ASCENDING ? "ascending" : "descending", yaml_kind_text(node));
    bool variable = json_is_string(wanted->value) && strstr(json_string_value(wanted->value), "${");
    if (wanted->kind == JSON_LENGTH && !json_is_integer(wanted->value) && !variable)
        problems_add(source->problems, node->place, "length is %s, expected a number", yaml_kind_text(node));
}

static void parse_one(const struct match_source *source, const struct yaml_node *key,
                      const struct yaml_node *node, void *context)
{
    struct wanted_list *list = context;
    const struct yaml_node *value = node;
    int kind = JSON_EQUALS;
    if (!pointer_valid(key->text))
        problems_add(source->problems, key->place, "\"%s\" is no JSON pointer: it begins with a slash",
                     key->text);
    if (node->kind == YAML_KIND_MAPPING &&
        !match_read_key(source, node, "a JSON value", keys, sizeof keys / sizeof *keys, &kind, &value))
        return;
    struct wanted *wanted = mem_append(&list->items, &list->count);
    *wanted = (struct wanted){.pointer = mem_dup(key->text), .kind = kind};
    parse_value(source, value, wanted);
}

static void *parse(const struct match_source *source)
{
    struct wanted_list *list = mem_alloc(sizeof *list);
    if (match_each_member(source, "json", " of JSON pointers to what is there", parse_one, list))
        return list;
    free_list(list);
    return NULL;
}

/* ---- judging ---- */

/* Whether `value` is `wanted`, or an object with at least its members. */
static bool has_at_least(json_t *value, json_t *wanted)
{
    const char *name;
    json_t *member;
    if (!json_is_object(wanted) || !json_is_object(value))
        return json_equal(value, wanted);
    json_object_foreach (wanted, name, member) {
        json_t *found = json_object_get(value, name);
        if (!found || !json_equal(found, member))
            return false;
    }
    return true;
}

static bool is_one_of(const json_t *value, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (json_equal(value, json_array_get(list, i)))
            return true;
    }
    return false;
}

static bool contains(const json_t *array, json_t *wanted)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (has_at_least(json_array_get(array, i), wanted))
            return true;
    }
    return false;
}

/* Below zero, zero, above zero, as strcmp; texts by their bytes, numbers by their value. False when the two
 * cannot be compared. */
static bool compare(const json_t *left, const json_t *right, int *ret_order)
{
    if (json_is_string(left) && json_is_string(right)) {
        *ret_order = strcmp(json_string_value(left), json_string_value(right));
        return true;
    }
    if (!json_is_number(left) || !json_is_number(right))
        return false;
    double difference = json_number_value(left) - json_number_value(right);
    *ret_order = difference < 0 ? -1 : difference > 0;
    return true;
}

/* Whether `array` is of objects that stand in the order of the member `name`. */
static bool is_ordered(const json_t *array, const char *name, bool ascending)
{
    if (!json_is_array(array))
        return false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        int order;
        const json_t *member = json_object_get(json_array_get(array, i), name);
        const json_t *before = json_object_get(json_array_get(array, i ? i - 1 : 0), name);
        if (!compare(before, member, &order) || (ascending ? order > 0 : order < 0))
            return false;
    }
    return true;
}

static bool has_length(const json_t *value, const json_t *wanted)
{
    size_t length = json_is_array(value)    ? json_array_size(value)
                    : json_is_object(value) ? json_object_size(value)
                    : json_is_string(value) ? json_string_length(value)
                                            : SIZE_MAX;
    return json_is_integer(wanted) && (json_int_t)length == json_integer_value(wanted);
}

static bool holds(const struct wanted *wanted, json_t *value, json_t *told)
{
    if (wanted->kind == JSON_ABSENT)
        return !value;
    if (!value)
        return false;
    switch (wanted->kind) {
    case JSON_ONE_OF:
        return is_one_of(value, told);
    case JSON_CONTAINS:
        return contains(value, told);
    case JSON_LACKS:
        return json_is_array(value) && !contains(value, told);
    case JSON_ASCENDING:
    case JSON_DESCENDING:
        return is_ordered(value, json_string_value(told), wanted->kind == JSON_ASCENDING);
    case JSON_TYPE:
        return shape_holds(wanted->type, value);
    case JSON_MATCHES:
        return json_is_string(value) &&
               pattern_matches(wanted->pattern, json_string_value(value), json_string_length(value));
    case JSON_LENGTH:
        return has_length(value, told);
    default:
        return json_equal(value, told);
    }
}

static const char *const phrases[] = {
    [JSON_EQUALS] = "",
    [JSON_ONE_OF] = "one of ",
    [JSON_CONTAINS] = "an array with ",
    [JSON_LACKS] = "an array without ",
    [JSON_ASCENDING] = "an array of objects in ascending order of ",
    [JSON_DESCENDING] = "an array of objects in descending order of ",
    [JSON_LENGTH] = "length ",
};

static char *expected_text(const struct wanted *wanted, const json_t *told)
{
    if (wanted->kind == JSON_ABSENT)
        return mem_printf("%s: nothing", wanted->pointer);
    if (wanted->kind == JSON_TYPE)
        return mem_printf("%s: %s", wanted->pointer, shape_text(wanted->type));
    if (wanted->kind == JSON_MATCHES)
        return mem_printf("%s: a text that matches /%s/", wanted->pointer, pattern_text(wanted->pattern));
    char *value = match_json_text(told);
    char *text = mem_printf("%s: %s%s", wanted->pointer, phrases[wanted->kind], value);
    free(value);
    return text;
}

static bool check_one(const struct wanted *wanted, const struct answer *answer, const struct vars *vars,
                      const struct match_report *report, struct err *err)
{
    json_t *told = wanted->value ? template_expand_json(wanted->value, vars, err) : NULL;
    if (wanted->value && !told)
        return false;
    json_t *value = pointer_get(answer->json, wanted->pointer);
    bool held = answer->json && holds(wanted, value, told);
    if (!held && !answer->json) {
        match_say(report, expected_text(wanted, told), mem_dup("the body is no JSON"));
    } else if (!held) {
        char *found = match_json_text(value);
        match_say(report, expected_text(wanted, told), mem_printf("%s: %s", wanted->pointer, found));
        free(found);
    }
    json_decref(told);
    return held;
}

static bool check(const void *data, const struct answer *answer, const struct vars *vars,
                  const char *fixtures, const struct match_report *report, struct err *err)
{
    (void)fixtures;
    const struct wanted_list *list = data;
    bool held = true;
    for (size_t i = 0; i < list->count; i++)
        held = check_one(&list->items[i], answer, vars, report, err) && held;
    return held;
}

static void places(const void *data, void (*look)(void *context, const char *place), void *context)
{
    const struct wanted_list *list = data;
    for (size_t i = 0; i < list->count; i++)
        look(context, list->items[i].pointer);
}

const struct matcher matcher_json = {.name = "json",
                                     .reads_json = true,
                                     .parse = parse,
                                     .free = free_list,
                                     .check = check,
                                     .place = MATCH_PLACE_POINTER,
                                     .places = places};
