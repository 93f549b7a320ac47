#include "conformance/cli/run_options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "conformance/cli/ledger_file.h"
#include "conformance/runner.h"

enum {
    JOBS_MIN = 4,
    RATE_MAX = 100000,
    RETRIES_MAX = 10,
};

enum option_key {
    OPTION_JOBS = 256,
    OPTION_LOG,
    OPTION_MOCK_ARG,
    OPTION_RATE,
    OPTION_LEDGER,
    OPTION_RETRY_LOST,
    OPTION_QUIET,
    OPTION_PREFLIGHT,
    OPTION_NO_PREFLIGHT,
    OPTION_RESUME,
    OPTION_DRY_RUN,
    OPTION_SETTLE,
};

static const struct argp_option known[] = {
    {"jobs", OPTION_JOBS, "N", 0, "Cases that run side by side (two for each processor, at least 4)", 0},
    {"log", OPTION_LOG, "FILE", 0,
     "Keep the log that is written while the run goes on: see imageproof report", 0},
    {"mock-arg", OPTION_MOCK_ARG, "ARG", 0, "Further argument for the bundled mock; may be repeated", 0},
    {"ledger", OPTION_LEDGER, "FILE", 0,
     "Ledger of what may be left behind (a file of the run's own in ~/.local/state/imageproof): see "
     "imageproof clean",
     0},
    {"retry-lost", OPTION_RETRY_LOST, "N", 0,
     "Run a case once more that had no whole answer, N times at most (0)", 0},
    {"rate", OPTION_RATE, "N", 0, "At most so many requests a second", 0},
    {"preflight", OPTION_PREFLIGHT, NULL, 0,
     "First make, read and delete one resource of each API, and judge nothing where that is not allowed: "
     "always done with a deployment, and with the bundled mock when asked for",
     0},
    {"dry-run", OPTION_DRY_RUN, "FORM", OPTION_ARG_OPTIONAL,
     "Send nothing, and tell what would be sent: as text, or as json, a line for each request", 0},
    {"resume", OPTION_RESUME, "LOG", 0,
     "Go on with a run that was cut off: what it left is removed, what it had judged stands, the rest is "
     "run. Without --log a run's log stands beside its ledger until the run has ended well",
     0},
    {"settle", OPTION_SETTLE, "DURATION", 0,
     "With --resume: wait until the ledger is so old, for requests that are still on their way (2s)", 0},
    {"no-preflight", OPTION_NO_PREFLIGHT, NULL, 0, "Judge at once", 0},
    {"quiet", OPTION_QUIET, NULL, 0, "No progress, no summary", 0},
    {0},
};

static void take_jobs(struct argp_state *state, struct run_options *options, const char *text)
{
    if (!number_parse_u64(text, &options->jobs) || options->jobs < 1 || options->jobs > RUNNER_JOBS_MAX)
        argp_error(state, "--jobs: '%s' is no number from 1 to %d", text, RUNNER_JOBS_MAX);
}

static void take_rate(struct argp_state *state, struct run_options *options, const char *text)
{
    if (!number_parse_u64(text, &options->rate) || options->rate < 1 || options->rate > RATE_MAX)
        argp_error(state, "--rate: '%s' is no number from 1 to %d", text, RATE_MAX);
}

static void take_retries(struct argp_state *state, struct run_options *options, const char *text)
{
    if (!number_parse_u64(text, &options->lost_retries) || options->lost_retries > RETRIES_MAX)
        argp_error(state, "--retry-lost: '%s' is no number from 0 to %d", text, RETRIES_MAX);
}

static void take_dry_run(struct argp_state *state, struct run_options *options, const char *form)
{
    options->dry = true;
    options->dry_json = form && strcmp(form, "json") == 0;
    if (form && !options->dry_json && strcmp(form, "text") != 0)
        argp_error(state, "--dry-run: '%s' is none of text, json", form);
}

static void check(struct argp_state *state, const struct run_options *options)
{
    if (options->resume && options->log)
        argp_error(state, "--resume goes on with the log that it names: leave --log out");
    if (options->dry && (options->resume || options->log || options->outcome.report_count > 0))
        argp_error(state, "--dry-run judges nothing: leave --resume, --log and --report out");
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct run_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->outcome;
        state->child_inputs[1] = &options->paths;
        state->child_inputs[2] = &options->subject;
        state->child_inputs[3] = &options->selection;
        break;
    case OPTION_JOBS:
        take_jobs(state, options, value);
        break;
    case OPTION_LOG:
        options->log = value;
        break;
    case OPTION_MOCK_ARG:
        cli_words_add(&options->mock_args, value);
        break;
    case OPTION_RETRY_LOST:
        take_retries(state, options, value);
        break;
    case OPTION_LEDGER:
        options->ledger = value;
        break;
    case OPTION_RATE:
        take_rate(state, options, value);
        break;
    case OPTION_QUIET:
        options->quiet = true;
        break;
    case OPTION_RESUME:
        options->resume = value;
        break;
    case OPTION_DRY_RUN:
        take_dry_run(state, options, value);
        break;
    case OPTION_SETTLE:
        if (!number_parse_duration_ms(value, &options->settle_ms))
            argp_error(state, "--settle: '%s' is no duration, as 500ms or 30s", value);
        break;
    case ARGP_KEY_END:
        check(state, options);
        break;
    case OPTION_PREFLIGHT:
        options->preflight = true;
        break;
    case OPTION_NO_PREFLIGHT:
        options->no_preflight = true;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

void run_options_parse(struct run_options *options, int argc, char **argv)
{
    static const struct argp_child children[] = {{&cli_outcome_argp, 0, NULL, 0},
                                                 {&cli_paths_argp, 0, NULL, 0},
                                                 {&cli_subject_argp, 0, NULL, 0},
                                                 {&cli_selection_argp, 0, NULL, 0},
                                                 {0}};
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .children = children,
        .args_doc = "[SUBJECT]",
        .doc =
            "Runs the suite against SUBJECT: a URL, a target file, --os-cloud, or the bundled mock when none "
            "is named.\vExit status: 0 all judged cases passed and at least one was judged, 1 a case "
            "failed, 2 something could not be judged, 64 wrong usage.",
    };
    *options = (struct run_options){
        .outcome = {.command = "run"}, .subject = {.command = "run"}, .settle_ms = LEDGER_SETTLE_MS};
    cli_parse(&argp, argc, argv, options);
}

void run_options_fini(struct run_options *options)
{
    free(options->mock_args.items);
    cli_outcome_fini(&options->outcome);
    cli_subject_fini(&options->subject);
    cli_selection_fini(&options->selection);
}

unsigned run_options_jobs(const struct run_options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned usual = processors > 0 ? 2 * (unsigned)processors : JOBS_MIN;
    return options->jobs ? (unsigned)options->jobs : usual < JOBS_MIN ? JOBS_MIN : usual;
}
