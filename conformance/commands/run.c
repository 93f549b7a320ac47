/* imageproof run [SUBJECT]: DESIGN.md, "The command line". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/case/run.h"
#include "conformance/cli/cli.h"
#include "conformance/cli/outcome.h"
#include "conformance/cli/progress.h"
#include "conformance/cli/stop.h"
#include "conformance/cli/subject.h"
#include "conformance/remains.h"
#include "conformance/runner.h"
#include "conformance/shard.h"
#include "conformance/target/target.h"
#include "reports/run_log.h"
#include "reports/writer.h"

enum {
    JOBS_MIN = 4,
    SHARDS_MAX = 1000,
    RATE_MAX = 100000,
    RETRIES_MAX = 10,
};

struct words {
    char **items; /* borrowed from the command line */
    size_t count;
};

struct options {
    struct cli_subject subject;
    char *edition; /* NULL: the default of each API */
    struct cli_paths paths;
    struct words apis;
    struct words only;
    struct words tags;
    struct words mock_args;
    const char *log;    /* NULL: none that stays */
    const char *ledger; /* NULL: where ledgers are kept */
    struct cli_outcome outcome;
    uint64_t shard; /* from 1; 0: all */
    uint64_t shards;
    uint64_t jobs; /* 0: not said */
    uint64_t rate; /* requests a second; 0: not said */
    uint64_t lost_retries;
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
    OPTION_LOG,
    OPTION_MOCK_ARG,
    OPTION_RATE,
    OPTION_LEDGER,
    OPTION_RETRY_LOST,
    OPTION_QUIET,
};

static const struct argp_option known[] = {
    {"api", OPTION_API, "API", 0, "Only cases of this API (" SPEC_API_LIST "); may be repeated", 0},
    {"only", OPTION_ONLY, "GLOB", 0, "Only cases whose id, or whose clause's id, matches; may be repeated",
     0},
    {"tag", OPTION_TAG, "TAG", 0, "Only cases with this tag; may be repeated", 0},
    {"edition", OPTION_EDITION, "EDITION", 0,
     "Edition of the reference to judge by, for the APIs that have it: of images-v1 in-tree, api-site or "
     "create-page (in-tree)",
     0},
    {"jobs", OPTION_JOBS, "N", 0, "Cases that run side by side (two for each processor, at least 4)", 0},
    {"shard", OPTION_SHARD, "K/N", 0, "Only the K-th of N parts of the cases, even by expected time", 0},
    {"log", OPTION_LOG, "FILE", 0,
     "Keep the log that is written while the run goes on: see imageproof report", 0},
    {"mock-arg", OPTION_MOCK_ARG, "ARG", 0, "Further argument for the bundled mock; may be repeated", 0},
    {"ledger", OPTION_LEDGER, "FILE", 0,
     "Ledger of what may be left behind (a file of the run's own in ~/.local/state/imageproof): see "
     "imageproof "
     "clean",
     0},
    {"retry-lost", OPTION_RETRY_LOST, "N", 0,
     "Run a case that lost a connection once more, N times at most (0)", 0},
    {"rate", OPTION_RATE, "N", 0, "At most so many requests a second", 0},
    {"quiet", OPTION_QUIET, NULL, 0, "No progress, no summary", 0},
    {0},
};

static void add_word(struct words *words, char *word)
{
    *mem_append(&words->items, &words->count) = word;
}

static void take_api(struct argp_state *state, struct options *options, char *api)
{
    for (size_t i = 0; i < SPEC_API_COUNT; i++) {
        if (strcmp(spec_api_names[i], api) == 0) {
            add_word(&options->apis, api);
            return;
        }
    }
    argp_error(state, "there is no API '%s': want " SPEC_API_LIST, api);
}

static void take_shard(struct argp_state *state, struct options *options, const char *text)
{
    const char *slash = strchr(text, '/');
    if (!slash || !number_parse_u64_n(text, (size_t)(slash - text), &options->shard) ||
        !number_parse_u64(slash + 1, &options->shards) || options->shard < 1 ||
        options->shard > options->shards || options->shards > SHARDS_MAX)
        argp_error(state, "--shard: '%s' is no K/N with K from 1 to N, and N at most %d", text, SHARDS_MAX);
}

static void take_jobs(struct argp_state *state, struct options *options, const char *text)
{
    if (!number_parse_u64(text, &options->jobs) || options->jobs < 1 || options->jobs > RUNNER_JOBS_MAX)
        argp_error(state, "--jobs: '%s' is no number from 1 to %d", text, RUNNER_JOBS_MAX);
}

static void take_rate(struct argp_state *state, struct options *options, const char *text)
{
    if (!number_parse_u64(text, &options->rate) || options->rate < 1 || options->rate > RATE_MAX)
        argp_error(state, "--rate: '%s' is no number from 1 to %d", text, RATE_MAX);
}

static void take_retries(struct argp_state *state, struct options *options, const char *text)
{
    if (!number_parse_u64(text, &options->lost_retries) || options->lost_retries > RETRIES_MAX)
        argp_error(state, "--retry-lost: '%s' is no number from 0 to %d", text, RETRIES_MAX);
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->outcome;
        state->child_inputs[1] = &options->paths;
        state->child_inputs[2] = &options->subject;
        break;
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
    case OPTION_LOG:
        options->log = value;
        break;
    case OPTION_MOCK_ARG:
        add_word(&options->mock_args, value);
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
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void parse(struct options *options, int argc, char **argv)
{
    static const struct argp_child children[] = {
        {&cli_outcome_argp, 0, NULL, 0}, {&cli_paths_argp, 0, NULL, 0}, {&cli_subject_argp, 0, NULL, 0}, {0}};
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
    *options = (struct options){.outcome = {.command = "run"}, .subject = {.command = "run"}};
    cli_parse(&argp, argc, argv, options);
}

static void options_fini(struct options *options)
{
    free(options->apis.items);
    free(options->only.items);
    free(options->tags.items);
    free(options->mock_args.items);
    cli_outcome_fini(&options->outcome);
    cli_subject_fini(&options->subject);
}

/* ---- the subject ---- */

/* A target that says of no API that it offers it, as an address cannot, offers what --api names. */
static void claim_apis(struct target *target, const struct options *options)
{
    for (size_t i = 0; i < SPEC_API_COUNT; i++) {
        if (target_offers(target, spec_api_names[i]))
            return;
    }
    for (size_t i = 0; i < options->apis.count; i++)
        target_offer(target, options->apis.items[i]);
    if (options->apis.count == 0)
        target_offer(target, "images-v2");
}

/* The reason for an early end is told once: in the summary, or alone where there is none. */
static void print_summary(const struct options *options, const struct run_result *run)
{
    struct err err = ERR_INIT;
    if (options->quiet || options->outcome.on_stdout) {
        if (run->ended_early)
            cli_complain("run", "%s", run->ended_early);
        return;
    }
    if (!writer_find("text")->write(run, stdout, &err) || fflush(stdout) != 0)
        cli_complain("run", "standard output: %s", err.code ? err.text : "cannot be written");
}

/* ---- the run ---- */

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
    return spec_select(suite, &selection, ret_count);
}

static unsigned jobs_of(const struct options *options)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned usual = processors > 0 ? 2 * (unsigned)processors : JOBS_MIN;
    return options->jobs ? (unsigned)options->jobs : usual < JOBS_MIN ? JOBS_MIN : usual;
}

struct session {
    struct options *options;
    struct spec_suite *suite;
    struct target *target;
    struct target_process *process; /* NULL: it was running already */
    const struct spec_case **cases;
    size_t *shards; /* beside the cases; NULL: there is one part */
    size_t case_count;
    struct run_log *log; /* until the run has it */
    char run_id[RUNNER_RUN_ID_SIZE];
    struct remains *remains; /* NULL: the subject ends with the run, and all that is in it */
};

/* Where the results of a run go while it goes on. */
struct sink {
    struct progress progress;
    struct run_log *log;
    atomic_bool *stop;
};

/* A run whose results cannot be kept is for nothing. */
static void take_case(void *context, size_t index, struct result_case *result, size_t done, size_t total)
{
    struct sink *sink = context;
    if (!run_log_case(sink->log, index, result))
        atomic_store(sink->stop, true);
    progress_case_done(&sink->progress, result, done, total);
}

static void begin_log(struct session *session, const struct run_result *run)
{
    run_log_begin(session->log, run);
    for (size_t i = 0; i < session->case_count; i++) {
        struct result_case facts;
        case_describe(session->cases[i], &facts);
        run_log_plan(session->log, i, session->shards ? session->shards[i] : 1, &facts);
        result_case_fini(&facts);
    }
}

/* Hands the log over to the run. */
static bool end_log(struct session *session, struct run_result *run)
{
    struct err err = ERR_INIT;
    bool written = run_log_end(TAKE(session->log), run, &err);
    if (!written)
        cli_complain("run", "%s", err.text);
    return written;
}

static int run_cases(struct session *session, atomic_bool *stop)
{
    struct options *options = session->options;
    CLEANUP(text) char *fixtures = cli_fixtures(&options->paths);
    CLEANUP(text)
    char *edition =
        spec_editions_of_cases(session->suite, session->cases, session->case_count, options->edition);
    struct sink sink = {.log = session->log, .stop = stop};
    struct run_result run;
    struct err err = ERR_INIT;
    progress_init(&sink.progress, options->quiet);
    const struct runner_options runner = {.suite = session->suite,
                                          .target = session->target,
                                          .edition = edition,
                                          .fixtures = fixtures,
                                          .plan = {.cases = session->cases,
                                                   .count = session->case_count,
                                                   .shards = session->shards,
                                                   .shard = (size_t)options->shard,
                                                   .shard_count = (size_t)options->shards},
                                          .jobs = jobs_of(options),
                                          .run_id = session->run_id,
                                          .remains = session->remains,
                                          .lost_retries = (unsigned)options->lost_retries,
                                          .rate = options->rate,
                                          .stop = stop,
                                          .case_done = take_case,
                                          .context = &sink};
    runner_describe(&runner, &run);
    begin_log(session, &run);
    int status = EXIT_STATUS_NOT_JUDGED;
    if (!runner_run(&runner, &run, &err)) {
        cli_complain("run", "%s", err.text);
    } else {
        progress_end(&sink.progress);
        bool kept = end_log(session, &run);
        status = cli_outcome_tell(&options->outcome, &run);
        status = kept || status == EXIT_STATUS_FAILED ? status : EXIT_STATUS_NOT_JUDGED;
        print_summary(options, &run);
    }
    result_fini(&run);
    return status;
}

/* The bundled mock follows the edition that it is judged by; a subject that the user names is as it is. */
static struct words arguments_of_subject(const struct options *options)
{
    static char flag[] = "--edition";
    struct words arguments = {0};
    if (cli_subject_is_bundled(&options->subject) && options->edition) {
        add_word(&arguments, flag);
        add_word(&arguments, options->edition);
    }
    for (size_t i = 0; i < options->mock_args.count; i++)
        add_word(&arguments, options->mock_args.items[i]);
    return arguments;
}

static bool connect_subject(struct session *session, const atomic_bool *stop)
{
    struct err err = ERR_INIT;
    bool connected = target_connect(session->target, stop, &err);
    if (!connected)
        cli_complain("run", "%s", err.text);
    return connected;
}

static bool start_subject(struct session *session, const atomic_bool *stop)
{
    struct err err = ERR_INIT;
    struct target *target = session->target;
    if (target->url || !target->program)
        return connect_subject(session, stop);
    struct words arguments = arguments_of_subject(session->options);
    session->process = target_start(target, arguments.items, arguments.count, &err);
    free(arguments.items);
    if (!session->process)
        cli_complain("run", "%s", err.text);
    return session->process;
}

/* $XDG_STATE_HOME, or what it stands for (XDG Base Directory Specification). Owned; NULL after complaining.
 */
static char *usual_ledger(const char *run_id)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char *folders[] = {state && *state ? mem_dup(state) : mem_printf("%s/.local", home ? home : "."), NULL,
                       NULL};
    folders[1] = state && *state ? mem_dup(state) : mem_printf("%s/state", folders[0]);
    folders[2] = mem_printf("%s/imageproof", folders[1]);
    char *path = mem_printf("%s/%s.ledger", folders[2], run_id);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        mkdir(folders[i], 0700); /* what is there already is as well; the file tells what is not */
        free(folders[i]);
    }
    return path;
}

/* Complains when not. A subject that ends with the run takes all with it. */
static bool open_ledger(struct session *session)
{
    const struct options *options = session->options;
    struct err err = ERR_INIT;
    if (session->process)
        return true;
    const char *subject = options->subject.subject;
    bool is_file = subject && !strstr(subject, "://");
    CLEANUP(text) char *absolute = is_file ? realpath(subject, NULL) : mem_dup(subject);
    CLEANUP(text) char *path = options->ledger ? mem_dup(options->ledger) : usual_ledger(session->run_id);
    const struct remains_head head = {.run_id = session->run_id,
                                      .url = session->target->url,
                                      .subject = absolute,
                                      .cloud = options->subject.cloud};
    session->remains = remains_create(path, &head, &err);
    if (!session->remains)
        cli_complain("run", "%s", err.text);
    return session->remains;
}

static void tell_remains(struct session *session)
{
    if (session->remains && remains_open_count(session->remains) > 0)
        cli_complain("run", "something is left behind: imageproof clean %s", remains_path(session->remains));
}

static int run_session(struct session *session)
{
    struct err err = ERR_INIT;
    if (session->case_count == 0) {
        cli_complain("run", "no case matches: see imageproof list");
        return EXIT_STATUS_NOT_JUDGED;
    }
    int status = cli_outcome_open(&session->options->outcome);
    if (status != EXIT_STATUS_OK)
        return status;
    session->log = run_log_create(session->options->log, &err);
    if (!session->log) {
        cli_complain("run", "%s", err.text);
        return EXIT_STATUS_NOT_JUDGED;
    }
    atomic_bool *stop = stop_on_signals();
    runner_make_run_id(session->run_id);
    if (!start_subject(session, stop) || !open_ledger(session))
        return EXIT_STATUS_NOT_JUDGED;
    status = run_cases(session, stop);
    tell_remains(session);
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
        session.target = cli_subject_target(&options.subject);
    if (session.target) {
        claim_apis(session.target, &options);
        session.cases = select_cases(&options, session.suite, &session.case_count);
        if (options.shards > 0)
            session.shards = shard_divide(session.cases, session.case_count, (size_t)options.shards);
        status = run_session(&session);
    }
    run_log_free(session.log);
    remains_free(session.remains);
    free(session.shards);
    free(session.cases);
    target_free(session.target);
    spec_suite_free(session.suite);
    options_fini(&options);
    return status;
}

const struct command command_run = {"run", "run the suite against a service", run};
