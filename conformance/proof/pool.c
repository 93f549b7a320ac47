#include <stdlib.h>

#include "base/mem.h"
#include "conformance/proof/proving.h"
#include "reports/gate.h"

#define FAULTS_A_MOCK 16 /* fewer are not worth a mock, nor the suite's run against it at the end */

struct pool {
    struct proof_worker *workers;
    size_t count;
};

static void fail(struct proving *proving, const struct err *err)
{
    pthread_mutex_lock(&proving->lock);
    if (!proving->failed)
        err_set(proving->err, err->code, "%s", err->text);
    proving->failed = true;
    pthread_mutex_unlock(&proving->lock);
}

/* ---- the whole suite, before and after ---- */

static const char *first_failure(const struct run_result *run)
{
    for (size_t i = 0; i < run->case_count; i++) {
        if (run->cases[i].verdict == VERDICT_FAIL || run->cases[i].verdict == VERDICT_ERROR)
            return run->cases[i].id;
    }
    return "no case was judged";
}

static void pass(struct proof_worker *worker, const char *when)
{
    const struct proof_edition *edition = worker->edition;
    const struct proof_options *options = edition->proving->options;
    const struct gate whole = {.fail_on = GATE_ANY};
    struct run_result run;
    struct err err = ERR_INIT;
    bool passes = broken_mock_run(worker->mock, options->suite, options->fixtures, edition->cases,
                                  edition->case_count, &run, &err);
    if (passes && gate_exit_status(&whole, &run, NULL, NULL) != 0)
        passes = err_set(&err, ERR_VALUE, "%s the suite does not pass: %s", when, first_failure(&run));
    result_fini(&run);
    if (!passes)
        fail(edition->proving, &err);
}

static void *pass_at_first(void *context)
{
    struct proof_worker *worker = context;
    if (worker->is_first)
        pass(worker, "with nothing broken");
    return NULL;
}

static void *pass_at_the_end(void *context)
{
    pass(context, "with every fault switched off again");
    return NULL;
}

/* ---- the faults ---- */

static void *prove_faults(void *context)
{
    struct proof_worker *worker = context;
    struct proof_edition *edition = worker->edition;
    for (size_t i; (i = atomic_fetch_add(&edition->next, 1)) < edition->fault_count;) {
        struct err err = ERR_INIT;
        struct proof_fault *fault = edition->faults[i];
        if (proof_judge_fault(worker, fault, &err))
            continue;
        err_prefix(&err, "with the fault %s", fault->name);
        fail(edition->proving, &err);
        return NULL;
    }
    return NULL;
}

/* ---- the liars ---- */

/* Editions other than the default ones would only show the same once more. */
static void *prove_liars(void *context)
{
    struct proof_worker *worker = context;
    struct proof_edition *edition = worker->edition;
    struct proof *proof = edition->proving->proof;
    struct err err = ERR_INIT;
    if (edition->name)
        return NULL;
    worker->relay = relay_new(broken_mock_url(worker->mock), &err);
    if (worker->relay)
        broken_mock_reach_at(worker->mock, relay_url(worker->relay));
    for (size_t i; worker->relay && (i = atomic_fetch_add(&edition->next_liar, 1)) < proof->liar_count;) {
        if (!proof_judge_liar(worker, &proof->liars[i], &err))
            break;
    }
    if (err.code != ERR_NONE)
        fail(edition->proving, &err);
    return NULL;
}

/* ---- side by side ---- */

/* This thread is the first worker; the work of a thread that cannot be had is done here. */
static void each_worker(struct pool *pool, void *(*work)(void *context))
{
    bool *started = mem_alloc((pool->count + 1) * sizeof *started);
    for (size_t i = 1; i < pool->count; i++)
        started[i] = pthread_create(&pool->workers[i].thread, NULL, work, &pool->workers[i]) == 0;
    if (pool->count > 0)
        work(&pool->workers[0]);
    for (size_t i = 1; i < pool->count; i++) {
        if (started[i])
            pthread_join(pool->workers[i].thread, NULL);
        else
            work(&pool->workers[i]);
    }
    free(started);
}

static size_t mocks_for(const struct proof_edition *edition)
{
    size_t worthwhile = (edition->fault_count + FAULTS_A_MOCK - 1) / FAULTS_A_MOCK;
    size_t allowed = edition->proving->options->mocks;
    return worthwhile < allowed ? worthwhile : allowed;
}

static bool start_mocks(struct pool *pool, struct proof_edition *edition, struct err *err)
{
    const struct proof_options *options = edition->proving->options;
    size_t count = mocks_for(edition);
    for (size_t i = 0; i < count; i++) {
        struct broken_mock *mock = broken_mock_start(options->target, edition->name, options->stop, err);
        if (!mock)
            return false;
        *mem_append(&pool->workers, &pool->count) =
            (struct proof_worker){.edition = edition, .mock = mock, .is_first = i == 0};
    }
    return true;
}

bool proof_judge_editions(struct proof_edition *editions, size_t count, struct proving *proving)
{
    static void *(*const phases[])(void *) = {pass_at_first, prove_faults, prove_liars, pass_at_the_end};
    struct pool pool = {0};
    for (size_t i = 0; i < count && !proving->failed; i++)
        proving->failed = !start_mocks(&pool, &editions[i], proving->err);
    for (size_t i = 0; i < sizeof phases / sizeof *phases && !proving->failed; i++)
        each_worker(&pool, phases[i]);
    bool lived = true;
    for (size_t i = 0; i < pool.count; i++)
        relay_free(pool.workers[i].relay);
    for (size_t i = 0; i < pool.count; i++)
        lived = broken_mock_stop(pool.workers[i].mock, proving->err) && lived;
    free(pool.workers);
    return lived && !proving->failed;
}
