#include "conformance/subject.h"

#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conformance/peer.h"
#include "conformance/wire/transfer.h"

#define LOOK_MAX_MS 5000 /* for another look at a certificate that was refused */

struct subject_open {
    struct transfer *transfer; /* NULL: something stands in for the subject */
    const struct subject_session *session;
    struct subject_request request;
};

/* ---- from an easy handle to an exchange ---- */

static const struct {
    CURLcode code;
    enum subject_outcome outcome;
} outcomes[] = {
    {CURLE_COULDNT_RESOLVE_HOST, SUBJECT_UNREACHABLE}, {CURLE_COULDNT_CONNECT, SUBJECT_UNREACHABLE},
    {CURLE_OPERATION_TIMEDOUT, SUBJECT_UNREACHABLE}, /* only connecting has a limit of libcurl's */
    {CURLE_SSL_CONNECT_ERROR, SUBJECT_UNREACHABLE},    {CURLE_PEER_FAILED_VERIFICATION, SUBJECT_UNREACHABLE},
    {CURLE_SSL_CERTPROBLEM, SUBJECT_UNREACHABLE},      {CURLE_SSL_CACERT_BADFILE, SUBJECT_UNREACHABLE},
    {CURLE_SSL_ISSUER_ERROR, SUBJECT_UNREACHABLE},     {CURLE_URL_MALFORMAT, SUBJECT_FAULT},
};

static enum subject_outcome outcome_of(CURLcode code)
{
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (outcomes[i].code == code)
            return outcomes[i].outcome;
    return SUBJECT_BROKEN;
}

/* A peer may answer and close before it has read all of a body; what libcurl then says of the body's
 * sending does not make the answer less whole. */
static bool has_whole_answer(const struct transfer *transfer)
{
    long status = 0;
    curl_off_t announced = -1;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    bool is_bodiless = status == 204 || status == 304;
    bool is_all = announced >= 0 && (uint64_t)announced == transfer->received.bytes;
    return transfer->headers_over && (is_bodiless || is_all);
}

static bool is_whole(const struct transfer *transfer)
{
    bool cut_off = transfer->code == CURLE_SEND_ERROR || transfer->code == CURLE_RECV_ERROR;
    return (transfer->code == CURLE_OK && transfer->headers_over) || (cut_off && has_whole_answer(transfer));
}

/* Whether it was the connection's end that ended the exchange. */
static bool is_lost(const struct transfer *transfer)
{
    static const CURLcode ends[] = {CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE,
                                    CURLE_OK}; /* the last one: within the headers */
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (transfer->done && transfer->code == ends[i])
            return true;
    }
    return transfer->stale;
}

static bool is_over_tls(const struct transfer *transfer)
{
    char *scheme = NULL;
    curl_easy_getinfo(transfer->easy, CURLINFO_SCHEME, &scheme);
    return scheme && strcasecmp(scheme, "https") == 0;
}

static bool is_alert(const struct transfer *transfer)
{
    return strstr(transfer->curl_error, " alert ");
}

/* With TLS 1.3 our side calls the connection made before the peer has looked at the certificate of the
 * client; that it is missing or refused shows as an alert, or as an end, when we write or read (RFC
 * 8446, 4.4.2.4 and 6.2). Who has never answered is not judged for it. */
static bool is_turned_off(const struct transfer *transfer)
{
    bool is_cut = transfer->code == CURLE_SEND_ERROR || transfer->code == CURLE_RECV_ERROR;
    return is_cut && transfer->header_bytes == 0 && is_over_tls(transfer) &&
           (!transfer->session->answered || is_alert(transfer));
}

static const char *error_text(const struct transfer *transfer)
{
    if (transfer->code == CURLE_OK)
        return "the connection was closed within the headers of the answer";
    if (transfer->code == CURLE_OUT_OF_MEMORY) /* libcurl's word for a line over its limit */
        return "a header of the answer does not end";
    return *transfer->curl_error ? transfer->curl_error : curl_easy_strerror(transfer->code);
}

/* The certificate that was refused, in words: owned; NULL when there is none to be seen. Nothing is asked of
 * who has it. */
static char *refused_certificate(const struct transfer *transfer)
{
    struct peer peer;
    char *url = NULL;
    struct subject_options options = transfer->session->options;
    options.tls.insecure = true;
    options.tls.ca_file = NULL;
    if (options.connect_timeout_ms > LOOK_MAX_MS)
        options.connect_timeout_ms = LOOK_MAX_MS;
    curl_easy_getinfo(transfer->easy, CURLINFO_EFFECTIVE_URL, &url);
    peer_look(url, &options, &peer);
    char *text = peer_certificate_text(&peer);
    peer_fini(&peer);
    return text;
}

static void give_up(struct transfer *transfer)
{
    char *certificate =
        transfer->code == CURLE_PEER_FAILED_VERIFICATION ? refused_certificate(transfer) : NULL;
    if (is_turned_off(transfer))
        transfer_decide(
            transfer, SUBJECT_UNREACHABLE,
            mem_printf("the subject ends the TLS connection, perhaps for want of a certificate of "
                       "the client that it trusts: %s",
                       error_text(transfer)));
    else if (certificate)
        transfer_decide(transfer, SUBJECT_UNREACHABLE,
                        mem_printf("%s; the certificate is %s", error_text(transfer), certificate));
    else
        transfer_decide(transfer, outcome_of(transfer->code), mem_dup(error_text(transfer)));
    free(certificate);
}

static void conclude(struct transfer *transfer)
{
    late_answer_recover(transfer);
    if (transfer->decided)
        return;
    transfer->lost = !is_whole(transfer) && is_lost(transfer) && !is_alert(transfer);
    if (transfer->stale)
        transfer_decide(transfer, SUBJECT_BROKEN,
                        mem_printf("a kept connection was closed without an answer"));
    else if (is_whole(transfer))
        transfer_decide(transfer, SUBJECT_ANSWERED, NULL);
    else
        give_up(transfer);
}

static void fill_answer(struct transfer *transfer, struct subject_exchange *exchange)
{
    struct answer *answer = &exchange->answer;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    answer->status = status >= 200 ? (int)status : 0;
    answer->header_count = transfer->headers.count;
    answer->headers = TAKE(transfer->headers.items);
    answer->body_bytes = transfer->received.bytes;
    answer->body_kept = transfer->received.kept.length;
    body_record_md5(&transfer->received, transfer->received.bytes > 0, exchange->answer_md5);
    answer->body = buf_take(&transfer->received.kept);
}

/* Ends the transfer. */
static void fill(struct transfer *transfer, struct subject_exchange *exchange)
{
    conclude(transfer);
    transfer->session->answered |= transfer->outcome == SUBJECT_ANSWERED;
    memset(exchange, 0, sizeof *exchange);
    exchange->outcome = transfer->outcome;
    exchange->error = TAKE(transfer->error);
    exchange->lost = transfer->lost;
    exchange->stale = transfer->stale;
    exchange->time_us = clock_now_us() - transfer->started_us;
    exchange->sent_header_count = transfer->sent_headers.count;
    exchange->sent_headers = TAKE(transfer->sent_headers.items);
    exchange->sent_bytes = transfer->sent.bytes;
    body_record_md5(&transfer->sent, transfer->body != NULL, exchange->sent_md5);
    exchange->sent_kept_bytes = transfer->sent.kept.length;
    exchange->sent_kept = transfer->body ? buf_take(&transfer->sent.kept) : NULL;
    fill_answer(transfer, exchange);
    transfer->headers.count = 0;
    transfer->sent_headers.count = 0;
    transfer_free(transfer);
}

void subject_exchange_fini(struct subject_exchange *exchange)
{
    answer_headers_free(exchange->sent_headers, exchange->sent_header_count);
    answer_headers_free(exchange->answer.headers, exchange->answer.header_count);
    free(exchange->sent_kept);
    free(exchange->answer.body);
    json_decref(exchange->answer.json);
    free(exchange->error);
    memset(exchange, 0, sizeof *exchange);
}

/* ---- the words of a transcript ---- */

static const char *const outcome_names[] = {
    [SUBJECT_ANSWERED] = "answered", [SUBJECT_UNREACHABLE] = "unreachable", [SUBJECT_TIMEOUT] = "timeout",
    [SUBJECT_BROKEN] = "broken",     [SUBJECT_TOO_LONG] = "too-long",       [SUBJECT_STOPPED] = "stopped",
    [SUBJECT_FAULT] = "fault",
};

const char *subject_outcome_name(enum subject_outcome outcome)
{
    return outcome_names[outcome];
}

enum subject_outcome subject_outcome_parse(const char *name)
{
    for (size_t i = 0; i < sizeof outcome_names / sizeof *outcome_names; i++) {
        if (strcmp(outcome_names[i], name) == 0)
            return (enum subject_outcome)i;
    }
    return SUBJECT_FAULT;
}

/* ---- the interface ---- */

static void global_init(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct subject_session *subject_session_new(const struct subject_options *options, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, global_init);
    CURLM *multi = curl_multi_init();
    if (!multi) {
        err_set(err, ERR_NETWORK, "libcurl cannot be had");
        return NULL;
    }
    struct subject_session *session = mem_alloc(sizeof *session);
    session->multi = multi;
    session->options = *options;
    return session;
}

void subject_session_free(struct subject_session *session)
{
    if (!session)
        return;
    if (session->idle)
        curl_easy_cleanup(session->idle);
    if (session->multi)
        curl_multi_cleanup(session->multi);
    free(session);
}

void subject_session_keep(struct subject_session *session, bool keep)
{
    session->keeps_nothing = !keep;
}

struct subject_session *subject_session_of(const struct subject_stand_in *stand_in)
{
    struct subject_session *session = mem_alloc(sizeof *session);
    session->stand_in = *stand_in;
    return session;
}

const struct subject_stand_in *subject_session_stand_in(const struct subject_session *session)
{
    return session->stand_in.send ? &session->stand_in : NULL;
}

/* False when it is a subject that has to answer. */
static bool stand_in_answers(const struct subject_session *session, const struct subject_request *request,
                             const struct subject_watcher *watcher, struct subject_exchange *ret_exchange)
{
    const struct subject_stand_in *stand_in = subject_session_stand_in(session);
    if (stand_in)
        stand_in->send(stand_in->context, request, watcher, ret_exchange);
    return stand_in;
}

static void watch(struct transfer *transfer, const struct subject_watcher *watcher)
{
    if (watcher)
        transfer->watcher = *watcher;
}

void subject_send(struct subject_session *session, const struct subject_request *request,
                  const struct subject_watcher *watcher, struct subject_exchange *ret_exchange)
{
    if (stand_in_answers(session, request, watcher, ret_exchange))
        return;
    struct transfer *transfer = transfer_start(session, request, TRANSFER_NEVER_PAUSES);
    watch(transfer, watcher);
    transfer_drive(transfer, false);
    fill(transfer, ret_exchange);
}

struct subject_open *subject_open(struct subject_session *session, const struct subject_request *request,
                                  uint64_t pause_after)
{
    struct subject_open *open = mem_alloc(sizeof *open);
    open->session = session;
    open->request = *request;
    if (subject_session_stand_in(session))
        return open;
    open->transfer = transfer_start(session, request, pause_after);
    transfer_drive(open->transfer, true);
    return open;
}

static void go_on(struct transfer *transfer)
{
    transfer->pause_after = TRANSFER_NEVER_PAUSES;
    transfer->started_us = clock_now_us(); /* the time that it was held does not count */
    if (!transfer->done)
        curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    if (!transfer->decided)
        transfer_drive(transfer, false);
}

/* libcurl sends nothing more of a body that was refused, but does not call the exchange over while it is
 * held. */
static bool is_refused(const struct transfer *transfer)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return transfer->headers_over && status >= 400;
}

void subject_finish(struct subject_open *open, const struct subject_watcher *watcher,
                    struct subject_exchange *ret_exchange)
{
    struct transfer *transfer = open->transfer;
    bool answered = stand_in_answers(open->session, &open->request, watcher, ret_exchange);
    free(open);
    if (answered)
        return;
    watch(transfer, watcher);
    go_on(transfer);
    fill(transfer, ret_exchange);
}

/* libcurl does not tell of it as long as an upload is held. */
static bool peer_has_gone(const struct transfer *transfer)
{
    struct pollfd looked = {.fd = transfer->socket, .events = POLLRDHUP};
    return transfer->socket >= 0 && poll(&looked, 1, 0) == 1;
}

static void cut_off(struct transfer *transfer)
{
    transfer->lost = peer_has_gone(transfer);
    transfer_decide(transfer, SUBJECT_BROKEN,
                    mem_printf(transfer->lost ? "the connection was closed while the upload was held"
                                              : "cut off on purpose"));
}

void subject_abandon(struct subject_open *open, struct subject_exchange *ret_exchange)
{
    struct transfer *transfer = open->transfer;
    bool answered = stand_in_answers(open->session, &open->request, NULL, ret_exchange);
    free(open);
    if (answered)
        return;
    transfer_look(transfer);
    if (!transfer->done && is_refused(transfer))
        go_on(transfer);
    else if (!transfer->done)
        cut_off(transfer);
    fill(transfer, ret_exchange);
}
