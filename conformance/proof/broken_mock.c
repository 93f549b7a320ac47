#include "conformance/proof/broken_mock.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/percent.h"
#include "conformance/runner.h"
#include "conformance/subject.h"
#include "conformance/target/target.h"

#define JOBS              16 /* cases that wait for the mock leave the processor to others */
#define SWITCH_TIMEOUT_MS 10000

struct broken_mock {
    struct target *target;
    struct target_process *process;
    struct subject_session *session; /* for switching */
    char *edition;                   /* NULL: the default of each API */
    atomic_bool *stop;
};

static struct target *load_target(const char *path, struct err *err)
{
    struct problems problems = {0};
    char text[sizeof problems.items->text + sizeof problems.items->source];
    struct target *target = target_load(path, &problems);
    if (!target)
        err_set(err, ERR_VALUE, "%s", err_format(&problems.items[0], text, sizeof text));
    problems_fini(&problems);
    if (target && !target->program) {
        err_set(err, ERR_VALUE, "%s starts no program, whose faults could be switched", path);
        target_free(target);
        return NULL;
    }
    return target;
}

static struct target_process *start(struct broken_mock *mock, struct err *err)
{
    static char flag[] = "--edition";
    char *const arguments[] = {flag, mock->edition};
    return target_start(mock->target, arguments, mock->edition ? 2 : 0, err);
}

struct broken_mock *broken_mock_start(const char *target, const char *edition, atomic_bool *stop,
                                      struct err *err)
{
    const struct subject_options options = {.timeout_ms = SWITCH_TIMEOUT_MS,
                                            .connect_timeout_ms = SWITCH_TIMEOUT_MS};
    struct broken_mock *mock = mem_alloc(sizeof *mock);
    mock->stop = stop;
    mock->edition = mem_dup(edition);
    mock->target = load_target(target, err);
    mock->process = mock->target ? start(mock, err) : NULL;
    mock->session = mock->process ? subject_session_new(&options, err) : NULL;
    if (mock->session)
        return mock;
    broken_mock_stop(mock, NULL);
    return NULL;
}

bool broken_mock_stop(struct broken_mock *mock, struct err *err)
{
    if (!mock)
        return true;
    subject_session_free(mock->session);
    bool lived = target_stop(mock->process, err);
    target_free(mock->target);
    free(mock->edition);
    free(mock);
    return lived;
}

/* Not stoppable: a fault that stays on would be the next run's. */
bool broken_mock_switch(struct broken_mock *mock, const char *fault, bool on, struct err *err)
{
    struct buf url;
    struct subject_exchange exchange;
    buf_init(&url, 64 * BUF_KIB);
    buf_printf(&url, "%s/__mock/faults/", mock->target->url);
    percent_encode(&url, fault);
    const struct subject_request request = {
        .method = on ? "PUT" : "DELETE", .url = url.data, .unstoppable = true};
    subject_send(mock->session, &request, NULL, &exchange);
    bool done = exchange.outcome == SUBJECT_ANSWERED && exchange.answer.status == 204;
    if (!done)
        err_set(err, ERR_NETWORK, "the fault %s cannot be switched %s: %s %d", fault, on ? "on" : "off",
                exchange.error ? exchange.error : "status", exchange.answer.status);
    subject_exchange_fini(&exchange);
    buf_fini(&url);
    return done;
}

const char *broken_mock_url(const struct broken_mock *mock)
{
    return mock->target->url;
}

void broken_mock_reach_at(struct broken_mock *mock, const char *url)
{
    char *own = mem_dup(url); /* `url` may be the present one */
    free(mock->target->url);
    mock->target->url = own;
}

/* Few cases at a time: their results are kept in memory. */
static void keep_case(void *context, size_t index, struct result_case *result, size_t done, size_t total)
{
    struct run_result *run = context;
    (void)done;
    (void)total;
    run->cases[index] = *result;
    *result = (struct result_case){0};
}

bool broken_mock_run(struct broken_mock *mock, const struct spec_suite *suite, const char *fixtures,
                     const struct spec_case *const *cases, size_t count, struct run_result *ret_run,
                     struct err *err)
{
    const struct runner_options options = {.edition = mock->edition,
                                           .suite = suite,
                                           .target = mock->target,
                                           .fixtures = fixtures,
                                           .plan = {.cases = cases, .count = count},
                                           .jobs = JOBS,
                                           .stop = mock->stop,
                                           .case_done = keep_case,
                                           .context = ret_run};
    runner_describe(&options, ret_run);
    ret_run->cases = mem_alloc((count + 1) * sizeof *ret_run->cases);
    if (!runner_run(&options, ret_run, err))
        return false;
    if (ret_run->ended_early)
        return err_set(err, ERR_NETWORK, "%s", ret_run->ended_early);
    return !ret_run->interrupted || err_set(err, ERR_CANCELLED, "interrupted");
}
