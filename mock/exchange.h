/* One request and its answer, as handlers see them: no word of the HTTP library. server.c makes them. */
#ifndef MOCK_EXCHANGE_H
#define MOCK_EXCHANGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/uuid.h"
#include "mock/blob.h"
#include "mock/identity.h"
#include "mock/mock.h"
#include "mock/refusal.h"
#include "mock/route.h"
#include "mock/text.h"

#define EXCHANGE_JSON_MAX_BYTES (1024 * BUF_KIB)
#define EXCHANGE_HEADERS_MAX    12

enum response_body {
    RESPONSE_EMPTY,
    RESPONSE_TEXT,
    RESPONSE_BLOB,
};

struct response {
    int status; /* 0: not answered yet */
    struct {
        const char *name; /* static */
        char *value;      /* owned */
    } headers[EXCHANGE_HEADERS_MAX];
    size_t header_count;
    enum response_body body;
    struct text *text;
    struct blob *blob;
    uint64_t first; /* of the blob */
    uint64_t length;
    bool spoilt;             /* the first byte that is sent is wrong: a broken rule */
    bool length_unannounced; /* sent in chunks: a broken rule */
};

struct exchange {
    struct mock *mock;
    const char *method;
    const char *path;
    const struct call *call; /* NULL when no route matches */
    struct route_params params;
    bool authenticated;
    struct identity identity;
    struct buf body; /* of a call that wants JSON */
    void *state;     /* of a call that streams */
    struct response response;
    void *connection; /* of the HTTP library */
};

/* The first header, the first query argument of that name; NULL when there is none. Borrowed. */
const char *exchange_header(const struct exchange *exchange, const char *name);
const char *exchange_query(const struct exchange *exchange, const char *name);
void exchange_each_query(const struct exchange *exchange,
                         void (*visit)(void *context, const char *name, const char *value), void *context);
const char *exchange_param(const struct exchange *exchange, const char *name);
/* Of the body as announced; false when it comes in chunks or there is none. */
bool exchange_content_length(const struct exchange *exchange, uint64_t *ret_bytes);
/* A call that said CALL_WAITS may go on: from any thread, once. */
void exchange_resume(struct exchange *exchange);

/* What to answer. Each replaces what was said before. */
void exchange_answer(struct exchange *exchange, int status);
void exchange_answer_text(struct exchange *exchange, int status, const char *type, struct text *text);
void exchange_answer_json(struct exchange *exchange, int status, json_t *value); /* steals `value` */
void exchange_answer_blob(struct exchange *exchange, int status, struct blob *blob, uint64_t first,
                          uint64_t length);
/* An error of the service, in the form that the request accepts. */
void exchange_refuse(struct exchange *exchange, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void exchange_refuse_as(struct exchange *exchange, const struct refusal *refusal);
void exchange_add_header(struct exchange *exchange, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void exchange_init(struct exchange *exchange, struct mock *mock, const char *method, const char *path);
void exchange_fini(struct exchange *exchange);

/* The JSON body: owned; NULL after refusing with 400. */
json_t *exchange_json(struct exchange *exchange);

#endif
