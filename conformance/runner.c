#include "conformance/runner.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "conformance/byte_server.h"
#include "conformance/case/lacks.h"
#include "conformance/case/remove.h"
#include "conformance/case/run.h"
#include "conformance/pace.h"
#include "conformance/preflight.h"
#include "conformance/remains.h"
#include "conformance/subject.h"

/* So many cases in a row that reach nobody: the rest would not either. */
#define UNREACHABLE_MAX 3
#define PROBE_TRIES_MAX 3  /* over a connection that is lost */
#define TIMES_MAX       32 /* more than one case is ever run, each time under other numbers */

struct run {
    const struct runner_options *options;
    size_t total; /* cases that are due */
    struct case_environment environment;
    struct pace pace;
    pthread_rwlock_t turns;
    atomic_size_t next;   /* place in the plan */
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

static void count_done(struct run *run, size_t index, struct result_case *result, enum case_after after)
{
    const struct runner_options *options = run->options;
    pthread_mutex_lock(&run->lock);
    run->done++;
    run->unreachable_row = after == CASE_AFTER_UNREACHABLE ? run->unreachable_row + 1 : 0;
    if (after == CASE_AFTER_STUCK && !run->ended_early)
        run->ended_early = mem_printf(
            "%s: what it had brought about could not be ended again, so that no other case can be judged",
            result->id);
    if (run->unreachable_row >= UNREACHABLE_MAX && !run->ended_early)
        run->ended_early = mem_printf("the subject has gone: %s", result->reason);
    options->case_done(options->context, index, result, run->done, run->total);
    pthread_mutex_unlock(&run->lock);
}

/* In use at one time: 0 is that of the preflight. */
static size_t numbers_of(const struct runner_plan *plan)
{
    return plan->count + 1;
}

static size_t number_of(const struct runner_plan *plan, size_t index)
{
    return plan->resumed_count * TIMES_MAX * numbers_of(plan) + index + 1;
}

static void run_one(struct run *run, struct subject_session *session, size_t index)
{
    enum verdict verdict;
    enum case_after after = CASE_AFTER_GO_ON;
    const char *reason = not_run_reason(run, &verdict);
    const struct runner_plan *plan = &run->options->plan;
    const struct spec_case *one = plan->cases[index];
    struct result_case result;
    if (reason)
        case_not_run(one, verdict, reason, &result);
    else
        after = case_run(&run->environment, session, one, number_of(plan, index), &result);
    count_done(run, index, &result, after);
    result_case_fini(&result);
}

static bool is_due(const struct runner_plan *plan, size_t index)
{
    return (plan->shard == 0 || plan->shards[index] == plan->shard) && !(plan->done && plan->done[index]);
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct run *run = worker->run;
    const struct runner_plan *plan = &run->options->plan;
    for (size_t index; (index = atomic_fetch_add(&run->next, 1)) < plan->count;) {
        if (is_due(plan, index))
            run_one(run, worker->session, index);
    }
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
    for (int tries = 1; exchange.lost && tries < PROBE_TRIES_MAX; tries++) {
        subject_exchange_fini(&exchange);
        subject_send(session, &request, NULL, &exchange);
    }
    if (exchange.outcome == SUBJECT_UNREACHABLE || exchange.outcome == SUBJECT_TIMEOUT)
        run->ended_early = mem_printf("%s cannot be reached: %s", run->options->target->url, exchange.error);
    subject_exchange_fini(&exchange);
    free(url);
}

static bool judges(const struct run *run, const char *api)
{
    const struct runner_plan *plan = &run->options->plan;
    bool judged = false;
    for (size_t i = 0; i < plan->count && !judged; i++)
        judged = is_due(plan, i) && strcmp(plan->cases[i]->clause->file->api, api) == 0;
    return judged && target_offers(run->options->target, api);
}

/* Whether anything is to be judged: the reason why not is told by each case. */
static void prepare(struct run *run, struct subject_session *session)
{
    if (run->total > 0)
        probe(run, session);
    for (size_t i = 0; i < SPEC_API_COUNT && run->options->preflight && !run->ended_early; i++) {
        if (judges(run, spec_api_names[i]))
            run->ended_early = preflight(&run->environment, run->options->suite, session, spec_api_names[i]);
    }
}

/* The server for data to be fetched, where a case that the target offers has need of it. False with `err`
 * set when it cannot be had. */
static bool start_source(struct run *run, struct byte_server **ret_source, struct err *err)
{
    bool needed = false;
    const struct runner_plan *plan = &run->options->plan;
    for (size_t i = 0; i < plan->count && !needed; i++) {
        const struct spec_case *one = plan->cases[i];
        char *lacks = case_lacks(run->options->target, run->options->fixtures, one);
        needed = one->parts->needs.source && !lacks && is_due(plan, i);
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
    struct subject_options options = target_subject_options(run->options->target, run->options->stop);
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

/* Nobody may read a report of such a run without noticing. */
static char *subject_name(const struct target *target)
{
    return mem_printf("%s%s", target->name,
                      target->insecure ? " (INSECURE: its certificate was not verified)" : "");
}

/* Nothing is to be said: what is still there is told by the ledger, to whoever opened it. */
static void say_nothing(void *context, const char *text)
{
    (void)context;
    (void)text;
}

/* What a lost answer told of would stay: it may be there, but nobody knew its id while the case ran. */
static void remove_strays(struct run *run)
{
    const struct runner_options *options = run->options;
    struct removal removal = {.say = say_nothing};
    struct err err = ERR_INIT;
    if (!options->remains || run->ended_early || atomic_load(options->stop))
        return;
    if (remains_open_count(options->remains) > 0)
        remove_remains(options->remains, options->target, &removal, &err);
}

void runner_describe(const struct runner_options *options, struct run_result *ret_run)
{
    char now[CLOCK_ISO_SIZE];
    clock_iso_now(now);
    *ret_run = (struct run_result){
        .subject = subject_name(options->target),
        .subject_url = mem_dup(options->target->url),
        .description = target_describe(options->target),
        .edition = mem_dup(options->edition),
        .suite_digest = mem_dup(options->suite->digest),
        .tool_version = mem_dup(IMAGEPROOF_VERSION),
        .started = mem_dup(now),
        .run_id = mem_dup(options->run_id),
        .shard = options->plan.shard,
        .shard_count = options->plan.shard_count,
        .case_count = options->plan.count,
    };
}

static size_t count_due(const struct runner_plan *plan)
{
    size_t count = 0;
    for (size_t i = 0; i < plan->count; i++)
        count += is_due(plan, i);
    return count;
}

static unsigned sound_jobs(const struct runner_options *options, size_t count)
{
    unsigned jobs = options->jobs < RUNNER_JOBS_MAX ? options->jobs : RUNNER_JOBS_MAX;
    if (count < jobs)
        jobs = (unsigned)count;
    return jobs > 0 ? jobs : 1;
}

void runner_make_run_id(char run_id[static RUNNER_RUN_ID_SIZE])
{
    char uuid[UUID_SIZE];
    uuid_make(uuid);
    memcpy(run_id, uuid, RUNNER_RUN_ID_SIZE - 1);
    run_id[RUNNER_RUN_ID_SIZE - 1] = '\0';
}

/* Who is to be alone waits for those that run, and not for those that come after it. */
static void init_turns(pthread_rwlock_t *turns)
{
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(turns, &attributes);
    pthread_rwlockattr_destroy(&attributes);
}

bool runner_run(const struct runner_options *options, struct run_result *result, struct err *err)
{
    char run_id[RUNNER_RUN_ID_SIZE];
    runner_make_run_id(run_id);
    uint64_t started_us = clock_now_us();
    struct worker workers[RUNNER_JOBS_MAX] = {0};
    struct run run = {.options = options,
                      .total = count_due(&options->plan),
                      .environment = {.target = options->target,
                                      .fixtures = options->fixtures,
                                      .run_id = options->run_id ? options->run_id : run_id,
                                      .remains = options->remains,
                                      .numbers = numbers_of(&options->plan),
                                      .lost_retries = options->lost_retries,
                                      .stop = options->stop}};
    unsigned jobs = sound_jobs(options, run.total);
    pthread_mutex_init(&run.lock, NULL);
    pace_init(&run.pace, options->rate);
    run.environment.pace = &run.pace;
    init_turns(&run.turns);
    run.environment.turns = &run.turns;
    struct byte_server *source = NULL;
    bool ready = start_source(&run, &source, err) && make_sessions(&run, workers, jobs, err);
    if (ready) {
        prepare(&run, workers[0].session);
        run_workers(workers, jobs);
        remove_strays(&run);
        result->interrupted = atomic_load(options->stop);
        result->ended_early = run.ended_early;
        result->time_us = clock_now_us() - started_us;
    }
    for (unsigned i = 0; i < jobs; i++)
        subject_session_free(workers[i].session);
    byte_server_free(source);
    pthread_mutex_destroy(&run.lock);
    pthread_rwlock_destroy(&run.turns);
    pace_fini(&run.pace);
    return ready;
}
