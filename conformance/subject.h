/* The wire to a subject: the only module that knows libcurl.
 *
 * A session belongs to one thread and keeps connections alive between exchanges. Any number of uploads
 * may be held open in a session while further exchanges run in it; they are served meanwhile.
 * Nothing that could change anything is sent twice. A GET or HEAD on a kept connection that the peer closes
 * before anything of the answer has come is asked once more on a new one; what else has gone that way is told
 * as `stale`.
 * What went over the wire is recorded as it went: redaction is the caller's. */
#ifndef CONFORMANCE_SUBJECT_H
#define CONFORMANCE_SUBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "conformance/match/body.h"
#include "conformance/match/match.h"
#include "conformance/spec/spec.h"

struct subject_session;

/* How a server proves who it is, and who asks proves it in turn. All borrowed. */
struct subject_tls {
    const char *ca_file;     /* PEM; NULL: the certificates of the system */
    const char *certificate; /* of the client, PEM; NULL: none */
    const char *key;         /* PEM; NULL: in the certificate's file */
    bool insecure;           /* nothing is verified */
};

struct subject_options {
    uint64_t timeout_ms;         /* of a whole exchange, and of a held upload between its bytes */
    uint64_t connect_timeout_ms; /* name, connection, TLS */
    const atomic_bool *stop;     /* borrowed; once true, exchanges end as SUBJECT_STOPPED; may be NULL */
    struct subject_tls tls;
};

struct subject_header {
    const char *name;
    const char *value; /* NULL: a header that would be sent otherwise is left out */
};

/* Nothing but what is here is sent, beside Host, User-Agent, Accept and what the framing needs. */
struct subject_request {
    const char *method;
    const char *url; /* absolute */
    const struct subject_header *headers;
    size_t header_count;
    const struct body *body; /* borrowed until the exchange is over; NULL: none */
    enum spec_framing framing;
    bool lies_about_length; /* then announced_bytes is sent as Content-Length instead of the truth */
    uint64_t announced_bytes;
    bool unstoppable; /* goes on although the stop flag is set: what it makes or removes must be known */
};

/* Sees the response body stream by, on the thread of the session. */
struct subject_watcher {
    void (*bytes)(void *context, const void *bytes, size_t length); /* NULL: nobody looks */
    void *context;
    uint64_t most_bytes; /* a longer body is cut off there: SUBJECT_TOO_LONG */
};

enum subject_outcome {
    SUBJECT_ANSWERED,    /* a whole answer */
    SUBJECT_UNREACHABLE, /* no connection, no such host, TLS refused: nobody there to judge */
    SUBJECT_TIMEOUT,     /* nothing came, or not all in time */
    SUBJECT_BROKEN,   /* it answered and the answer is no HTTP, or broke off, or is shorter than announced */
    SUBJECT_TOO_LONG, /* the body went on past most_bytes */
    SUBJECT_STOPPED,  /* the user stopped the run */
    SUBJECT_FAULT,    /* ours: a fixture that could not be read */
};

/* One word, for a transcript; and back: SUBJECT_FAULT for a word that is none. */
const char *subject_outcome_name(enum subject_outcome outcome);
enum subject_outcome subject_outcome_parse(const char *name);

/* What went over the wire, and what came back. Owns everything in it; subject_exchange_fini. */
struct subject_exchange {
    enum subject_outcome outcome;
    char *error; /* one line, NULL when answered */
    bool lost;   /* the connection ended, not by us, before a whole answer had come */
    bool stale;  /* lost, and it had been kept: the peer may have closed it before the request came there */
    uint64_t time_us;

    struct answer_header *sent_headers; /* as they went, in order */
    size_t sent_header_count;
    uint64_t sent_bytes; /* of the body, without chunk framing */
    char sent_md5[33];   /* of those bytes; "" without a body */
    char *sent_kept;     /* first RESULT_BODY_KEPT_BYTES at most */
    size_t sent_kept_bytes;

    struct answer answer; /* status 0 when none came; headers, body and json are owned by this struct */
    char answer_md5[33];  /* of the response body; "" when there was none */
};

/* NULL with `err` set when libcurl cannot be had. */
struct subject_session *subject_session_new(const struct subject_options *options, struct err *err);
void subject_session_free(struct subject_session *session); /* cuts what is held open */
/* Whether what changes something may go over a kept connection, as at first: nothing is stale otherwise. */
void subject_session_keep(struct subject_session *session, bool keep);

/* What answers in the place of a subject; nothing goes over a wire then. */
struct subject_stand_in {
    /* As subject_send(). */
    void (*send)(void *context, const struct subject_request *request, const struct subject_watcher *watcher,
                 struct subject_exchange *ret_exchange);
    /* Whether the next answer is one to a request that is then sent again: a try that did not hold. */
    bool (*repeats)(const void *context);
    void *context;
};

struct subject_session *subject_session_of(const struct subject_stand_in *stand_in);
/* Borrowed; NULL for a session with a subject. */
const struct subject_stand_in *subject_session_stand_in(const struct subject_session *session);

/* A whole exchange; blocks. Always fills *ret_exchange. */
void subject_send(struct subject_session *session, const struct subject_request *request,
                  const struct subject_watcher *watcher, struct subject_exchange *ret_exchange);

/* An upload held open: returns when `pause_after` bytes of the body have been handed to the network, or
 * when the exchange was over before (the answer waits for subject_finish). Owned: ended by finish or
 * abandon. Strings of the request are copied, the body is borrowed. */
struct subject_open;
struct subject_open *subject_open(struct subject_session *session, const struct subject_request *request,
                                  uint64_t pause_after);
/* Sends the rest and takes the answer; `watcher` sees the body. Frees `open`. */
void subject_finish(struct subject_open *open, const struct subject_watcher *watcher,
                    struct subject_exchange *ret_exchange);
/* Cuts the connection. Fills what was sent; the outcome is SUBJECT_BROKEN, or ANSWERED when the answer
 * had come before. Frees `open`. */
void subject_abandon(struct subject_open *open, struct subject_exchange *ret_exchange);

/* A base address as it is used, without a slash at its end: owned. NULL with `err` set when it is no http
 * or https address, or has a user, a query or a fragment. */
char *subject_base_url(const char *text, struct err *err);
/* The same of a service whose calls begin with the version: without one at the end, as catalogs have it. */
char *subject_service_url(const char *text, struct err *err);

void subject_exchange_fini(struct subject_exchange *exchange);

#endif
