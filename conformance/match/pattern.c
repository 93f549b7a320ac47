#define PCRE2_CODE_UNIT_WIDTH 8

#include "conformance/match/pattern.h"

#include <pcre2.h>
#include <stdlib.h>

#include "base/mem.h"

#define MATCH_STEPS_MAX 1000000

struct pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
    char *text;
};

static struct pattern *compile(const char *text, char *error, size_t error_size, size_t *ret_offset)
{
    int code;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    pcre2_set_compile_extra_options(context, PCRE2_EXTRA_MATCH_LINE); /* the whole text, not a part of it */
    pcre2_code *compiled = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_DOLLAR_ENDONLY, &code,
                                         ret_offset, context);
    pcre2_compile_context_free(context);
    if (!compiled) {
        pcre2_get_error_message(code, (PCRE2_UCHAR *)error, error_size);
        return NULL;
    }
    struct pattern *pattern = mem_alloc(sizeof *pattern);
    pattern->code = compiled;
    pattern->limits = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(pattern->limits, MATCH_STEPS_MAX);
    pattern->text = mem_dup(text);
    return pattern;
}

struct pattern *pattern_parse(const struct match_source *source, const struct yaml_node *node)
{
    if (node->kind != YAML_KIND_SCALAR) {
        problems_add(source->problems, node->place, "a pattern is %s, expected a text", yaml_kind_text(node));
        return NULL;
    }
    char error[256];
    size_t offset;
    struct pattern *pattern = compile(node->text, error, sizeof error, &offset);
    if (!pattern)
        problems_add(source->problems, node->place, "pattern \"%s\": %s at character %zu", node->text, error,
                     offset + 1);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (!pattern)
        return;
    pcre2_code_free(pattern->code);
    pcre2_match_context_free(pattern->limits);
    free(pattern->text);
    free(pattern);
}

bool pattern_matches(const struct pattern *pattern, const char *text, size_t length)
{
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int count = pcre2_match(pattern->code, (PCRE2_SPTR)text, length, 0, 0, data, pattern->limits);
    pcre2_match_data_free(data);
    return count >= 0;
}

size_t pattern_groups(const struct pattern *pattern)
{
    uint32_t count = 0;
    pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &count);
    return count;
}

char *pattern_part(const struct pattern *pattern, const char *text, size_t length)
{
    char *part = NULL;
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
    int count = pcre2_match(pattern->code, (PCRE2_SPTR)text, length, 0, 0, data, pattern->limits);
    const size_t *ends = pcre2_get_ovector_pointer(data);
    if (count > 1 && ends[2] != PCRE2_UNSET)
        part = mem_dup_n(text + ends[2], ends[3] - ends[2]);
    pcre2_match_data_free(data);
    return part;
}

const char *pattern_text(const struct pattern *pattern)
{
    return pattern->text;
}
