/* expect: {status: 409}, {status: 4xx}, {status: [400, 5xx]} */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/match/tools.h"

struct codes {
    int first;
    int last;
    char *text;
};

struct wanted {
    struct codes *codes;
    size_t count;
};

static void free_wanted(void *data)
{
    struct wanted *wanted = data;
    for (size_t i = 0; i < wanted->count; i++)
        free(wanted->codes[i].text);
    free(wanted->codes);
    free(wanted);
}

static bool parse_codes(const char *text, struct codes *codes)
{
    uint64_t code;
    if (strlen(text) == 3 && text[0] >= '1' && text[0] <= '5' && strcmp(text + 1, "xx") == 0) {
        codes->first = (text[0] - '0') * 100;
        codes->last = codes->first + 99;
        return true;
    }
    if (!number_parse_u64(text, &code) || code < 100 || code > 599)
        return false;
    codes->first = codes->last = (int)code;
    return true;
}

static void parse_one(const struct match_source *source, const struct yaml_node *node, struct wanted *wanted)
{
    struct codes codes = {0};
    if (node->kind == YAML_KIND_SCALAR && parse_codes(node->text, &codes)) {
        codes.text = mem_dup(node->text);
        *mem_append(&wanted->codes, &wanted->count) = codes;
    } else {
        problems_add(source->problems, node->place,
                     "status is %s, expected a code from 100 to 599 or a class such as 4xx",
                     node->text ? node->text : yaml_kind_text(node));
    }
}

static void *parse(const struct match_source *source)
{
    const struct yaml_node *node = source->node;
    struct wanted *wanted = mem_alloc(sizeof *wanted);
    size_t before = source->problems->count;
    if (node->kind == YAML_KIND_SEQUENCE) {
        for (size_t i = 0; i < node->count; i++)
            parse_one(source, &node->values[i], wanted);
        if (node->count == 0)
            problems_add(source->problems, node->place, "status is an empty list");
    } else {
        parse_one(source, node, wanted);
    }
    if (source->problems->count == before)
        return wanted;
    free_wanted(wanted);
    return NULL;
}

static char *expected_text(const struct wanted *wanted)
{
    struct buf buf;
    buf_init(&buf, 4 * BUF_KIB);
    buf_puts(&buf, wanted->count > 1 ? "status one of " : "status ");
    for (size_t i = 0; i < wanted->count; i++)
        buf_printf(&buf, "%s%s", i ? ", " : "", wanted->codes[i].text);
    return buf_take(&buf);
}

static bool check(const void *data, const struct answer *answer, const struct vars *vars,
                  const char *fixtures, const struct match_report *report, struct err *err)
{
    (void)vars;
    (void)fixtures;
    (void)err;
    const struct wanted *wanted = data;
    for (size_t i = 0; i < wanted->count; i++) {
        if (answer->status >= wanted->codes[i].first && answer->status <= wanted->codes[i].last)
            return true;
    }
    match_say(report, expected_text(wanted), mem_printf("status %d", answer->status));
    return false;
}

static bool names_status(const void *data, int status)
{
    const struct wanted *wanted = data;
    for (size_t i = 0; i < wanted->count; i++) {
        if (wanted->codes[i].first == status && wanted->codes[i].last == status)
            return true;
    }
    return false;
}

const struct matcher matcher_status = {
    .name = "status", .parse = parse, .free = free_wanted, .check = check, .names_status = names_status};
