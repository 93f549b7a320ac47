#include "conformance/formats/deep.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"

#define PIECES_MAX  128
#define BYTES_MAX   ((size_t)8 * 1024 * 1024) /* compressed, of all pieces that wait */
#define THREADS_MAX 8

struct waiting {
    struct deep_piece piece;
    uint8_t *packed; /* owned */
    bool sound;
    struct err err;
};

struct deep {
    struct waiting pieces[PIECES_MAX];
    size_t count;
    size_t bytes;
    atomic_size_t next; /* piece that nobody has taken */
    struct inflater *inflaters[THREADS_MAX];
    size_t thread_count;
};

/* One thread's part of the work. */
struct worker {
    struct deep *deep;
    struct inflater *inflater;
};

static struct deep *deep_new(void)
{
    struct deep *deep = mem_alloc(sizeof *deep);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    deep->thread_count = processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (size_t)processors;
    for (size_t i = 0; i < deep->thread_count; i++)
        deep->inflaters[i] = inflater_new();
    return deep;
}

static void deep_free(struct deep *deep)
{
    for (size_t i = 0; i < deep->thread_count; i++)
        inflater_free(deep->inflaters[i]);
    free(deep);
}

static void judge(struct inflater *inflater, struct waiting *waiting)
{
    const struct deep_piece *piece = &waiting->piece;
    struct err ignored = ERR_INIT;
    waiting->sound =
        inflater_check(inflater, piece->form, waiting->packed, piece->length, piece->size, &waiting->err) ||
        (piece->or_size != 0 &&
         inflater_check(inflater, piece->form, waiting->packed, piece->length, piece->or_size, &ignored));
}

static void *work(void *context)
{
    struct worker *worker = context;
    struct deep *deep = worker->deep;
    for (size_t i = atomic_fetch_add(&deep->next, 1); i < deep->count; i = atomic_fetch_add(&deep->next, 1))
        judge(worker->inflater, &deep->pieces[i]);
    return NULL;
}

/* This thread works, too; where another one cannot be had, there are fewer. */
static void judge_all(struct deep *deep)
{
    struct worker workers[THREADS_MAX];
    pthread_t threads[THREADS_MAX];
    size_t started = 0;
    atomic_store(&deep->next, 0);
    for (size_t i = 0; i < THREADS_MAX; i++)
        workers[i] = (struct worker){deep, deep->inflaters[i]};
    while (started + 1 < deep->thread_count &&
           pthread_create(&threads[started], NULL, work, &workers[started + 1]) == 0)
        started++;
    work(&workers[0]);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

static void flush(struct check *check)
{
    struct deep *deep = check->deep;
    judge_all(deep);
    for (size_t i = 0; i < deep->count; i++) {
        const struct waiting *waiting = &deep->pieces[i];
        if (!waiting->sound)
            check_find(check, waiting->piece.rule, waiting->piece.at, "compressed data",
                       "%zu bytes at %" PRIu64 ": %s", waiting->piece.length, waiting->piece.offset,
                       waiting->err.text);
        free(waiting->packed);
    }
    deep->count = 0;
    deep->bytes = 0;
}

void deep_inflate(struct check *check, const struct deep_piece *piece)
{
    if (!check->deep)
        check->deep = deep_new();
    struct deep *deep = check->deep;
    uint8_t *packed = mem_alloc(piece->length);
    if (!source_read(check->source, piece->offset, packed, piece->length)) {
        free(packed);
        return;
    }
    deep->pieces[deep->count++] = (struct waiting){.piece = *piece, .packed = packed, .err = ERR_INIT};
    deep->bytes += piece->length;
    if (deep->count == PIECES_MAX || deep->bytes >= BYTES_MAX)
        flush(check);
}

void deep_finish(struct check *check)
{
    if (!check->deep)
        return;
    flush(check);
    deep_free(check->deep);
    check->deep = NULL;
}
