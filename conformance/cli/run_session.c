#include "conformance/cli/run_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
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
    size_t shard; /* the part that is run, from 1; 0: all */
    size_t shard_count;
    struct resume *resume; /* NULL: a new run */
    struct run_log *log;   /* until the run has it */
    char *log_path;        /* NULL: it has no name */
    bool log_stays;        /* also when the run ends well */
    uint64_t before_us;    /* that the run took before the break */
    bool *done;            /* beside the cases: which have a result already; NULL: none */
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

/* A new log tells what the run is about; one that is resumed tells it already. */
static void begin_log(struct session *session, const struct run_result *run)
{
    if (session->resume)
        return;
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

/* Where there is no log yet: one of that name, which nothing else may have. */
static bool open_log(struct session *session, const char *path)
{
    struct err err = ERR_INIT;
    if (path && !session->log_stays && access(path, F_OK) == 0 && !run_log_is_one(path)) {
        cli_complain("run", "the log of the run is to be %s, where something else is", path);
        return false;
    }
    session->log = run_log_create(path, &err);
    session->log_path = mem_dup(path);
    if (!session->log)
        cli_complain("run", "%s", err.text);
    return session->log;
}

/* The log that the run goes on with, or a new one: of its own beside the ledger, so that whatever cuts the
 * run off, it can be resumed. */
static bool take_log(struct session *session, struct run_result *run)
{
    CLEANUP(text) char *beside = session->remains ? ledger_file_log(session->remains) : NULL;
    if (!session->resume)
        return session->log || open_log(session, beside);
    uint64_t before_us = session->resume->run.time_us;
    session->log = resume_log(session->resume, run);
    session->log_path = mem_dup(session->resume->path);
    session->log_stays = !ledger_file_is_usual_log(session->log_path, session->run_id);
    session->done = mem_alloc((session->case_count + 1) * sizeof *session->done);
    for (size_t i = 0; session->log && i < session->case_count; i++)
        session->done[i] = run_log_has(session->log, i);
    session->before_us = before_us;
    return session->log;
}

/* The subject is named, since a ledger in which nothing is open is gone. */
static void tell_resumable(const struct session *session)
{
    const struct cli_subject *subject = &session->options->subject;
    cli_complain("run", "it can be gone on with: imageproof run --resume %s%s%s%s%s%s%s", session->log_path,
                 subject->subject ? " " : "", subject->subject ? subject->subject : "",
                 subject->cloud ? " --os-cloud " : "", subject->cloud ? subject->cloud : "",
                 subject->url ? " --url " : "", subject->url ? subject->url : "");
}

/* A run that something was judged in, and that did not come to its end, can be resumed. */
static void settle_log(struct session *session, const struct run_result *run)
{
    struct result_summary summary = result_summarise(run);
    bool broken = run->interrupted || run->ended_early;
    bool resumable =
        broken && session->log_path && summary.counts[VERDICT_PASS] + summary.counts[VERDICT_FAIL] > 0;
    if (resumable)
        tell_resumable(session);
    else if (session->log_path && !session->log_stays)
        unlink(session->log_path);
}

static void tell_cut_off(const struct session *session)
{
    if (session->remains && !session->options->quiet)
        cli_complain("run", "whatever cuts this off: imageproof run --resume %s", session->log_path);
}

static int end_run(struct session *session, struct run_result *run)
{
    struct run_options *options = session->options;
    run->time_us += session->before_us;
    bool kept = end_log(session, run);
    int status = cli_outcome_tell(&options->outcome, run);
    print_summary(options, run);
    settle_log(session, run);
    return kept || status == EXIT_STATUS_FAILED ? status : EXIT_STATUS_NOT_JUDGED;
}

static int run_cases(struct session *session, atomic_bool *stop)
{
    struct run_options *options = session->options;
    CLEANUP(text) char *fixtures = cli_fixtures(&options->paths);
    CLEANUP(text)
    char *edition = spec_editions_of_cases(session->suite, session->cases, session->case_count,
                                           options->selection.edition);
    struct sink sink = {.stop = stop};
    struct run_result run;
    struct err err = ERR_INIT;
    struct runner_options runner = {.suite = session->suite,
                                    .target = session->target,
                                    .edition = edition,
                                    .fixtures = fixtures,
                                    .plan = {.cases = session->cases,
                                             .count = session->case_count,
                                             .shards = session->shards,
                                             .shard = session->shard,
                                             .shard_count = session->shard_count},
                                    .jobs = run_options_jobs(options),
                                    .run_id = session->run_id,
                                    .remains = session->remains,
                                    .lost_retries = (unsigned)options->lost_retries,
                                    .preflight = wants_preflight(session),
                                    .rate = options->rate,
                                    .stop = stop,
                                    .case_done = take_case,
                                    .context = &sink};
    int status = EXIT_STATUS_NOT_JUDGED;
    runner_describe(&runner, &run);
    if (take_log(session, &run)) {
        sink.log = session->log;
        runner.plan.done = session->done;
        runner.plan.resumed_count = run.resumed_count;
        tell_cut_off(session);
        progress_init(&sink.progress, options->quiet);
        begin_log(session, &run);
        if (runner_run(&runner, &run, &err)) {
            progress_end(&sink.progress);
            status = end_run(session, &run);
        } else {
            cli_complain("run", "%s", err.text);
        }
    }
    result_fini(&run);
    return status;
}

/* Complains when not. A subject that ends with the run takes all with it. */
static bool open_ledger(struct session *session)
{
    const struct run_options *options = session->options;
    if (session->resume && !resume_clean(session->resume, session->target))
        return false;
    if (session->process)
        return true;
    session->remains =
        session->resume && session->resume->remains
            ? TAKE(session->resume->remains)
            : ledger_file_create(&options->subject, session->target->url, session->run_id, options->ledger);
    return session->remains;
}

static void tell_remains(struct session *session)
{
    if (session->remains && remains_open_count(session->remains) > 0)
        cli_complain("run", "something is left behind: imageproof clean %s", remains_path(session->remains));
}

static int hold_started(struct session *session, atomic_bool *stop)
{
    if (session->resume && !resume_fits(session->resume, session->target, session->process))
        return EXIT_STATUS_NOT_JUDGED;
    if (!open_ledger(session))
        return EXIT_STATUS_NOT_JUDGED;
    int status = run_cases(session, stop);
    tell_remains(session);
    return status;
}

/* A run that goes on has the names that it had. */
static void set_run_id(struct session *session)
{
    runner_make_run_id(session->run_id);
    if (session->resume && *session->resume->run.run_id)
        snprintf(session->run_id, sizeof session->run_id, "%s", session->resume->run.run_id);
}

static int hold_session(struct session *session)
{
    struct run_options *options = session->options;
    struct err err = ERR_INIT;
    if (session->case_count == 0) {
        cli_complain("run", "no case matches: see imageproof list");
        return EXIT_STATUS_NOT_JUDGED;
    }
    int status = cli_outcome_open(&options->outcome);
    if (status != EXIT_STATUS_OK)
        return status;
    session->log_stays = options->log;
    if (options->log && !open_log(session, options->log))
        return EXIT_STATUS_NOT_JUDGED;
    atomic_bool *stop = stop_on_signals();
    set_run_id(session);
    if (!cli_subject_start(&options->subject, session->target, &options->mock_args,
                           options->selection.edition, stop, &session->process))
        return EXIT_STATUS_NOT_JUDGED;
    status = hold_started(session, stop);
    if (!target_stop(session->process, &err)) {
        cli_complain("run", "%s", err.text);
        return status == EXIT_STATUS_OK ? EXIT_STATUS_NOT_JUDGED : status;
    }
    return status;
}

static void select_cases(struct session *session)
{
    const struct cli_selection *selection = &session->options->selection;
    struct resume *resume = session->resume;
    session->cases = resume ? resume_cases(resume, session->options, session->suite, &session->case_count)
                            : cli_selection_cases(selection, session->suite, &session->case_count);
    session->shard = resume ? resume->shard : (size_t)selection->shard;
    session->shard_count = resume ? resume->shard_count : (size_t)selection->shards;
    if (session->cases && session->shard_count > 0)
        session->shards = shard_divide(session->cases, session->case_count, session->shard_count);
}

int run_session(struct run_options *options, struct spec_suite *suite, struct target *target,
                struct resume *resume)
{
    struct session session = {.options = options, .suite = suite, .target = target, .resume = resume};
    select_cases(&session);
    int status = session.cases || !resume ? hold_session(&session) : EXIT_STATUS_NOT_JUDGED;
    run_log_free(session.log);
    remains_free(session.remains);
    free(session.log_path);
    free(session.done);
    free(session.shards);
    free(session.cases);
    return status;
}
