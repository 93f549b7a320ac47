/* What is known of a case while it runs; shared by the other files here. */
#ifndef CONFORMANCE_CASE_STATE_H
#define CONFORMANCE_CASE_STATE_H

#include <stdbool.h>

#include "conformance/case/evidence.h"
#include "conformance/case/files.h"
#include "conformance/case/request.h"
#include "conformance/case/run.h"

/* A request to be sent when the case is over. */
struct case_later {
    struct request *request;
    char *purpose;
    size_t entry; /* in the ledger of what may be left behind */
    bool alone;   /* while it is not done, no other case can be judged */
};

/* An upload that is held open. */
struct case_held {
    const char *name; /* borrowed from the suite */
    struct subject_open *open;
    struct request *request;
};

struct case_state {
    const struct case_environment *environment;
    struct subject_session *session;
    const struct spec_case *one;
    struct vars *vars;
    struct secrets secrets;
    struct result_case result;
    struct case_later *later; /* in the order they became needed */
    size_t later_count;
    struct case_held *held;
    size_t held_count;
    struct case_files files;
    bool over; /* the verdict is known: nothing more is judged */
    bool unreachable;
    bool stuck;      /* a state that is the whole deployment's could not be left */
    bool broken;     /* an answer to what is judged broke off, or never came, and is a finding */
    bool lost;       /* a connection ended, or time did, before a whole answer had come */
    bool stale;      /* one of them perhaps before the request had come there */
    int turned_away; /* status of an answer to a held request that is not about what was asked; 0: none */
    uint64_t turned_away_s; /* how long the subject wants to be left alone then */
};

void case_state_init(struct case_state *state, const struct case_environment *environment,
                     struct subject_session *session, const struct spec_case *one);
/* Moves the result out and frees the rest. */
void case_state_end(struct case_state *state, struct result_case *ret_result);

/* Nothing can be judged: verdict error. Returns false. */
bool case_state_error(struct case_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The user stopped the run: verdict skipped. Returns false. */
bool case_state_stopped(struct case_state *state);
/* The subject is wrong. `clause` NULL: the case's own. */
void case_state_finding(struct case_state *state, const char *clause, const char *expected,
                        const char *actual, size_t exchange);
/* The case says nothing, whatever was found: verdict error. */
void case_state_void(struct case_state *state, const char *format, ...) __attribute__((format(printf, 2, 3)));
void case_state_note(struct case_state *state, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes into the ledger that the request undoes what is done next. False when it cannot be written: verdict
 * error. Without a ledger *ret_entry is that of none. */
bool case_state_undo(struct case_state *state, const struct request *request, size_t *ret_entry);
/* Puts a request, which it takes, off until the case is over: NULL when the ledger cannot be written, verdict
 * error. */
struct case_later *case_state_put_off(struct case_state *state, struct request *request, const char *purpose);
/* The same of one that is still to be made. False when it cannot be: verdict error. */
bool case_state_later(struct case_state *state, const struct spec_send *send, const struct vars *vars,
                      const char *purpose);
/* Adds an exchange to the evidence: its index. */
size_t case_state_record(struct case_state *state, const struct subject_exchange *exchange,
                         const struct request *request, const char *purpose);

#endif
