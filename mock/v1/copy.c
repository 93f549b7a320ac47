#include "mock/v1/copy.h"

#include <stdlib.h>

#include "base/mem.h"
#include "mock/calls.h"

struct copy {
    struct v1_taking *taking;
    v1_copied_fn *done;
    void *context;
    bool refused; /* the first refusal counts */
    struct refusal refusal;
};

static void end_copy(struct copy *copy)
{
    copy->done(copy->context, copy->refused ? &copy->refusal : NULL);
    free(copy);
}

static bool receive(void *context, const void *bytes, size_t length)
{
    struct copy *copy = context;
    copy->refused = !v1_taking_take(copy->taking, bytes, length, &copy->refusal);
    return !copy->refused;
}

static void digested(void *context)
{
    struct copy *copy = context;
    copy->refused = !v1_taking_check(copy->taking, &copy->refusal);
    end_copy(copy);
}

static bool refuse_result(const struct copy *copy, enum fetch_result result, struct refusal *refusal)
{
    const struct rules *rules = &copy->taking->mock->rules;
    if (result == FETCH_MISSING)
        return refuse(refusal, rule_obeyed(rules, RULE_V1_CREATE_FROM_LOCATION_MISSING) ? 404 : 400,
                      "There is nothing at the location of the image data.");
    return !rule_obeyed(rules, RULE_V1_CREATE_COPY_FROM_CUT_OFF) ||
           refuse(refusal, 400, "The image data could not be fetched.");
}

static void fetched(void *context, enum fetch_result result)
{
    struct copy *copy = context;
    if (!copy->refused && result != FETCH_WHOLE)
        copy->refused = !refuse_result(copy, result, &copy->refusal);
    if (!copy->refused)
        copy->refused = !v1_taking_close(copy->taking, &copy->refusal);
    if (copy->refused)
        end_copy(copy);
    else
        intake_finish(copy->taking->intake, digested, copy);
}

void v1_copy_start(struct v1_taking *taking, const char *url, v1_copied_fn *done, void *context)
{
    struct copy *copy = mem_alloc(sizeof *copy);
    *copy = (struct copy){.taking = taking, .done = done, .context = context};
    struct fetch_receiver receiver = {receive, fetched, copy};
    fetcher_start(taking->mock->fetcher, url, &receiver);
}

static void copied(void *context, const struct refusal *refusal)
{
    struct v1_taking *taking = context;
    struct refusal lost;
    if (!refusal)
        v1_taking_commit(taking, &lost); /* an image that is deleted meanwhile wants no data */
    v1_taking_fini(taking);
    free(taking);
}

void v1_copy_later(struct v1_taking *taking, const char *url)
{
    struct v1_taking *later = mem_alloc(sizeof *later);
    *later = *taking;
    later->terms.project = later->project;
    *taking = (struct v1_taking){0};
    v1_copy_start(later, url, copied, later);
}
