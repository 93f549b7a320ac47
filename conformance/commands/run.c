/* imageproof run [SUBJECT]: DESIGN.md, "The command line". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/cli.h"
#include "conformance/progress.h"
#include "conformance/runner.h"
#include "conformance/stop.h"
#include "conformance/subject.h"
#include "conformance/target.h"
#include "reports/writer.h"

enum {
    JOBS_MIN = 4
};

struct words {
    char **items; /* borrowed from the command line */
    size_t count;
};

struct options {
    const char *subject; /* NULL: the bundled mock */
    const char *url;
    const char *token;
    char *edition; /* NULL: the default of each API */
    struct cli_paths paths;
    struct words apis;
    struct words only;
    struct words tags;
    struct words reports;
    struct words mock_args;
    uint64_t shard; /* from 1; 0: all */
    uint64_t shards;
    uint64_t jobs; /* 0: not said */
    uint64_t timeout_ms;
    bool quiet;
};

/* ---- the command line ---- */

enum option_key {
    OPTION_API = 256,
    OPTION_ONLY,
    OPTION_TAG,
    OPTION_EDITION,
    OPTION_JOBS,
    OPTION_SHARD,
    OPTION_REPORT,
    OPTION_TOKEN,
    OPTION_URL,
    OPTION_MOCK_ARG,
    OPTION_TIMEOUT,
    OPTION_SPECS,
    OPTION_FIXTURES,
    OPTION_QUIET,
};

static const struct argp_option known[] = {
    {"api", OPTION_API, "API", 0, "Only cases of this API (images-v1, images-v2); may be repeated", 0},
    {"only", OPTION_ONLY, "GLOB", 0, "Only cases whose id, or whose clause's id, matches; may be repeated",
     0},
    {"tag", OPTION_TAG, "TAG", 0, "Only cases with this tag; may be repeated", 0},
    {"edition", OPTION_EDITION, "EDITION", 0,
     "Edition of the reference to judge by, for the APIs that have it: of images-v1 in-tree, api-site or "
     "create-page (in-tree)",
     0},
    {"jobs", OPTION_JOBS, "N", 0, "Cases that run side by side (two for each processor, at least 4)", 0},
    {"shard", OPTION_SHARD, "K/N", 0, "Only the K-th of N equal parts of the cases", 0},
    {"report", OPTION_REPORT, "FORM=PATH", 0,
     "Write a report: json, junit or text; PATH - is standard output; may be repeated", 0},
    {"token", OPTION_TOKEN, "TOKEN", 0, "X-Auth-Token for a URL (or environment IMAGEPROOF_TOKEN)", 0},
    {"url", OPTION_URL, "URL", 0, "Address to use in place of the target file's", 0},
    {"mock-arg", OPTION_MOCK_ARG, "ARG", 0, "Further argument for the bundled mock; may be repeated", 0},
    {"timeout", OPTION_TIMEOUT, "DURATION", 0, "Time for one exchange, as 500ms or 30s (as the target says)",
     0},
    {"specs", OPTION_SPECS, "DIR", 0, "Folder of the clauses", 0},
    {"fixtures", OPTION_FIXTURES, "DIR", 0, "Folder of the fixtures", 0},
    {"quiet", OPTION_QUIET, NULL, 0, "No progress, no summary", 0},
    {0},
};

static void add_word(struct words *words, char *word)
{
    *mem_append(&words->items, &words->count) = word;
}

static const char *const api_names[] = {"images-v1", "images-v2", "gns3-compute-v2"};
#define API_COUNT (sizeof api_names / sizeof *api_names)

static void take_api(struct argp_state *state, struct options *options, char *api)
{
    for (size_t i = 0; i < API_COUNT; i++) {
        if (strcmp(api_names[i], api) == 0) {
            add_word(&options->apis, api);
            return;
        }
    }
    argp_error(state, "there is no API '%s': want images-v1, images-v2 or gns3-compute-v2", api);
}

static void take_shard(struct argp_state *state, struct options *options, const char *text)
{
    const char *slash = strchr(text, '/');
    if (!slash || !number_parse_u64_n(text, (size_t)(slash - text), &options->shard) ||
        !number_parse_u64(slash + 1, &options->shards) || options->shard < 1 ||
        options->shard > options->shards)
        argp_error(state, "--shard: '%s' is no K/N with K from 1 to N", text);
}

static void take_jobs(struct argp_state *state, struct options *options, const char *text)
{
    if (!number_parse_u64(text, &options->jobs) || options->jobs < 1 || options->jobs > RUNNER_JOBS_MAX)
        argp_error(state, "--jobs: '%s' is no number from 1 to %d", text, RUNNER_JOBS_MAX);
}

static void take_timeout(struct argp_state *state, struct options *options, const char *text)
{
    if (!number_parse_duration_ms(text, &options->timeout_ms) || options->timeout_ms == 0)
        argp_error(state, "--timeout: '%s' is no duration, as 500ms or 30s", text);
}

static void take_subject(struct argp_state *state, struct options *options, const char *text)
{
    if (options->subject)
        argp_error(state, "one subject at a time: '%s' and '%s'", options->subject, text);
    options->subject = text;
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case OPTION_API:
        take_api(state, options, value);
        break;
    case OPTION_ONLY:
        add_word(&options->only, value);
        break;
    case OPTION_TAG:
        add_word(&options->tags, value);
        break;
    case OPTION_EDITION:
        options->edition = value;
        break;
    case OPTION_JOBS:
        take_jobs(state, options, value);
        break;
    case OPTION_SHARD:
        take_shard(state, options, value);
        break;
    case OPTION_REPORT:
        add_word(&options->reports, value);
        break;
    case OPTION_TOKEN:
        options->token = value;
        break;
    case OPTION_URL:
        options->url = value;
        break;
    case OPTION_MOCK_ARG:
        add_word(&options->mock_args, value);
        break;
    case OPTION_TIMEOUT:
        take_timeout(state, options, value);
        break;
    case OPTION_SPECS:
        options->paths.specs = value;
        break;
    case OPTION_FIXTURES:
        options->paths.fixtures = value;
        break;
    case OPTION_QUIET:
        options->quiet = true;
        break;
    case ARGP_KEY_ARG:
        take_subject(state, options, value);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void parse(struct options *options, int argc, char **argv)
{
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .args_doc = "[SUBJECT]",
        .doc = "Runs the suite against SUBJECT: a URL, a target file, or the bundled mock when none is "
               "named.\vExit status: 0 all judged cases passed and at least one was judged, 1 a case "
               "failed, 2 something could not be judged, 64 wrong usage.",
    };
    *options = (struct options){.token = getenv("IMAGEPROOF_TOKEN")};
    cli_parse(&argp, argc, argv, options);
}

static void options_fini(struct options *options)
{
    free(options->apis.items);
    free(options->only.items);
    free(options->tags.items);
    free(options->reports.items);
    free(options->mock_args.items);
}

/* ---- the subject ---- */

static struct target *load_target(const char *path)
{
    struct problems problems = {0};
    struct target *target = target_load(path, &problems);
    cli_print_problems(&problems);
    problems_fini(&problems);
    return target;
}

static struct target *target_of_url(const struct options *options)
{
    struct err err = ERR_INIT;
    struct target *target = target_from_url(options->subject, options->token, &err);
    if (!target)
        cli_complain("run", "%s", err.text);
    return target;
}

/* A target that says of no API that it offers it, as an address cannot, offers what --api names. */
static void claim_apis(struct target *target, const struct options *options)
{
    for (size_t i = 0; i < API_COUNT; i++) {
        if (target_offers(target, api_names[i]))
            return;
    }
    for (size_t i = 0; i < options->apis.count; i++)
        target_offer(target, options->apis.items[i]);
    if (options->apis.count == 0)
        target_offer(target, "images-v2");
}

static bool use_url(struct target *target, const char *url)
{
    struct err err = ERR_INIT;
    char *base = subject_base_url(url, &err);
    if (!base) {
        cli_complain("run", "--url: %s", err.text);
        return false;
    }
    free(target->url);
    target->url = base;
    return true;
}

/* NULL after complaining. */
static struct target *find_target(const struct options *options)
{
    struct target *target = NULL;
    if (!options->subject) {
        CLEANUP(text) char *folder = cli_targets();
        CLEANUP(text) char *path = mem_printf("%s/mock.yaml", folder);
        target = load_target(path);
    } else if (strstr(options->subject, "://")) {
        target = target_of_url(options);
    } else {
        target = load_target(options->subject);
    }
    if (target)
        claim_apis(target, options);
    if (target && options->timeout_ms)
        target->timeout_ms = options->timeout_ms;
    if (target && options->url && !use_url(target, options->url)) {
        target_free(target);
        return NULL;
    }
    return target;
}

/* ---- reports ---- */

struct open_reports {
    struct report_file **files;
    size_t count;
    bool on_stdout;
};

static void close_reports(struct open_reports *reports)
{
    for (size_t i = 0; i < reports->count; i++)
        report_file_free(reports->files[i]);
    free(reports->files);
}

/* Before anything is sent, so that a path that cannot be written is not found out when all is over. The
 * exit status of the failure, 0 when there is none. */
static int open_reports(const struct options *options, struct open_reports *reports)
{
    for (size_t i = 0; i < options->reports.count; i++) {
        struct err err = ERR_INIT;
        const char *spec = options->reports.items[i];
        struct report_file *file = report_file_open(spec, &err);
        if (!file) {
            cli_complain("run", "--report %s: %s", spec, err.text);
            return err.code == ERR_VALUE ? EXIT_STATUS_USAGE : EXIT_STATUS_NOT_JUDGED;
        }
        *mem_append(&reports->files, &reports->count) = file;
        size_t length = strlen(spec);
        reports->on_stdout = reports->on_stdout || (length > 1 && strcmp(spec + length - 2, "=-") == 0);
    }
    return EXIT_STATUS_OK;
}

static bool write_reports(struct open_reports *reports, const struct run_result *run)
{
    bool written = true;
    for (size_t i = 0; i < reports->count; i++) {
        struct err err = ERR_INIT;
        if (!report_file_finish(reports->files[i], run, &err)) {
            cli_complain("run", "%s", err.text);
            written = false;
        }
    }
    return written;
}

/* The reason for an early end is told once: in the summary, or alone where there is none. */
static void print_summary(const struct options *options, const struct open_reports *reports,
                          const struct run_result *run)
{
    struct err err = ERR_INIT;
    if (options->quiet || reports->on_stdout) {
        if (run->ended_early)
            cli_complain("run", "%s", run->ended_early);
        return;
    }
    if (!writer_find("text")->write(run, stdout, &err) || fflush(stdout) != 0)
        cli_complain("run", "standard output: %s", err.code ? err.text : "cannot be written");
}

/* ---- the run ---- */

/* Keeps every N-th case from the K-th on. */
static size_t take_part(const struct options *options, const struct spec_case **cases, size_t count)
{
    if (options->shards == 0)
        return count;
    size_t kept = 0;
    for (size_t i = (size_t)options->shard - 1; i < count; i += (size_t)options->shards)
        cases[kept++] = cases[i];
    return kept;
}

static const struct spec_case **select_cases(const struct options *options, const struct spec_suite *suite,
                                             size_t *ret_count)
{
    const struct spec_selection selection = {
        .only = options->only.items,
        .only_count = options->only.count,
        .tags = options->tags.items,
        .tag_count = options->tags.count,
        .apis = options->apis.items,
        .api_count = options->apis.count,
        .one_edition = true,
        .edition = options->edition,
    };
    const struct spec_case **cases = spec_select(suite, &selection, ret_count);
    *ret_count = take_part(options, cases, *ret_count);
    return cases;
}

static unsigned jobs_of(const struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned usual = processors > 0 ? 2 * (unsigned)processors : JOBS_MIN;
    return options->jobs ? (unsigned)options->jobs : usual < JOBS_MIN ? JOBS_MIN : usual;
}

struct session {
    const struct options *options;
    struct spec_suite *suite;
    struct target *target;
    struct target_process *process; /* NULL: it was running already */
    const struct spec_case **cases;
    size_t case_count;
    struct open_reports reports;
};

static int run_cases(struct session *session, atomic_bool *stop)
{
    CLEANUP(text) char *fixtures = cli_fixtures(&session->options->paths);
    CLEANUP(text)
    char *edition = spec_editions_of_cases(session->suite, session->cases, session->case_count,
                                           session->options->edition);
    struct progress progress;
    struct run_result run = {0};
    struct err err = ERR_INIT;
    progress_init(&progress, session->options->quiet);
    const struct runner_options options = {.suite = session->suite,
                                           .target = session->target,
                                           .edition = edition,
                                           .fixtures = fixtures,
                                           .jobs = jobs_of(session->options),
                                           .stop = stop,
                                           .case_done = progress_case_done,
                                           .context = &progress};
    if (!runner_run(&options, session->cases, session->case_count, &run, &err)) {
        cli_complain("run", "%s", err.text);
        return EXIT_STATUS_NOT_JUDGED;
    }
    progress_end(&progress);
    bool written = write_reports(&session->reports, &run);
    print_summary(session->options, &session->reports, &run);
    int status = result_exit_status(&run);
    result_fini(&run);
    return written || status == EXIT_STATUS_FAILED ? status : EXIT_STATUS_NOT_JUDGED;
}

/* The bundled mock follows the edition that it is judged by; a subject that the user names is as it is. */
static struct words arguments_of_subject(const struct options *options)
{
    static char flag[] = "--edition";
    struct words arguments = {0};
    if (!options->subject && options->edition) {
        add_word(&arguments, flag);
        add_word(&arguments, options->edition);
    }
    for (size_t i = 0; i < options->mock_args.count; i++)
        add_word(&arguments, options->mock_args.items[i]);
    return arguments;
}

static bool start_subject(struct session *session)
{
    struct err err = ERR_INIT;
    struct target *target = session->target;
    if (target->url)
        return true;
    struct words arguments = arguments_of_subject(session->options);
    session->process = target_start(target, arguments.items, arguments.count, &err);
    free(arguments.items);
    if (!session->process)
        cli_complain("run", "%s", err.text);
    return session->process;
}

static int run_session(struct session *session)
{
    struct err err = ERR_INIT;
    if (session->case_count == 0) {
        cli_complain("run", "no case matches: see imageproof list");
        return EXIT_STATUS_NOT_JUDGED;
    }
    int status = open_reports(session->options, &session->reports);
    if (status != EXIT_STATUS_OK)
        return status;
    atomic_bool *stop = stop_on_signals();
    if (!start_subject(session))
        return EXIT_STATUS_NOT_JUDGED;
    status = run_cases(session, stop);
    if (!target_stop(session->process, &err)) {
        cli_complain("run", "%s", err.text);
        return status == EXIT_STATUS_OK ? EXIT_STATUS_NOT_JUDGED : status;
    }
    return status;
}

/* Complains when not. Which there are is known once the suite is loaded, before anything is sent. */
static bool knows_edition(const struct options *options, const struct spec_suite *suite)
{
    if (!options->edition || spec_has_edition(suite, options->edition))
        return true;
    CLEANUP(text) char *names = spec_edition_list(suite);
    cli_complain("run", "there is no edition '%s': this suite has %s", options->edition, names);
    return false;
}

static int run(int argc, char **argv)
{
    struct options options;
    parse(&options, argc, argv);
    struct session session = {.options = &options};
    int status = EXIT_STATUS_NOT_JUDGED;
    session.suite = cli_load_suite(&options.paths);
    if (session.suite && !knows_edition(&options, session.suite))
        status = EXIT_STATUS_USAGE;
    else if (session.suite)
        session.target = find_target(&options);
    if (session.target) {
        session.cases = select_cases(&options, session.suite, &session.case_count);
        status = run_session(&session);
    }
    close_reports(&session.reports);
    free(session.cases);
    target_free(session.target);
    spec_suite_free(session.suite);
    options_fini(&options);
    return status;
}

const struct command command_run = {"run", "run the suite against a service", run};
