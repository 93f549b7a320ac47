/* One call of an API: mock/calls/<name>.c defines `const struct call call_<name>`, routes.def says where
 * it is reached. */
#ifndef MOCK_CALL_H
#define MOCK_CALL_H

#include "mock/exchange.h"

enum call_progress {
    CALL_ANSWERED, /* the exchange has its response */
    CALL_WAITS,    /* somebody will call exchange_resume() */
};

/* A body that is taken in while it arrives. */
struct call_stream {
    /* Before the body. May answer already: the body is then passed over. */
    void (*begin)(struct exchange *exchange);
    /* May answer as well: what still comes is passed over. */
    void (*data)(struct exchange *exchange, const void *bytes, size_t length);
    /* After the body, and again after each exchange_resume(), until it says CALL_ANSWERED. */
    enum call_progress (*end)(struct exchange *exchange);
    /* Always, last, also when the connection broke off. */
    void (*close)(struct exchange *exchange);
};

struct call {
    enum rule_call rules; /* whose status codes are rules of their own */

    bool own_checks;                           /* asks for the token itself, in an order of its own */
    bool takes_json;                           /* the body is collected into exchange->body */
    void (*answer)(struct exchange *exchange); /* everything is there; NULL for a call that streams */
    const struct call_stream *stream;
};

#endif
