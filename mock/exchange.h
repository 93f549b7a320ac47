/* One request and its answer, as the calls see them: no word of the HTTP library. A call may answer
 * as soon as the headers are there (begin), take the body as it arrives (data), and must have
 * answered when it has ended (end), unless it suspended the exchange: then (resume) answers. */
#ifndef MOCK_EXCHANGE_H
#define MOCK_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "mock/data.h"
#include "mock/image.h"
#include "mock/mock.h"
#include "mock/refusal.h"
#include "mock/target.h"
#include "mock/token.h"

struct answer_header {
    const char *name;
    const char *value;
    char *memory; /* owned; what of them is no constant lies there */
};

/* Up to `size` bytes of a body from `offset` on; 0 when they cannot be had. */
typedef size_t answer_read_fn(void *holder, uint64_t offset, void *out, size_t size);

/* The body is bytes, or data from `offset` on, or what `read` gives, or nothing. */
struct answer {
    int status; /* 0: not answered yet */
    size_t header_count;
    struct answer_header *headers; /* owned */
    const char *bytes;
    uint64_t length;
    void (*release)(void *holder); /* of bytes, or of what is read from; NULL: constant */
    void *holder;
    answer_read_fn *read;
    struct data *data; /* a reference */
    uint64_t offset;
    bool chunked;     /* data without a length */
    bool first_wrong; /* the first byte is sent as another one */
};

void answer_fini(struct answer *answer);

typedef void header_fn(void *context, const char *name, const char *value);

/* How the server does what an exchange asks of it; `connection` is what it has set there. */
struct transport {
    const char *(*header)(void *connection, const char *name); /* of the request; NULL: not there */
    void (*headers)(void *connection, header_fn *visit, void *context);
    void (*suspend)(void *connection);
    void (*resume)(void *connection);
};

struct exchange;
struct manners; /* manners.h */

/* What a call does with the parts of a request; each may be NULL. */
struct call {
    bool open;       /* needs no token */
    bool admin_call; /* there only with --admin, and needs no token */
    bool takes_json; /* the body, of at most 1 MiB, is collected in exchange->body */
    void (*before_token)(struct exchange *exchange);
    bool (*admits_anonymous)(const struct exchange *exchange); /* who then may do everything */
    void (*begin)(struct exchange *exchange);
    void (*data)(struct exchange *exchange, const void *bytes, size_t length);
    void (*end)(struct exchange *exchange);
    void (*resume)(struct exchange *exchange);
    void (*gone)(struct exchange *exchange);                      /* always the last, answered or not */
    int (*status)(const struct exchange *exchange, int answered); /* the status that is really sent */
};

struct exchange {
    struct mock *mock;
    const struct call *call; /* NULL before the headers are there, or when there is none */
    const struct transport *transport;
    void *connection;              /* the server's own */
    const struct manners *manners; /* of the API that the path is of; set before the call */
    const char *method;
    struct target target;
    const char *parameter;        /* of the path */
    const char *second_parameter; /* of a path that has two */
    struct identity identity;
    struct answer answer;
    struct buf body;
    void *state; /* the call's own */
    bool suspended;
    uint64_t drained_bytes; /* of a body that nobody wants any more */
    char raw_target[];      /* what target points into */
};

/* A transport outlives all exchanges. */
struct exchange *exchange_new(struct mock *mock, const struct transport *transport, const char *raw_target);
void exchange_free(struct exchange *exchange); /* accepts NULL */

/* What the server gives: headers of the request, and waiting without holding a thread. Resuming may
 * be done by any thread, even before the call that suspended has returned. */
const char *exchange_header(const struct exchange *exchange, const char *name);
void exchange_headers(const struct exchange *exchange, header_fn *visit, void *context);
void exchange_suspend(struct exchange *exchange);
void exchange_resume(struct exchange *exchange);

bool exchange_chunked(const struct exchange *exchange);
/* True when the request announces the size of its body (0 for one without a body). */
bool exchange_length(const struct exchange *exchange, uint64_t *ret_length);

static inline bool exchange_obeys(const struct exchange *exchange, enum rule rule)
{
    return rule_obeyed(&exchange->mock->rules, rule);
}

/* Whether it is the case for who sends the request. */
static inline bool exchange_meets(const struct exchange *exchange, enum condition condition)
{
    return settings_hold(exchange->mock->settings, condition, exchange->identity.project);
}

static inline uint64_t exchange_limit(const struct exchange *exchange, enum limit limit)
{
    return settings_limit(exchange->mock->settings, limit, exchange->identity.project);
}

bool exchange_is_v1(const struct exchange *exchange); /* by its path */
/* By its path, or because no other API is served. */
bool exchange_is_gns3(const struct exchange *exchange);

/* For the calls. */
void answer_header(struct exchange *exchange, const char *name, const char *constant);
void answer_headerf(struct exchange *exchange, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void answer_header_copy(struct exchange *exchange, const char *name, const char *value);
void answer_empty(struct exchange *exchange, int status);
void answer_json(struct exchange *exchange, int status, char *text); /* takes over the text */
void answer_text(struct exchange *exchange, int status, const char *type, char *text); /* so does this */
void answer_error(struct exchange *exchange, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void answer_refusal(struct exchange *exchange, const struct refusal *refusal);

#endif
