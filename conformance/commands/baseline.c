/* imageproof baseline update FILE REPORT: DESIGN.md, "The command line". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "conformance/cli/baseline_file.h"
#include "conformance/cli/cli.h"
#include "reports/earlier.h"

enum {
    WORD_UPDATE,
    WORD_FILE,
    WORD_REPORT,
    WORD_COUNT,
};

enum option_key {
    OPTION_SUBJECT = 256
};

struct options {
    const char *words[WORD_COUNT];
    size_t count;
    const char *subject; /* NULL: the report says for which */
};

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case OPTION_SUBJECT:
        options->subject = value;
        return 0;
    case ARGP_KEY_ARG:
        if (options->count == WORD_COUNT || (options->count == WORD_UPDATE && strcmp(value, "update") != 0))
            argp_error(state, "expected: update FILE REPORT");
        options->words[options->count++] = value;
        return 0;
    case ARGP_KEY_END:
        if (options->count != WORD_COUNT)
            argp_error(state, "expected: update FILE REPORT");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The one that is there, or an empty one. */
static bool load(const char *path, struct baseline *ret_baseline)
{
    struct problems problems = {0};
    *ret_baseline = (struct baseline){0};
    bool loaded =
        (access(path, F_OK) != 0 && errno == ENOENT) || baseline_file_load(path, ret_baseline, &problems);
    cli_print_problems(&problems);
    problems_fini(&problems);
    return loaded;
}

/* Reasons are kept; what fails anew has none. */
static void update(const struct baseline *old, const struct earlier *run, struct baseline *ret_new)
{
    *ret_new = (struct baseline){0};
    for (size_t i = 0; i < run->count; i++) {
        const struct earlier_case *one = &run->cases[i];
        const struct baseline_entry *entry = baseline_find(old, one->id);
        if (one->verdict != VERDICT_FAIL)
            continue;
        *mem_append(&ret_new->entries, &ret_new->count) = (struct baseline_entry){
            mem_dup(one->id),
            entry ? mem_dup(entry->reason)
                  : mem_printf(BASELINE_UNREVIEWED "%s", one->finding ? one->finding : "it fails"),
            mem_dup(entry ? entry->expires : NULL)};
    }
}

/* The old file stays until the new one is whole. */
static bool write_to(const char *path, const struct baseline *baseline, const char *subject)
{
    CLEANUP(text) char *next = mem_printf("%s.new", path);
    FILE *out = fopen(next, "we");
    bool written = out;
    if (out) {
        baseline_file_write(baseline, subject, out);
        written = !ferror(out);
        written = fclose(out) == 0 && written && rename(next, path) == 0;
    }
    if (!written)
        cli_complain("baseline", "%s: %s", path, strerror(errno));
    return written;
}

static int run(int argc, char **argv)
{
    static const struct argp_option known[] = {
        {"subject", OPTION_SUBJECT, "NAME", 0, "What the baseline says that it is of (the report's subject)",
         0},
        {0},
    };
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .args_doc = "update FILE REPORT",
        .doc = "Writes the baseline FILE anew from a run's REPORT (of the form json), for review: what fails "
               "is listed, reasons and days are kept, a new entry has no reason yet and holds for "
               "nothing.\vExit status: 0 written, 2 a file could not be read or written, 64 wrong usage."};
    struct options options = {0};
    struct err err = ERR_INIT;
    struct baseline old;
    struct baseline new = {0};
    struct earlier report = {0};
    cli_parse(&argp, argc, argv, &options);
    if (!load(options.words[WORD_FILE], &old))
        return EXIT_STATUS_NOT_JUDGED;
    bool done = earlier_load(options.words[WORD_REPORT], &report, &err);
    if (!done)
        cli_complain("baseline", "%s", err.text);
    if (done) {
        update(&old, &report, &new);
        done = write_to(options.words[WORD_FILE], &new, options.subject ? options.subject : report.subject);
    }
    earlier_fini(&report);
    baseline_fini(&old);
    baseline_fini(&new);
    return done ? EXIT_STATUS_OK : EXIT_STATUS_NOT_JUDGED;
}

const struct command command_baseline = {"baseline", "list accepted failures, from a run's report", run};
