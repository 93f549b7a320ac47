#include "conformance/cli/run_session.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "conformance/case/run.h"
#include "conformance/cli/ledger_file.h"
#include "conformance/cli/progress.h"
#include "conformance/cli/stop.h"
#include "conformance/runner.h"
#include "conformance/shard.h"
#include "reports/run_log.h"
#include "reports/writer.h"

struct session {
    struct run_options *options;
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

/* The reason for an early end is told once: in the summary, or alone where there is none. */
static void print_summary(const struct run_options *options, const struct run_result *run)
{
    struct err err = ERR_INIT;
    if (options->quiet || options->outcome.on_stdout) {
        if (run->ended_early)
            cli_complain("run", "%s", run->ended_early);
        return;
    }
    if (!writer_find("text")->write(run, stdout, &err) && !ferror(stdout))
        cli_complain("run", "%s", err.text);
    fflush(stdout); /* before what is said on stderr next; cli_begin() tells of what fails */
}

/* A subject that ends with the run can be spoilt by nobody. */
static bool wants_preflight(const struct session *session)
{
    return !session->options->no_preflight && (session->options->preflight || !session->process);
}

static int run_cases(struct session *session, atomic_bool *stop)
{
    struct run_options *options = session->options;
    CLEANUP(text) char *fixtures = cli_fixtures(&options->paths);
    CLEANUP(text)
    char *edition = spec_editions_of_cases(session->suite, session->cases, session->case_count,
                                           options->selection.edition);
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
                                                   .shard = (size_t)options->selection.shard,
                                                   .shard_count = (size_t)options->selection.shards},
                                          .jobs = run_options_jobs(options),
                                          .run_id = session->run_id,
                                          .remains = session->remains,
                                          .lost_retries = (unsigned)options->lost_retries,
                                          .preflight = wants_preflight(session),
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

/* Complains when not. A subject that ends with the run takes all with it. */
static bool open_ledger(struct session *session)
{
    const struct run_options *options = session->options;
    if (session->process)
        return true;
    session->remains =
        ledger_file_create(&options->subject, session->target->url, session->run_id, options->ledger);
    return session->remains;
}

static void tell_remains(struct session *session)
{
    if (session->remains && remains_open_count(session->remains) > 0)
        cli_complain("run", "something is left behind: imageproof clean %s", remains_path(session->remains));
}

static int hold_session(struct session *session)
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
    if (!cli_subject_start(&session->options->subject, session->target, &session->options->mock_args,
                           session->options->selection.edition, stop, &session->process) ||
        !open_ledger(session))
        return EXIT_STATUS_NOT_JUDGED;
    status = run_cases(session, stop);
    tell_remains(session);
    if (!target_stop(session->process, &err)) {
        cli_complain("run", "%s", err.text);
        return status == EXIT_STATUS_OK ? EXIT_STATUS_NOT_JUDGED : status;
    }
    return status;
}

int run_session(struct run_options *options, struct spec_suite *suite, struct target *target)
{
    struct session session = {.options = options, .suite = suite, .target = target};
    const struct cli_selection *selection = &options->selection;
    session.cases = cli_selection_cases(selection, suite, &session.case_count);
    if (selection->shards > 0)
        session.shards = shard_divide(session.cases, session.case_count, (size_t)selection->shards);
    int status = hold_session(&session);
    run_log_free(session.log);
    remains_free(session.remains);
    free(session.shards);
    free(session.cases);
    return status;
}
