/* One exchange as libcurl carries it out: for subject.c and the files beside this one, which alone know
 * libcurl. */
#ifndef CONFORMANCE_WIRE_TRANSFER_H
#define CONFORMANCE_WIRE_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conformance/subject.h"
#include "conformance/wire/record.h"

#define TRANSFER_NEVER_PAUSES UINT64_MAX
#define TRANSFER_SOCKETS_MAX  8 /* tried for one connection: addresses of a host */

struct subject_session {
    CURLM *multi;
    CURL *idle; /* one easy handle that waits for the next exchange; NULL: none */
    struct subject_options options;
    struct subject_stand_in stand_in; /* empty: there is a subject */
    bool keeps_nothing;               /* for what changes something */
    bool answered;                    /* somebody has, once */
};

struct transfer {
    struct subject_session *session;
    CURL *easy;
    struct curl_slist *lines; /* of the request */
    const struct body *body;
    uint64_t sendable_bytes; /* what will be sent of the body, unless it is held */
    uint64_t announced_bytes;
    uint64_t pause_after;
    bool paused;
    bool unstoppable;
    bool once;  /* may not be sent twice, and yet may go over a kept connection */
    bool begun; /* libcurl sends it, or has */
    bool stale; /* it went over a kept connection in vain, and would have been sent once more */
    bool lost;  /* the connection ended before a whole answer had come */
    struct subject_watcher watcher;
    curl_socket_t tried[TRANSFER_SOCKETS_MAX];
    size_t tried_count;
    int socket; /* our own descriptor of a new connection, which outlives that of libcurl; or -1 */
    struct body_record sent;
    struct body_record received;
    struct header_list sent_headers;
    struct header_list headers;
    bool headers_over;   /* of the final answer */
    size_t header_bytes; /* of all answers, interim ones too */
    enum subject_outcome outcome;
    bool decided; /* by us, before libcurl said anything */
    bool done;
    CURLcode code;
    char *error;
    char curl_error[CURL_ERROR_SIZE];
    uint64_t started_us;
};

/* Begins the exchange; a body is held after `pause_after` bytes, unless that is TRANSFER_NEVER_PAUSES. */
struct transfer *transfer_start(struct subject_session *session, const struct subject_request *request,
                                uint64_t pause_after);
/* A GET of `url` through the socket of that abstract name, whose answer takes the place of the one that
 * was not read. */
void transfer_restart(struct transfer *transfer, const char *url, const char *abstract_socket);
void transfer_free(struct transfer *transfer);
/* How the other side proves who it is, and we to it. */
void transfer_set_tls(CURL *easy, const struct subject_tls *tls);

/* What has come meanwhile, without waiting. */
void transfer_look(struct transfer *transfer);
/* Until the exchange is over, or held when that is enough. */
void transfer_drive(struct transfer *transfer, bool until_paused);
/* What becomes of it, by us before libcurl said anything; the first decision counts. `error` is taken. */
void transfer_decide(struct transfer *transfer, enum subject_outcome outcome, char *error);

/* A peer may refuse a body before it is over and close the connection. Sending then fails, and libcurl gives
 * up without having read the answer, which has arrived nevertheless: this reads it. Behind TLS it is lost. */
void late_answer_recover(struct transfer *transfer);

#endif
