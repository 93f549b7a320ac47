/* expect: {headers: {Content-Type: text, X: {matches: pattern}, Y: {absent: true}}} */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/match/pattern.h"
#include "conformance/match/tools.h"

enum {
    HEADER_EQUALS,
    HEADER_MATCHES,
    HEADER_ABSENT,
    HEADER_PRESENT
};

static const struct match_key keys[] = {
    {"equals", HEADER_EQUALS},
    {"matches", HEADER_MATCHES},
    {"absent", HEADER_ABSENT},
    {"present", HEADER_PRESENT},
};

struct wanted {
    char *name;
    int kind;
    char *text; /* template */
    struct pattern *pattern;
};

struct wanted_list {
    struct wanted *items;
    size_t count;
};

static void free_list(void *data)
{
    struct wanted_list *list = data;
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].name);
        free(list->items[i].text);
        pattern_free(list->items[i].pattern);
    }
    free(list->items);
    free(list);
}

static void parse_one(const struct match_source *source, const struct yaml_node *key,
                      const struct yaml_node *node, void *context)
{
    struct wanted_list *list = context;
    const struct yaml_node *value = node;
    int kind = HEADER_EQUALS;
    if (node->kind == YAML_KIND_MAPPING &&
        !match_read_key(source, node, "a header", keys, sizeof keys / sizeof *keys, &kind, &value))
        return;
    struct wanted *wanted = mem_append(&list->items, &list->count);
    *wanted = (struct wanted){.name = mem_dup(key->text), .kind = kind};
    if (kind == HEADER_EQUALS)
        wanted->text = match_read_template(source, value, "a header");
    else if (kind == HEADER_MATCHES)
        wanted->pattern = pattern_parse(source, value);
    else
        match_read_true(source, value, kind == HEADER_ABSENT ? "absent" : "present");
}

static void *parse(const struct match_source *source)
{
    struct wanted_list *list = mem_alloc(sizeof *list);
    if (match_each_member(source, "headers", "", parse_one, list))
        return list;
    free_list(list);
    return NULL;
}

static bool holds(const struct wanted *wanted, const char *value, const char *text)
{
    switch (wanted->kind) {
    case HEADER_ABSENT:
        return !value;
    case HEADER_PRESENT:
        return value;
    case HEADER_MATCHES:
        return value && pattern_matches(wanted->pattern, value, strlen(value));
    default:
        return value && text && strcmp(value, text) == 0;
    }
}

static char *expected_text(const struct wanted *wanted, const char *text)
{
    switch (wanted->kind) {
    case HEADER_ABSENT:
        return mem_printf("no header %s", wanted->name);
    case HEADER_PRESENT:
        return mem_printf("header %s", wanted->name);
    case HEADER_MATCHES:
        return mem_printf("header %s that matches /%s/", wanted->name, pattern_text(wanted->pattern));
    default:
        return mem_printf("header %s: %s", wanted->name, text);
    }
}

static bool check_one(const struct wanted *wanted, const struct answer *answer, const struct vars *vars,
                      const struct match_report *report, struct err *err)
{
    char *text = wanted->text ? template_expand(wanted->text, vars, err) : NULL;
    if (wanted->text && !text)
        return false;
    const char *value = answer_header(answer, wanted->name);
    bool held = holds(wanted, value, text);
    if (!held)
        match_say(report, expected_text(wanted, text),
                  value ? mem_printf("header %s: %s", wanted->name, value)
                        : mem_printf("no header %s", wanted->name));
    free(text);
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
        look(context, list->items[i].name);
}

const struct matcher matcher_headers = {.name = "headers",
                                        .parse = parse,
                                        .free = free_list,
                                        .check = check,
                                        .place = MATCH_PLACE_HEADER,
                                        .places = places};
