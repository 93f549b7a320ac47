/* Which call a request is for, and what of it the call is given when. */
#ifndef MOCK_DISPATCH_H
#define MOCK_DISPATCH_H

#include "mock/exchange.h"
#include "mock/router.h"

/* The call that a route leads to. */
const struct call *call_of(enum route route);

/* For the server, in this order. */
void dispatch_begin(struct exchange *exchange, const char *method);
void dispatch_data(struct exchange *exchange, const void *bytes, size_t length);
void dispatch_end(struct exchange *exchange);
void dispatch_resumed(struct exchange *exchange);
int dispatch_status(const struct exchange *exchange); /* the status that is really sent */

#endif
