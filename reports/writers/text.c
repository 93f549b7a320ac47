/* For a person: what to act on first, the counts last. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"
#include "reports/escape.h"
#include "reports/writer.h"

enum {
    COLUMNS = 100,
    INDENT = 14, /* of the values of fields, and of what is continued */
};

/* In characters: continuation bytes of UTF-8 take no column. */
static size_t width_of(const char *text, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++)
        width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

/* From `column` on, broken where a space is; a word too long for a line stays whole, to be copied. */
static void put_words(FILE *out, size_t column, const char *text)
{
    char *line = escape_to_line(text);
    for (const char *word = line; *word;) {
        size_t blanks = strspn(word, " ");
        size_t length = blanks + strcspn(word + blanks, " ");
        if (blanks > 0 && column > INDENT && column + width_of(word, length) > COLUMNS) {
            fprintf(out, "\n%*s", INDENT, "");
            column = INDENT;
            word++;
            length--;
        }
        fwrite(word, 1, length, out);
        column += width_of(word, length);
        word += length;
    }
    fputc('\n', out);
    free(line);
}

static void put_field(FILE *out, const char *name, const char *text)
{
    fprintf(out, "    %-*s", INDENT - 4, name);
    put_words(out, INDENT, text);
}

/* What the file BODY of the command has to be. */
static void put_body(FILE *out, const struct result_body *body)
{
    if (!*body->md5 || result_body_is_literal(body))
        return;
    char *digest = mem_printf("%" PRIu64 " bytes, md5 %s", body->length_bytes, body->md5);
    put_field(out, "BODY", body->generated ? body->generated : digest);
    free(digest);
}

/* The command is one line of any length, and as it is: it can be copied. */
static void put_request(FILE *out, const struct result_exchange *exchange)
{
    char *command = result_curl(exchange);
    fprintf(out, "    %-*s%s\n", INDENT - 4, "request", command);
    put_body(out, &exchange->request.body);
    if (exchange->error)
        put_field(out, "error", exchange->error);
    free(command);
}

static void put_finding(FILE *out, const struct result_case *result, const struct result_finding *finding)
{
    put_field(out, "clause", finding->clause);
    put_field(out, "expected", finding->expected);
    put_field(out, "actual", finding->actual);
    if (finding->exchange < result->exchange_count)
        put_request(out, &result->exchanges[finding->exchange]);
}

static void put_failure(FILE *out, const struct result_case *result)
{
    char *place = mem_printf("%s:%zu", result->file, result->line);
    fputs("FAIL ", out);
    put_words(out, strlen("FAIL "), result->id);
    put_field(out, result->level, result->says);
    put_field(out, "from", result->from);
    put_field(out, "case", place);
    free(place);
    for (size_t i = 0; i < result->finding_count; i++)
        put_finding(out, result, &result->findings[i]);
    fputc('\n', out);
}

static void put_failures(FILE *out, const struct run_result *run)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (result_verdict(run, i) == VERDICT_FAIL)
            put_failure(out, result_at(run, i));
    }
}

/* Cases of one verdict that have one reason. */
struct group {
    char *reason;
    size_t *cases;
    size_t case_count;
    UT_hash_handle hh;
};

static void add_to_group(struct group **groups, const char *reason, size_t index)
{
    struct group *group;
    HASH_FIND_STR(*groups, reason, group);
    if (!group) {
        group = mem_alloc(sizeof *group);
        group->reason = mem_dup(reason);
        HASH_ADD_KEYPTR(hh, *groups, group->reason, strlen(group->reason), group);
    }
    *mem_append(&group->cases, &group->case_count) = index;
}

/* A run that ended early has one reason for all that it left out, which stands at the top. */
static bool is_left_out(const struct run_result *run, const char *reason)
{
    return run->ended_early && strcmp(run->ended_early, reason) == 0;
}

/* What a subject does not offer is a reason, and often many cases; the other forms name all of them. */
#define NOT_CLAIMED_MAX 4

static void put_group(FILE *out, const struct run_result *run, enum verdict verdict,
                      const struct group *group)
{
    bool left_out = is_left_out(run, group->reason);
    char *line = mem_printf("%s %zu: %s", verdict_name(verdict), group->case_count,
                            left_out ? "not run" : group->reason);
    put_words(out, 0, line);
    free(line);
    size_t told = group->case_count;
    if (left_out || verdict == VERDICT_SKIPPED)
        told = 0;
    else if (verdict == VERDICT_NOT_CLAIMED && told > NOT_CLAIMED_MAX)
        told = NOT_CLAIMED_MAX - 1;
    for (size_t i = 0; i < told; i++) {
        fputs("    ", out);
        put_words(out, 4, result_at(run, group->cases[i])->id);
    }
    if (told > 0 && told < group->case_count)
        fprintf(out, "    and %zu more\n", group->case_count - told);
}

/* Cases without a judgement, in the order of their first reasons. */
static void put_unjudged(FILE *out, const struct run_result *run, enum verdict verdict)
{
    struct group *groups = NULL;
    for (size_t i = 0; i < run->case_count; i++) {
        if (result_verdict(run, i) != verdict)
            continue;
        const struct result_case *result = result_at(run, i);
        add_to_group(&groups, result->reason ? result->reason : "", i);
    }
    struct group *group;
    struct group *next;
    HASH_ITER (hh, groups, group, next) {
        put_group(out, run, verdict, group);
        HASH_DEL(groups, group); /* NOLINT: the macro keeps `next` before the entry goes */
        free(group->reason);
        free(group->cases);
        free(group);
    }
}

static void put_notes(FILE *out, const struct run_result *run)
{
    for (size_t i = 0; i < run->case_count; i++) {
        const struct result_case *result = result_at(run, i);
        for (size_t k = 0; k < result->note_count; k++) {
            char *note = mem_printf("note %s: %s", result->id, result->notes[k]);
            put_words(out, 0, note);
            free(note);
        }
    }
}

static void put_head(FILE *out, const struct run_result *run)
{
    if (run->interrupted)
        fputs("INTERRUPTED: not every case was run.\n\n", out);
    if (run->ended_early) {
        fputs("ENDED EARLY: ", out);
        put_words(out, strlen("ENDED EARLY: "), run->ended_early);
        fputc('\n', out);
    }
    char *resumed = result_resumed(run);
    if (resumed)
        fprintf(out, "Resumed %s: one run, with a break.\n\n", resumed);
    free(resumed);
    if (!*run->subject) /* of a log that was cut off before it was told */
        return;
    bool has_name = strcmp(run->subject, run->subject_url) != 0;
    char *line = mem_printf("Subject %s%s%s, judged by edition %s", run->subject, has_name ? " at " : "",
                            has_name ? run->subject_url : "", run->edition);
    put_words(out, 0, line);
    fputc('\n', out);
    free(line);
}

static void put_counts(FILE *out, const struct run_result *run)
{
    struct result_summary summary = result_summarise(run);
    for (int i = 0; i < VERDICT_COUNT; i++)
        fprintf(out, "%s%s %zu", i ? ", " : "", verdict_name((enum verdict)i), summary.counts[i]);
    fprintf(out, "; %zu cases in %.2f s\n", run->case_count, (double)run->time_us / 1e6);
}

static bool write_text(const struct run_result *run, FILE *out, struct err *err)
{
    put_head(out, run);
    put_failures(out, run);
    put_unjudged(out, run, VERDICT_ERROR);
    put_unjudged(out, run, VERDICT_NOT_CLAIMED);
    put_unjudged(out, run, VERDICT_SKIPPED);
    put_notes(out, run);
    put_counts(out, run);
    return !ferror(out) || err_set_errno(err, "the report cannot be written");
}

const struct writer writer_text = {"text", "for a person: each failure and how to repeat it", write_text};
