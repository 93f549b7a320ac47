/* expect: {body: empty}, {body: NAME}, {body: {size: 64k, seed: 1, range: 10-19}} */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "conformance/match/body.h"
#include "conformance/match/tools.h"

#define PIECE_BYTES ((size_t)64 * 1024)
/* So much more than expected is still taken in, to tell how long the body is. */
#define SURPLUS_BYTES 65536

struct wanted {
    struct spec_body body; /* SPEC_BODY_NONE: empty */
    char *range;           /* template "FIRST-LAST"; NULL: all */
};

static void free_wanted(void *data)
{
    struct wanted *wanted = data;
    spec_body_fini(&wanted->body);
    free(wanted->range);
    free(wanted);
}

/* "10-19", both included. */
static bool parse_range(const char *text, uint64_t *ret_first, uint64_t *ret_last)
{
    const char *dash = strchr(text, '-');
    return dash && number_parse_u64_n(text, (size_t)(dash - text), ret_first) &&
           number_parse_u64(dash + 1, ret_last) && *ret_first <= *ret_last;
}

/* The range as a template; one without variables is checked now. NULL after complaining. */
static char *read_range(const struct match_source *source, const struct yaml_node *node)
{
    uint64_t first;
    uint64_t last;
    char *range = match_read_template(source, node, "range");
    if (!range || strstr(range, "${") || parse_range(range, &first, &last))
        return range;
    problems_add(source->problems, node->place, "range \"%s\", expected FIRST-LAST as 10-19", range);
    free(range);
    return NULL;
}

static void *parse(const struct match_source *source)
{
    const struct yaml_node *node = source->node;
    struct wanted *wanted = mem_alloc(sizeof *wanted);
    const struct yaml_node *range = yaml_get(node, "range");
    bool is_empty = node->kind == YAML_KIND_SCALAR && strcmp(node->text, "empty") == 0;
    bool sound = is_empty || source->body_parse(source->context, node, &wanted->body);
    if (range)
        wanted->range = read_range(source, range);
    if (sound && (!range || wanted->range))
        return wanted;
    free_wanted(wanted);
    return NULL;
}

struct body_watch {
    struct match_watch watch; /* first */
    struct body *body;
    uint64_t first;
    uint64_t length;
    uint64_t seen_bytes;
    bool differs;
    uint64_t differs_at;
    unsigned char expected[8]; /* from there on */
    unsigned char actual[8];
    size_t expected_count;
    size_t actual_count;
    struct err err;
    unsigned char piece[PIECE_BYTES];
};

static void free_watch(struct match_watch *watch)
{
    struct body_watch *own = (struct body_watch *)watch;
    body_free(own->body);
    free(own);
}

static size_t at_most(size_t count, size_t most)
{
    return count < most ? count : most;
}

static void note_difference(struct body_watch *own, const unsigned char *actual, size_t length)
{
    size_t i = 0;
    while (i < length && own->piece[i] == actual[i])
        i++;
    own->differs = true;
    own->differs_at = own->seen_bytes + i;
    own->expected_count = own->actual_count = at_most(length - i, sizeof own->expected);
    memcpy(own->expected, own->piece + i, own->expected_count);
    memcpy(own->actual, actual + i, own->actual_count);
}

static void take_piece(struct body_watch *own, const unsigned char *bytes, size_t length)
{
    uint64_t left = own->seen_bytes < own->length ? own->length - own->seen_bytes : 0;
    size_t count = left < length ? (size_t)left : length;
    if (count > 0 && !own->differs &&
        body_read(own->body, own->first + own->seen_bytes, own->piece, count, &own->err) &&
        memcmp(own->piece, bytes, count) != 0)
        note_difference(own, bytes, count);
    own->seen_bytes += length;
}

static void take_bytes(struct match_watch *watch, const void *bytes, size_t length)
{
    const unsigned char *next = bytes;
    while (length > 0) {
        size_t count = at_most(length, PIECE_BYTES);
        take_piece((struct body_watch *)watch, next, count);
        next += count;
        length -= count;
    }
}

static char *hex_text(const unsigned char *bytes, size_t count)
{
    char text[3 * 8 + 1] = "";
    for (size_t i = 0; i < count; i++)
        snprintf(text + 3 * i, 4, "%02x ", bytes[i]);
    if (count > 0)
        text[3 * count - 1] = '\0';
    return mem_dup(text);
}

static void say_bytes(const struct body_watch *own, const struct match_report *report)
{
    char *expected = hex_text(own->expected, own->expected_count);
    char *actual = hex_text(own->actual, own->actual_count);
    match_say(report, mem_printf("bytes %s at offset %" PRIu64 " of the body", expected, own->differs_at),
              mem_printf("bytes %s", actual));
    free(expected);
    free(actual);
}

static void finish(struct match_watch *watch, const struct answer *answer, const struct match_report *report)
{
    struct body_watch *own = (struct body_watch *)watch;
    if (own->err.code != ERR_NONE)
        match_say(report, mem_dup("a body that can be compared"), mem_dup(own->err.text));
    else if (own->differs)
        say_bytes(own, report);
    else if (answer->body_bytes != own->length)
        match_say(report, mem_printf("a body of %" PRIu64 " bytes", own->length),
                  mem_printf("a body of %" PRIu64 " bytes", answer->body_bytes));
    free_watch(watch);
}

static bool take_range(const char *text, uint64_t size, struct body_watch *own, struct err *err)
{
    uint64_t first;
    uint64_t last;
    if (!parse_range(text, &first, &last) || last >= size)
        return err_set(err, ERR_VALUE, "the range '%s' is no FIRST-LAST inside %" PRIu64 " bytes", text,
                       size);
    own->first = first;
    own->length = last - first + 1;
    return true;
}

static bool set_part(const struct wanted *wanted, const struct vars *vars, struct body_watch *own,
                     struct err *err)
{
    own->length = body_size(own->body);
    if (!wanted->range)
        return true;
    char *range = template_expand(wanted->range, vars, err);
    bool known = range && take_range(range, body_size(own->body), own, err);
    free(range);
    return known;
}

static struct match_watch *watch(const void *data, const struct vars *vars, const char *fixtures,
                                 struct err *err)
{
    const struct wanted *wanted = data;
    struct body *body = body_open(&wanted->body, fixtures, vars, err);
    if (!body)
        return NULL;
    struct body_watch *own = mem_alloc(sizeof *own);
    own->watch = (struct match_watch){take_bytes, finish, free_watch, 0};
    own->body = body;
    if (!set_part(wanted, vars, own, err)) {
        free_watch(&own->watch);
        return NULL;
    }
    own->watch.most_bytes = own->length + SURPLUS_BYTES;
    return &own->watch;
}

const struct matcher matcher_body = {.name = "body", .parse = parse, .free = free_wanted, .watch = watch};
