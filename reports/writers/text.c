/* For a person: what to act on first, the counts last. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/escape.h"
#include "reports/writer.h"

enum {
    COLUMNS = 100,
    INDENT = 14, /* of the values of fields, and of what is continued */
};

static char *line_of(const char *text)
{
    char *line = NULL;
    size_t length;
    FILE *out = open_memstream(&line, &length);
    if (!out)
        abort();
    escape_line(out, text);
    fclose(out);
    return line;
}

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
    char *line = line_of(text);
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
        if (run->cases[i].verdict == VERDICT_FAIL)
            put_failure(out, &run->cases[i]);
    }
}

static const char *reason_of(const struct result_case *result)
{
    return result->reason ? result->reason : "";
}

/* Whether a case before this one has its verdict and reason: then it stands there. */
static bool is_repeat(const struct run_result *run, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (run->cases[i].verdict == run->cases[index].verdict &&
            strcmp(reason_of(&run->cases[i]), reason_of(&run->cases[index])) == 0)
            return true;
    }
    return false;
}

/* A run that ended early has one reason for all that it left out, which stands at the top. */
static bool is_left_out(const struct run_result *run, const char *reason)
{
    return run->ended_early && strcmp(run->ended_early, reason) == 0;
}

static void put_id(FILE *out, const char *id)
{
    fputs("    ", out);
    put_words(out, 4, id);
}

static void put_group(FILE *out, const struct run_result *run, size_t first)
{
    const char *reason = reason_of(&run->cases[first]);
    enum verdict verdict = run->cases[first].verdict;
    size_t count = 0;
    for (size_t i = first; i < run->case_count; i++)
        count += run->cases[i].verdict == verdict && strcmp(reason_of(&run->cases[i]), reason) == 0;
    bool left_out = is_left_out(run, reason);
    char *line = mem_printf("%s %zu: %s", verdict_name(verdict), count, left_out ? "not run" : reason);
    put_words(out, 0, line);
    free(line);
    for (size_t i = first; i < run->case_count && verdict != VERDICT_SKIPPED && !left_out; i++) {
        if (run->cases[i].verdict == verdict && strcmp(reason_of(&run->cases[i]), reason) == 0)
            put_id(out, run->cases[i].id);
    }
}

/* Cases without a judgement, those with one reason together. */
static void put_unjudged(FILE *out, const struct run_result *run, enum verdict verdict)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (run->cases[i].verdict == verdict && !is_repeat(run, i))
            put_group(out, run, i);
    }
}

static void put_notes(FILE *out, const struct run_result *run)
{
    for (size_t i = 0; i < run->case_count; i++) {
        for (size_t k = 0; k < run->cases[i].note_count; k++) {
            char *note = mem_printf("note %s: %s", run->cases[i].id, run->cases[i].notes[k]);
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
