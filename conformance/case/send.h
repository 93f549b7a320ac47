/* The one gate through which the requests of a case go to a deployment: with a token that is good, no faster
 * than allowed, and once more where the answer is not about what was asked. */
#ifndef CONFORMANCE_CASE_SEND_H
#define CONFORMANCE_CASE_SEND_H

#include "conformance/case/state.h"

/* A whole exchange, or the program that is run instead of one. Always fills *ret_exchange. */
void case_send(struct case_state *state, struct request *request, const struct subject_watcher *watcher,
               struct subject_exchange *ret_exchange);
/* The same for who does not look at the body: until an answer stands. */
void case_send_until_it_stands(struct case_state *state, struct request *request,
                               struct subject_exchange *ret_exchange);
/* What comes before a request that is sent otherwise: an upload that is held open. False after deciding the
 * case as an error. */
bool case_send_prepare(struct case_state *state, struct request *request);

#define CASE_WAIT_MAX_S 120 /* a service that wants to be left alone for longer cannot be judged */

/* How often one request has been put off. */
struct case_patience {
    unsigned renewals;
    unsigned waits;
};

enum case_standing {
    CASE_ANSWER_STANDS,
    CASE_ASK_AGAIN, /* now: whatever had to be waited for has been */
    CASE_GIVEN_UP,  /* the case is an error, or was stopped */
};

/* Whether an answer of a status that the case does not name is about what was asked. It is not when the token
 * had run out (401), nor when the service wants to be left alone for a while (429, or 503 with Retry-After),
 * even if the case wants a refusal of any kind (4xx); who names the 401 sees it and does not ask. A 503 that
 * a condition of the deployment may have brought about stands when it comes again and again. */
enum case_standing case_stands(struct case_state *state, const struct request *request,
                               const struct subject_exchange *exchange, struct case_patience *patience);
/* The same of a request that was held open and cannot be sent again: then it is the whole case that has to be
 * run once more (`turned_away`). */
void case_held_look(struct case_state *state, const struct request *request,
                    const struct subject_exchange *exchange);

#endif
