/* expect: {text: "exactly this"}, {text: {contains: part}}, {text: {matches: pattern}} */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/match/pattern.h"
#include "conformance/match/tools.h"

enum {
    TEXT_EQUALS,
    TEXT_CONTAINS,
    TEXT_MATCHES
};

static const struct match_key keys[] = {
    {"equals", TEXT_EQUALS},
    {"contains", TEXT_CONTAINS},
    {"matches", TEXT_MATCHES},
};

struct wanted {
    int kind;
    char *text; /* template */
    struct pattern *pattern;
};

static void free_wanted(void *data)
{
    struct wanted *wanted = data;
    free(wanted->text);
    pattern_free(wanted->pattern);
    free(wanted);
}

static void *parse(const struct match_source *source)
{
    const struct yaml_node *value = source->node;
    int kind = TEXT_EQUALS;
    if (value->kind == YAML_KIND_MAPPING &&
        !match_read_key(source, source->node, "text", keys, sizeof keys / sizeof *keys, &kind, &value))
        return NULL;
    struct wanted *wanted = mem_alloc(sizeof *wanted);
    wanted->kind = kind;
    if (kind == TEXT_MATCHES)
        wanted->pattern = pattern_parse(source, value);
    else
        wanted->text = match_read_template(source, value, "text");
    if (wanted->pattern || wanted->text)
        return wanted;
    free_wanted(wanted);
    return NULL;
}

static bool holds(const struct wanted *wanted, const struct answer *answer, const char *text)
{
    if (wanted->kind == TEXT_MATCHES)
        return pattern_matches(wanted->pattern, answer->body, answer->body_kept);
    assert(text); /* only a pattern has none */
    size_t length = strlen(text);
    if (wanted->kind == TEXT_CONTAINS)
        return memmem(answer->body, answer->body_kept, text, length);
    return answer->body_bytes == length && memcmp(answer->body, text, length) == 0;
}

static char *expected_text(const struct wanted *wanted, const char *text)
{
    if (wanted->kind == TEXT_MATCHES)
        return mem_printf("a body that matches /%s/", pattern_text(wanted->pattern));
    assert(text);
    char *quoted = match_quote(text, strlen(text));
    char *expected =
        mem_printf("a body %s %s", wanted->kind == TEXT_CONTAINS ? "that contains" : "that is", quoted);
    free(quoted);
    return expected;
}

static bool check(const void *data, const struct answer *answer, const struct vars *vars,
                  const char *fixtures, const struct match_report *report, struct err *err)
{
    (void)fixtures;
    const struct wanted *wanted = data;
    char *text = wanted->text ? template_expand(wanted->text, vars, err) : NULL;
    if (wanted->text && !text)
        return false;
    bool held = holds(wanted, answer, text);
    if (!held)
        match_say(report, expected_text(wanted, text), match_quote(answer->body, answer->body_kept));
    free(text);
    return held;
}

const struct matcher matcher_text = {.name = "text", .parse = parse, .free = free_wanted, .check = check};
