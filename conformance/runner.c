#include "conformance/runner.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "conformance/byte_server.h"
#include "conformance/case_run.h"
#include "conformance/subject.h"

#define CONNECT_TIMEOUT_MS 10000
/* So many cases in a row that reach nobody: the rest would not either. */
#define UNREACHABLE_MAX 3
#define RUN_ID_SIZE     9

struct run {
    const struct runner_options *options;
    const struct spec_case *const *cases;
    size_t count;
    struct case_environment environment;
    struct run_result *result;
    atomic_size_t next;
    pthread_mutex_t lock; /* guards what follows, and the calls of case_done */
    size_t done;
    unsigned unreachable_row;
    char *ended_early;
};

struct worker {
    struct run *run;
    struct subject_session *session;
    pthread_t thread;
};

static struct subject_options session_options(const struct runner_options *options)
{
    uint64_t timeout_ms = options->target->timeout_ms;
    return (struct subject_options){
        .timeout_ms = timeout_ms,
        .connect_timeout_ms = timeout_ms < CONNECT_TIMEOUT_MS ? timeout_ms : CONNECT_TIMEOUT_MS,
        .stop = options->stop,
    };
}

/* ---- one case ---- */

static const char *not_run_reason(struct run *run, enum verdict *ret_verdict)
{
    *ret_verdict = VERDICT_ERROR;
    pthread_mutex_lock(&run->lock);
    const char *reason = run->ended_early; /* set once, then constant */
    pthread_mutex_unlock(&run->lock);
    if (reason)
        return reason;
    *ret_verdict = VERDICT_SKIPPED;
    return atomic_load(run->options->stop) ? "interrupted" : NULL;
}

static void count_done(struct run *run, size_t index, bool unreachable)
{
    const struct runner_options *options = run->options;
    const struct result_case *result = &run->result->cases[index];
    pthread_mutex_lock(&run->lock);
    run->done++;
    run->unreachable_row = unreachable ? run->unreachable_row + 1 : 0;
    if (run->unreachable_row >= UNREACHABLE_MAX && !run->ended_early)
        run->ended_early = mem_printf("the subject has gone: %s", result->reason);
    if (options->case_done)
        options->case_done(options->context, result, run->done, run->count);
    pthread_mutex_unlock(&run->lock);
}

static void run_one(struct run *run, struct subject_session *session, size_t index)
{
    enum verdict verdict;
    bool unreachable = false;
    const char *reason = not_run_reason(run, &verdict);
    struct result_case *result = &run->result->cases[index];
    if (reason)
        case_not_run(run->cases[index], verdict, reason, result);
    else
        unreachable = case_run(&run->environment, session, run->cases[index], index + 1, result);
    count_done(run, index, unreachable);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct run *run = worker->run;
    for (size_t index; (index = atomic_fetch_add(&run->next, 1)) < run->count;)
        run_one(run, worker->session, index);
    return NULL;
}

/* ---- before the first case ---- */

/* Whether anybody is there at all: one request, whatever its answer. */
static void probe(struct run *run, struct subject_session *session)
{
    char *url = mem_printf("%s/", run->options->target->url);
    const struct subject_request request = {.method = "GET", .url = url};
    struct subject_exchange exchange;
    subject_send(session, &request, NULL, &exchange);
    if (exchange.outcome == SUBJECT_UNREACHABLE || exchange.outcome == SUBJECT_TIMEOUT)
        run->ended_early = mem_printf("%s cannot be reached: %s", run->options->target->url, exchange.error);
    subject_exchange_fini(&exchange);
    free(url);
}

/* The server for data to be fetched, where a case that the target offers has need of it. False with `err`
 * set when it cannot be had. */
static bool start_source(struct run *run, struct byte_server **ret_source, struct err *err)
{
    bool needed = false;
    for (size_t i = 0; i < run->count && !needed; i++) {
        const struct spec_case *one = run->cases[i];
        char *lacks = target_lacks(run->options->target, one->clause->file->api, &one->needs);
        needed = one->needs.source && !lacks;
        free(lacks);
    }
    struct byte_server *source = needed ? byte_server_new(err) : NULL;
    if (source)
        run->environment.source = byte_server_url(source);
    *ret_source = source;
    return source || !needed;
}

/* ---- threads ---- */

static bool make_sessions(struct run *run, struct worker *workers, unsigned jobs, struct err *err)
{
    struct subject_options options = session_options(run->options);
    for (unsigned i = 0; i < jobs; i++) {
        workers[i].run = run;
        workers[i].session = subject_session_new(&options, err);
        if (!workers[i].session)
            return false;
    }
    return true;
}

/* This thread is the first worker; a thread that cannot be had is one less. */
static void run_workers(struct worker *workers, unsigned jobs)
{
    bool started[RUNNER_JOBS_MAX] = {false};
    for (unsigned i = 1; i < jobs; i++)
        started[i] = pthread_create(&workers[i].thread, NULL, work, &workers[i]) == 0;
    work(&workers[0]);
    for (unsigned i = 1; i < jobs; i++) {
        if (started[i])
            pthread_join(workers[i].thread, NULL);
    }
}

static void describe(struct run_result *result, const struct runner_options *options)
{
    char now[CLOCK_ISO_SIZE];
    clock_iso_now(now);
    result->subject = mem_dup(options->target->name);
    result->subject_url = mem_dup(options->target->url);
    result->edition = mem_dup(options->edition);
    result->suite_digest = mem_dup(options->suite->digest);
    result->tool_version = mem_dup(IMAGEPROOF_VERSION);
    result->started = mem_dup(now);
}

static unsigned sound_jobs(const struct runner_options *options, size_t count)
{
    unsigned jobs = options->jobs < RUNNER_JOBS_MAX ? options->jobs : RUNNER_JOBS_MAX;
    if (count < jobs)
        jobs = (unsigned)count;
    return jobs > 0 ? jobs : 1;
}

bool runner_run(const struct runner_options *options, const struct spec_case *const *cases, size_t count,
                struct run_result *ret_run, struct err *err)
{
    char uuid[UUID_SIZE];
    char run_id[RUN_ID_SIZE];
    uuid_make(uuid);
    memcpy(run_id, uuid, RUN_ID_SIZE - 1);
    run_id[RUN_ID_SIZE - 1] = '\0';
    uint64_t started_us = clock_now_us();
    unsigned jobs = sound_jobs(options, count);
    struct worker workers[RUNNER_JOBS_MAX] = {0};
    struct run_result result = {.case_count = count, .cases = mem_alloc((count + 1) * sizeof *result.cases)};
    struct run run = {.options = options,
                      .cases = cases,
                      .count = count,
                      .environment = {.target = options->target,
                                      .fixtures = options->fixtures,
                                      .run_id = run_id,
                                      .stop = options->stop},
                      .result = &result};
    pthread_mutex_init(&run.lock, NULL);
    struct byte_server *source = NULL;
    bool ready = start_source(&run, &source, err) && make_sessions(&run, workers, jobs, err);
    if (ready) {
        describe(&result, options);
        if (count > 0)
            probe(&run, workers[0].session);
        run_workers(workers, jobs);
        result.interrupted = atomic_load(options->stop);
        result.ended_early = run.ended_early;
        result.time_us = clock_now_us() - started_us;
        *ret_run = result;
    } else {
        free(result.cases);
    }
    for (unsigned i = 0; i < jobs; i++)
        subject_session_free(workers[i].session);
    byte_server_free(source);
    pthread_mutex_destroy(&run.lock);
    return ready;
}
