/* imageproof diff A B: the same cases against two subjects, and what is otherwise in their answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "conformance/cli/cli.h"
#include "conformance/cli/run_apart.h"
#include "conformance/cli/stop.h"
#include "conformance/diff/diff_write.h"
#include "reports/run_log.h"

#define SUBJECTS 2

struct options {
    const char *subjects[SUBJECTS];
    size_t subject_count;
    char **passed; /* arguments of each run: owned, as its texts */
    size_t passed_count;
    const char *explained; /* NULL: nothing is */
    bool is_partial;
    struct cli_listing listing;
};

enum option_key {
    OPTION_API = 256,
    OPTION_ONLY,
    OPTION_TAG,
    OPTION_EDITION,
    OPTION_JOBS,
    OPTION_RATE,
    OPTION_TIMEOUT,
    OPTION_RETRY_LOST,
    OPTION_MOCK_ARG,
    OPTION_EXPLAINED,
};

static const struct argp_option known[] = {
    {"explained", OPTION_EXPLAINED, "FILE", 0, "Differences that have their reason", 0},
    {"api", OPTION_API, "API", 0, "Only cases of this API; may be repeated", 0},
    {"only", OPTION_ONLY, "GLOB", 0, "Only cases whose id, or whose clause's id, matches; may be repeated",
     0},
    {"tag", OPTION_TAG, "TAG", 0, "Only cases with this tag; may be repeated", 0},
    {"edition", OPTION_EDITION, "EDITION", 0, "Edition of the reference to judge by", 0},
    {"jobs", OPTION_JOBS, "N", 0, "Cases that run side by side", 0},
    {"rate", OPTION_RATE, "N", 0, "At most so many requests a second", 0},
    {"timeout", OPTION_TIMEOUT, "DURATION", 0, "Time for one exchange, as 500ms or 30s", 0},
    {"retry-lost", OPTION_RETRY_LOST, "N", 0,
     "Run a case once more that had no whole answer, N times at most", 0},
    {"mock-arg", OPTION_MOCK_ARG, "ARG", 0, "Further argument for the bundled mock; may be repeated", 0},
    {0},
};

/* ---- the command line ---- */

/* The run knows what is right in its options. */
static void pass(struct options *options, int key, const char *value)
{
    const struct argp_option *option = known;
    while (option->key != key)
        option++;
    *mem_append(&options->passed, &options->passed_count) = mem_printf("--%s=%s", option->name, value);
}

static void take_subject(struct argp_state *state, struct options *options, const char *text)
{
    if (options->subject_count == SUBJECTS)
        argp_error(state, "two subjects at a time: '%s' is one too many", text);
    options->subjects[options->subject_count++] = text;
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->listing;
        return 0;
    case ARGP_KEY_ARG:
        take_subject(state, options, value);
        return 0;
    case ARGP_KEY_END:
        if (options->subject_count < SUBJECTS)
            argp_error(state, "want two subjects: a URL, a target file, or mock");
        return 0;
    case OPTION_EXPLAINED:
        options->explained = value;
        return 0;
    default:
        if (key < OPTION_API || key > OPTION_MOCK_ARG)
            return ARGP_ERR_UNKNOWN;
        options->is_partial = options->is_partial || key == OPTION_ONLY || key == OPTION_TAG;
        pass(options, key, value);
        return 0;
    }
}

static void parse(struct options *options, int argc, char **argv)
{
    static const struct argp_child children[] = {{&cli_listing_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .children = children,
        .args_doc = "A B",
        .doc =
            "Runs the same cases against two subjects, one after the other, and tells what is otherwise in "
            "their answers: status, headers, shape of the body; and which clause decides who is right. A and "
            "B are URLs, target files, or mock, the bundled one.\vExit status: 0 every difference is "
            "explained, 1 one is not, or an explanation has nothing to explain any more, 2 something could "
            "not be judged, 64 wrong usage."};
    *options = (struct options){0};
    cli_parse(&argp, argc, argv, options);
}

static void options_fini(struct options *options)
{
    for (size_t i = 0; i < options->passed_count; i++)
        free(options->passed[i]);
    free(options->passed);
}

/* ---- the runs ---- */

static char **arguments_of(const struct options *options, const char *subject, const char *log)
{
    static const char *const fixed[] = {"run", "--quiet"};
    bool is_mock = !*subject || strcmp(subject, "mock") == 0;
    char **arguments = NULL;
    size_t count = 0;
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        *mem_append(&arguments, &count) = mem_dup(fixed[i]);
    *mem_append(&arguments, &count) = mem_printf("--log=%s", log);
    for (size_t i = 0; i < options->passed_count; i++)
        *mem_append(&arguments, &count) = mem_dup(options->passed[i]);
    if (options->listing.paths.specs)
        *mem_append(&arguments, &count) = mem_printf("--specs=%s", options->listing.paths.specs);
    if (options->listing.paths.fixtures)
        *mem_append(&arguments, &count) = mem_printf("--fixtures=%s", options->listing.paths.fixtures);
    *mem_append(&arguments, &count) = mem_dup("--");
    if (!is_mock)
        *mem_append(&arguments, &count) = mem_dup(subject);
    *mem_append(&arguments, &count) = NULL;
    return arguments;
}

static void free_arguments(char **arguments)
{
    for (size_t i = 0; arguments[i]; i++)
        free(arguments[i]);
    free(arguments);
}

/* The exit status of wrong usage, or of what could not be judged; else *ret_run is to be finished. */
static int run_one(const struct options *options, const char *subject, const char *folder,
                   struct run_result *ret_run)
{
    struct err err = ERR_INIT;
    int status = EXIT_STATUS_NOT_JUDGED;
    CLEANUP(text) char *log = mem_printf("%s/run.log", folder);
    char **arguments = arguments_of(options, subject, log);
    bool ran = run_apart(arguments, stop_on_signals(), &status, &err);
    free_arguments(arguments);
    if (ran && status == EXIT_STATUS_USAGE)
        return status;
    char *logs[] = {log};
    if (ran && access(log, R_OK) != 0)
        err_set(&err, ERR_IO, "nothing was run against %s", subject);
    bool read = ran && err.code == ERR_NONE && run_log_read(logs, 1, ret_run, &err);
    unlink(log);
    if (!read)
        cli_complain("diff", "%s", err.text);
    return read ? EXIT_STATUS_OK : EXIT_STATUS_NOT_JUDGED;
}

/* ---- comparing ---- */

static const struct spec_case *find_case(const struct spec_case *const *cases, size_t count, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(cases[i]->id, id) == 0)
            return cases[i];
    }
    return NULL;
}

/* Both runs have the same cases in the same order: they are of the same suite and selection. */
static void compare_all(const struct spec_suite *suite, const struct run_result *left,
                        const struct run_result *right, struct diff *diff)
{
    const struct spec_selection all = {0};
    size_t count;
    const struct spec_case **cases = spec_select(suite, &all, &count);
    for (size_t i = 0; i < left->case_count && i < right->case_count; i++) {
        const struct result_case *here = result_at_whole(left, i);
        const struct result_case *there = result_at_whole(right, i);
        const struct spec_case *one = find_case(cases, count, here->id);
        if (one)
            case_compare(one, here, left->subject_url, there, right->subject_url, diff);
    }
    free(cases);
}

static int tell(const struct options *options, const struct diff_report *report, size_t open)
{
    bool holds = open == 0;
    for (size_t i = 0; report->explained && i < report->explained->count; i++)
        holds = holds && !diff_is_idle(report, &report->explained->entries[i]);
    if (options->listing.json)
        cli_put_json(diff_json(report), stdout);
    else
        diff_print(report, stdout);
    if (fflush(stdout) != 0 || report->diff->not_judged_count > 0 || report->diff->compared == 0)
        return EXIT_STATUS_NOT_JUDGED;
    return holds ? EXIT_STATUS_OK : EXIT_STATUS_FAILED;
}

static int compare(const struct options *options, const struct spec_suite *suite, struct explained *explained,
                   const struct run_result runs[static SUBJECTS])
{
    struct diff diff = {0};
    compare_all(suite, &runs[0], &runs[1], &diff);
    size_t open = explained_apply(explained, &diff);
    const struct diff_report report = {.left = runs[0].subject,
                                       .right = runs[1].subject,
                                       .diff = &diff,
                                       .explained = options->explained ? explained : NULL,
                                       .is_partial = options->is_partial};
    int status = tell(options, &report, open);
    diff_fini(&diff);
    return status;
}

static int run_both(const struct options *options, const struct spec_suite *suite,
                    struct explained *explained)
{
    struct run_result runs[SUBJECTS] = {0};
    CLEANUP(text) char *folder = temporary_folder();
    int status = EXIT_STATUS_OK;
    if (!folder) {
        cli_complain("diff", "no folder for the logs of the runs can be made");
        return EXIT_STATUS_NOT_JUDGED;
    }
    for (size_t i = 0; i < SUBJECTS && status == EXIT_STATUS_OK; i++)
        status = run_one(options, options->subjects[i], folder, &runs[i]);
    if (status == EXIT_STATUS_OK)
        status = compare(options, suite, explained, runs);
    for (size_t i = 0; i < SUBJECTS; i++)
        result_fini(&runs[i]);
    rmdir(folder);
    return status;
}

static bool load_explained(const struct options *options, struct explained *ret_explained)
{
    struct problems problems = {0};
    bool loaded = !options->explained || explained_load(options->explained, ret_explained, &problems);
    cli_print_problems(&problems);
    problems_fini(&problems);
    return loaded;
}

static int run(int argc, char **argv)
{
    struct options options;
    struct explained explained = {0};
    parse(&options, argc, argv);
    int status = EXIT_STATUS_NOT_JUDGED;
    struct spec_suite *suite = cli_load_suite(&options.listing.paths);
    if (suite && load_explained(&options, &explained))
        status = run_both(&options, suite, &explained);
    explained_fini(&explained);
    spec_suite_free(suite);
    options_fini(&options);
    return status;
}

const struct command command_diff = {"diff", "compare two services", run};
