#include "mock/intake.h"

#include <stdlib.h>

#include "base/mem.h"

#define SLOW_STORAGE_MS 500
#define FEED_BYTES      ((uint64_t)512 * 1024)

struct intake {
    struct work delay; /* first: a work is its intake */
    struct mock *mock;
    struct intake_terms terms;
    char *project; /* owned; that of the terms */
    struct data *data;
    struct hashing *hashing;
    uint64_t fed_bytes; /* of the data, when the hashing was last told of more */
    intake_done_fn *done;
    void *context;
};

struct intake *intake_new(struct mock *mock, const struct intake_terms *terms)
{
    struct intake *intake = mem_alloc(sizeof *intake);
    intake->mock = mock;
    intake->terms = *terms;
    intake->project = mem_dup(terms->project);
    intake->terms.project = intake->project;
    intake->data = data_new(mock->space, intake->project, terms->unbounded);
    intake->hashing = hashing_new(mock->workers, intake->data);
    return intake;
}

void intake_free(struct intake *intake)
{
    if (!intake)
        return;
    hashing_free(intake->hashing);
    data_unref(intake->data);
    free(intake->project);
    free(intake);
}

enum intake_result intake_fits(const struct intake_terms *terms, uint64_t length)
{
    if (length > terms->cap_bytes)
        return INTAKE_OVER_CAP;
    return length > terms->quota_bytes ? INTAKE_OVER_QUOTA : INTAKE_GOOD;
}

static enum intake_result result_of(enum data_result result)
{
    static const enum intake_result results[] = {
        [DATA_STORED] = INTAKE_GOOD,
        [DATA_NO_MEMORY] = INTAKE_NO_ROOM,
        [DATA_NO_QUOTA] = INTAKE_OVER_QUOTA,
    };
    return results[result];
}

/* To wake the threads that digest costs more than what a small piece gives them to do. */
static void feed(struct intake *intake)
{
    uint64_t length = data_length(intake->data);
    if (length - intake->fed_bytes < FEED_BYTES)
        return;
    intake->fed_bytes = length;
    hashing_feed(intake->hashing);
}

enum intake_result intake_take(struct intake *intake, const void *bytes, size_t length)
{
    if (length > intake->terms.cap_bytes - data_length(intake->data))
        return INTAKE_OVER_CAP;
    enum data_result result = data_append(intake->data, bytes, length, intake->terms.quota_bytes);
    if (result == DATA_STORED)
        feed(intake);
    return result_of(result);
}

static void waited(struct work *work)
{
    struct intake *intake = (struct intake *)work;
    intake->done(intake->context);
}

static void hashed(void *context)
{
    struct intake *intake = context;
    bool slow = settings_hold(intake->mock->settings, CONDITION_SLOW_STORAGE, intake->project);
    intake->delay.run = waited;
    if (slow)
        workers_submit(intake->mock->workers, &intake->delay, SLOW_STORAGE_MS);
    else
        intake->done(intake->context);
}

enum intake_result intake_close(struct intake *intake)
{
    return result_of(data_finish(intake->data));
}

void intake_finish(struct intake *intake, intake_done_fn *done, void *context)
{
    intake->done = done;
    intake->context = context;
    hashing_finish(intake->hashing, hashed, intake);
}

uint64_t intake_length(const struct intake *intake)
{
    return data_length(intake->data);
}

struct data *intake_data(const struct intake *intake)
{
    return intake->data;
}

const struct hashing_sums *intake_sums(const struct intake *intake)
{
    return hashing_sums(intake->hashing);
}
