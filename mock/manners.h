/* How the APIs refuse, whichever call was asked for. */
#ifndef MOCK_MANNERS_H
#define MOCK_MANNERS_H

#include "mock/accept.h"
#include "mock/exchange.h"

struct manners {
    void (*error)(struct exchange *exchange, int status, const char *message);
    /* 404, or 405 where the path has other methods: "GET, PUT", or "". */
    void (*no_route)(struct exchange *exchange, const char *allow);
};

/* The Images API v2, and what is no API's. */
extern const struct manners v2_manners;

/* The form of an error's body that the client accepts. */
enum error_form manners_form(const struct exchange *exchange);
/* An error with a body of that form (truth: "Error bodies"). */
void manners_error(struct exchange *exchange, enum error_form form, int status, const char *message);
/* What there is no route for; `tells`: the methods of the path in a header. */
void manners_no_route(struct exchange *exchange, int status, const char *allow, bool tells);

#endif
