#include "conformance/subject.h"

#include <ctype.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "reports/result.h"

#define HEADERS_MAX            256
#define HEADER_BYTES_MAX       (256 * BUF_KIB)
#define BODY_DEFAULT_MAX_BYTES (16 * (uint64_t)BUF_MIB)
#define TRANSFER_BUFFER_BYTES  (256L * 1024)
#define POLL_MS                100 /* how soon a stop is noticed */
#define SECOND_US              ((uint64_t)1000000)
#define NEVER_PAUSES           UINT64_MAX

struct subject_session {
    CURLM *multi;
    CURL *idle; /* one easy handle that waits for the next exchange; NULL: none */
    struct subject_options options;
};

/* What went one way or came the other: counted, digested, its beginning kept. */
struct record {
    uint64_t bytes;
    struct digest *md5;
    struct buf kept;
};

struct transfer {
    struct subject_session *session;
    CURL *easy;
    struct curl_slist *headers;
    const struct body *body;
    uint64_t sendable_bytes; /* what will be sent of the body, unless it is held */
    uint64_t announced_bytes;
    uint64_t pause_after;
    bool paused;
    bool unstoppable;
    struct subject_watcher watcher;
    curl_socket_t socket;
    struct record sent;
    struct record received;
    struct answer_header *sent_headers;
    size_t sent_header_count;
    struct answer_header *headers_in;
    size_t headers_in_count;
    size_t header_bytes; /* of all answers, interim ones too */
    enum subject_outcome outcome;
    bool decided; /* by us, before libcurl said anything */
    bool done;
    CURLcode code;
    char *error;
    char curl_error[CURL_ERROR_SIZE];
    uint64_t started_us;
};

struct subject_open {
    struct transfer *transfer;
};

/* ---- records ---- */

static void record_init(struct record *record, size_t kept_max)
{
    record->bytes = 0;
    record->md5 = NULL; /* until there are bytes: most requests have none */
    buf_init(&record->kept, kept_max);
}

static void record_fini(struct record *record)
{
    digest_free(record->md5);
    buf_fini(&record->kept);
}

static void record_bytes(struct record *record, const void *bytes, size_t length)
{
    size_t room = record->kept.limit - record->kept.length;
    if (length > 0 && !record->md5)
        record->md5 = digest_new(DIGEST_MD5);
    record->bytes += length;
    if (length > 0)
        digest_update(record->md5, bytes, length);
    buf_append(&record->kept, bytes, length < room ? length : room);
}

static void record_restart(struct record *record)
{
    size_t limit = record->kept.limit;
    record_fini(record);
    record_init(record, limit);
}

/* "" when there were no bytes at all and none were meant to be. */
static void record_md5(struct record *record, bool has_body, char md5[static 33])
{
    char hex[DIGEST_HEX_SIZE] = "";
    if (has_body && !record->md5)
        record->md5 = digest_new(DIGEST_MD5);
    if (has_body)
        digest_finish(record->md5, hex);
    memcpy(md5, hex, 32);
    md5[32] = '\0';
}

static void headers_free(struct answer_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(headers[i].name);
        free(headers[i].value);
    }
    free(headers);
}

/* One line "Name: value", without its end; false for a line that is none. */
static bool header_line(const char *line, size_t length, struct answer_header **headers, size_t *count)
{
    const char *colon = memchr(line, ':', length);
    if (!colon)
        return false;
    const char *value = colon + 1;
    const char *end = line + length;
    while (value < end && isspace((unsigned char)*value))
        value++;
    while (end > value && isspace((unsigned char)end[-1]))
        end--;
    struct answer_header *header = mem_append(headers, count);
    header->name = mem_dup_n(line, (size_t)(colon - line));
    header->value = mem_dup_n(value, (size_t)(end - value));
    return true;
}

/* ---- what libcurl calls ---- */

static void decide(struct transfer *transfer, enum subject_outcome outcome, char *error)
{
    if (transfer->decided) {
        free(error);
        return;
    }
    transfer->decided = true;
    transfer->outcome = outcome;
    transfer->error = error;
}

/* More was announced than there is: the end of the data must be seen, or the peer waits for ever. */
static void end_early(const struct transfer *transfer)
{
    if (transfer->announced_bytes > transfer->sendable_bytes && transfer->socket != CURL_SOCKET_BAD)
        shutdown(transfer->socket, SHUT_WR);
}

static size_t on_send(char *out, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    uint64_t end = transfer->sendable_bytes;
    if (transfer->pause_after != NEVER_PAUSES && transfer->pause_after < end)
        end = transfer->pause_after;
    if (transfer->sent.bytes == end && transfer->pause_after != NEVER_PAUSES) {
        transfer->paused = true;
        return CURL_READFUNC_PAUSE;
    }
    size_t length = size * count;
    if (length > end - transfer->sent.bytes)
        length = (size_t)(end - transfer->sent.bytes);
    struct err err = ERR_INIT;
    if (!body_read(transfer->body, transfer->sent.bytes, out, length, &err)) {
        decide(transfer, SUBJECT_FAULT, mem_dup(err.text));
        return CURL_READFUNC_ABORT;
    }
    record_bytes(&transfer->sent, out, length);
    if (length == 0)
        end_early(transfer);
    return length;
}

/* A kept-alive connection may have been closed by the peer before this request reached it; libcurl then
 * asks once more on a new one, for which the body begins anew. It never does once an answer has begun. */
static int on_rewind(void *context, curl_off_t offset, int origin)
{
    struct transfer *transfer = context;
    if (offset != 0 || origin != SEEK_SET)
        return CURL_SEEKFUNC_CANTSEEK;
    record_restart(&transfer->sent);
    return CURL_SEEKFUNC_OK;
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = size * count;
    transfer->header_bytes += length;
    if (transfer->header_bytes > HEADER_BYTES_MAX || transfer->headers_in_count == HEADERS_MAX) {
        decide(transfer, SUBJECT_BROKEN, mem_printf("the headers of the answer do not end"));
        return 0;
    }
    if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) { /* what came before was an interim answer */
        headers_free(transfer->headers_in, transfer->headers_in_count);
        transfer->headers_in = NULL;
        transfer->headers_in_count = 0;
    } else {
        header_line(line, length, &transfer->headers_in, &transfer->headers_in_count);
    }
    return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = size * count;
    if (transfer->received.bytes + length > transfer->watcher.most_bytes) {
        decide(transfer, SUBJECT_TOO_LONG,
               mem_printf("the body went on after %" PRIu64 " bytes", transfer->watcher.most_bytes));
        return 0;
    }
    record_bytes(&transfer->received, bytes, length);
    if (transfer->watcher.bytes)
        transfer->watcher.bytes(transfer->watcher.context, bytes, length);
    return length;
}

/* The request as it went: its header lines, without the first one. */
static int on_trace(CURL *easy, curl_infotype type, char *bytes, size_t length, void *context)
{
    (void)easy;
    struct transfer *transfer = context;
    if (type != CURLINFO_HEADER_OUT)
        return 0;
    headers_free(transfer->sent_headers, transfer->sent_header_count);
    transfer->sent_headers = NULL;
    transfer->sent_header_count = 0;
    const char *end = bytes + length;
    for (const char *line = bytes; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t line_bytes = (size_t)((newline ? newline : end) - line);
        if (line != bytes)
            header_line(line, line_bytes, &transfer->sent_headers, &transfer->sent_header_count);
        line += line_bytes + 1;
    }
    return 0;
}

static int on_socket(void *context, curl_socket_t socket, curlsocktype purpose)
{
    (void)purpose;
    struct transfer *transfer = context;
    transfer->socket = socket;
    return CURL_SOCKOPT_OK;
}

/* ---- from a request to an easy handle ---- */

static bool wants_body(const struct subject_request *request)
{
    static const char *const methods[] = {"POST", "PUT", "PATCH"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i], request->method) == 0)
            return true;
    return request->body;
}

static void add_header(struct transfer *transfer, const char *name, const char *value)
{
    /* libcurl's way of writing: "Name:" leaves a header out, "Name;" sends it empty. */
    char *line = !value   ? mem_printf("%s:", name)
                 : *value ? mem_printf("%s: %s", name, value)
                          : mem_printf("%s;", name);
    transfer->headers = curl_slist_append(transfer->headers, line);
    free(line);
}

static void set_headers(struct transfer *transfer, const struct subject_request *request)
{
    for (size_t i = 0; i < request->header_count; i++)
        add_header(transfer, request->headers[i].name, request->headers[i].value);
    bool expects = false;
    for (size_t i = 0; i < request->header_count; i++)
        expects = expects || strcasecmp(request->headers[i].name, "Expect") == 0;
    if (!expects)
        add_header(transfer, "Expect", NULL);
    if (request->framing == SPEC_FRAMING_CHUNKED && wants_body(request))
        add_header(transfer, "Transfer-Encoding", "chunked");
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
}

static void set_body(struct transfer *transfer, const struct subject_request *request)
{
    CURL *easy = transfer->easy;
    bool chunked = request->framing == SPEC_FRAMING_CHUNKED;
    uint64_t size = request->body ? body_size(request->body) : 0;
    transfer->body = request->body;
    transfer->announced_bytes = request->lies_about_length ? request->announced_bytes : size;
    /* When less is announced than there is, what is announced is sent: more would be read by the peer as
     * the next request. */
    transfer->sendable_bytes = transfer->announced_bytes < size ? transfer->announced_bytes : size;
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE,
                     chunked ? (curl_off_t)-1 : (curl_off_t)transfer->announced_bytes);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_send);
    curl_easy_setopt(easy, CURLOPT_READDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_rewind);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, TRANSFER_BUFFER_BYTES);
    if (request->lies_about_length) { /* on_socket tells of new connections only */
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
    }
}

static void set_method(struct transfer *transfer, const struct subject_request *request)
{
    if (wants_body(request))
        set_body(transfer, request);
    else if (strcmp(request->method, "HEAD") == 0)
        curl_easy_setopt(transfer->easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(transfer->easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_answer(struct transfer *transfer)
{
    CURL *easy = transfer->easy;
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, TRANSFER_BUFFER_BYTES);
    curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_trace);
    curl_easy_setopt(easy, CURLOPT_DEBUGDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L); /* what makes libcurl call on_trace */
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->curl_error);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, transfer);
}

/* Only what was asked for goes out, and only to where it was asked to go. */
static void set_wire(struct transfer *transfer, const struct subject_request *request)
{
    CURL *easy = transfer->easy;
    const struct subject_options *options = &transfer->session->options;
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "imageproof");
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
}

static CURL *take_handle(struct subject_session *session)
{
    CURL *easy = session->idle;
    session->idle = NULL;
    if (!easy)
        easy = curl_easy_init();
    if (!easy)
        abort(); /* as for memory */
    curl_easy_reset(easy);
    return easy;
}

static void give_handle(struct subject_session *session, CURL *easy)
{
    if (session->idle)
        curl_easy_cleanup(easy);
    else
        session->idle = easy;
}

static struct transfer *transfer_start(struct subject_session *session, const struct subject_request *request,
                                       uint64_t pause_after)
{
    struct transfer *transfer = mem_alloc(sizeof *transfer);
    transfer->session = session;
    transfer->easy = take_handle(session);
    transfer->pause_after = pause_after;
    transfer->unstoppable = request->unstoppable;
    transfer->socket = CURL_SOCKET_BAD;
    transfer->watcher.most_bytes = BODY_DEFAULT_MAX_BYTES;
    record_init(&transfer->sent, RESULT_BODY_KEPT_BYTES);
    record_init(&transfer->received, ANSWER_KEPT_MAX_BYTES);
    set_wire(transfer, request);
    set_answer(transfer);
    set_method(transfer, request);
    set_headers(transfer, request);
    transfer->started_us = clock_now_us();
    curl_multi_add_handle(session->multi, transfer->easy);
    return transfer;
}

static void transfer_free(struct transfer *transfer)
{
    curl_multi_remove_handle(transfer->session->multi, transfer->easy);
    give_handle(transfer->session, transfer->easy);
    curl_slist_free_all(transfer->headers);
    record_fini(&transfer->sent);
    record_fini(&transfer->received);
    headers_free(transfer->sent_headers, transfer->sent_header_count);
    headers_free(transfer->headers_in, transfer->headers_in_count);
    free(transfer->error);
    free(transfer);
}

/* ---- driving ---- */

static void collect_done(struct subject_session *session)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(session->multi, &left));) {
        struct transfer *transfer;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        transfer->done = true;
        transfer->code = message->data.result;
    }
}

/* The time that an exchange may take grows by a second for each MiB that has gone over the wire, so that a
 * large body has the time that it needs and a dribbling peer has not. */
static bool is_late(const struct transfer *transfer)
{
    uint64_t moved_mib = (transfer->sent.bytes + transfer->received.bytes) / BUF_MIB;
    uint64_t allowed_us = transfer->session->options.timeout_ms * 1000 + moved_mib * SECOND_US;
    return clock_now_us() - transfer->started_us > allowed_us;
}

static bool is_stopped(const struct transfer *transfer)
{
    const atomic_bool *stop = transfer->session->options.stop;
    return stop && atomic_load_explicit(stop, memory_order_relaxed) && !transfer->unstoppable;
}

/* Until the exchange is over, or held when that is enough. */
static void drive(struct transfer *transfer, bool until_paused)
{
    CURLM *multi = transfer->session->multi;
    for (;;) {
        int running;
        curl_multi_perform(multi, &running);
        collect_done(transfer->session);
        if (transfer->done || transfer->decided || (until_paused && transfer->paused))
            return;
        if (is_stopped(transfer)) {
            decide(transfer, SUBJECT_STOPPED, mem_printf("interrupted"));
        } else if (is_late(transfer)) {
            decide(
                transfer, SUBJECT_TIMEOUT,
                mem_printf("no whole answer within %" PRIu64 " ms", transfer->session->options.timeout_ms));
        } else {
            curl_multi_poll(multi, NULL, 0, POLL_MS, NULL);
        }
    }
}

/* ---- from an easy handle to an exchange ---- */

static const struct {
    CURLcode code;
    enum subject_outcome outcome;
} outcomes[] = {
    {CURLE_OK, SUBJECT_ANSWERED},
    {CURLE_COULDNT_RESOLVE_HOST, SUBJECT_UNREACHABLE},
    {CURLE_COULDNT_CONNECT, SUBJECT_UNREACHABLE},
    {CURLE_OPERATION_TIMEDOUT, SUBJECT_UNREACHABLE}, /* only connecting has a limit of libcurl's */
    {CURLE_SSL_CONNECT_ERROR, SUBJECT_UNREACHABLE},
    {CURLE_PEER_FAILED_VERIFICATION, SUBJECT_UNREACHABLE},
    {CURLE_SSL_CERTPROBLEM, SUBJECT_UNREACHABLE},
    {CURLE_SSL_CACERT_BADFILE, SUBJECT_UNREACHABLE},
    {CURLE_SSL_ISSUER_ERROR, SUBJECT_UNREACHABLE},
    {CURLE_URL_MALFORMAT, SUBJECT_FAULT},
    {CURLE_OUT_OF_MEMORY, SUBJECT_FAULT},
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
    return status >= 200 && announced >= 0 && (uint64_t)announced == transfer->received.bytes;
}

static void conclude(struct transfer *transfer)
{
    if (transfer->decided)
        return;
    bool cut_off = transfer->code == CURLE_SEND_ERROR || transfer->code == CURLE_RECV_ERROR;
    if (transfer->code == CURLE_OK || (cut_off && has_whole_answer(transfer))) {
        decide(transfer, SUBJECT_ANSWERED, NULL);
        return;
    }
    const char *text = *transfer->curl_error ? transfer->curl_error : curl_easy_strerror(transfer->code);
    decide(transfer, outcome_of(transfer->code), mem_dup(text));
}

static void fill_answer(struct transfer *transfer, struct subject_exchange *exchange)
{
    struct answer *answer = &exchange->answer;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    answer->status = status >= 200 ? (int)status : 0;
    answer->headers = TAKE(transfer->headers_in);
    answer->header_count = transfer->headers_in_count;
    answer->body_bytes = transfer->received.bytes;
    answer->body_kept = transfer->received.kept.length;
    record_md5(&transfer->received, transfer->received.bytes > 0, exchange->answer_md5);
    answer->body = buf_take(&transfer->received.kept);
}

/* Ends the transfer. */
static void fill(struct transfer *transfer, struct subject_exchange *exchange)
{
    conclude(transfer);
    memset(exchange, 0, sizeof *exchange);
    exchange->outcome = transfer->outcome;
    exchange->error = TAKE(transfer->error);
    exchange->time_us = clock_now_us() - transfer->started_us;
    exchange->sent_headers = TAKE(transfer->sent_headers);
    exchange->sent_header_count = transfer->sent_header_count;
    exchange->sent_bytes = transfer->sent.bytes;
    record_md5(&transfer->sent, transfer->body != NULL, exchange->sent_md5);
    exchange->sent_kept_bytes = transfer->sent.kept.length;
    exchange->sent_kept = transfer->body ? buf_take(&transfer->sent.kept) : NULL;
    fill_answer(transfer, exchange);
    transfer->headers_in_count = 0;
    transfer->sent_header_count = 0;
    transfer_free(transfer);
}

void subject_exchange_fini(struct subject_exchange *exchange)
{
    headers_free(exchange->sent_headers, exchange->sent_header_count);
    headers_free(exchange->answer.headers, exchange->answer.header_count);
    free(exchange->sent_kept);
    free(exchange->answer.body);
    json_decref(exchange->answer.json);
    free(exchange->error);
    memset(exchange, 0, sizeof *exchange);
}

/* ---- the interface ---- */

char *subject_base_url(const char *text, struct err *err)
{
    CURLU *url = curl_url();
    char *scheme = NULL;
    char *user = NULL;
    char *query = NULL;
    bool parsed = curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK &&
                  curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK;
    bool http = parsed && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    bool has_user = curl_url_get(url, CURLUPART_USER, &user, 0) == CURLUE_OK;
    bool has_query = curl_url_get(url, CURLUPART_QUERY, &query, 0) == CURLUE_OK || strchr(text, '#');
    curl_free(scheme);
    curl_free(user);
    curl_free(query);
    curl_url_cleanup(url);
    size_t length = strlen(text);
    while (length > 0 && text[length - 1] == '/')
        length--;
    if (!http)
        err_set(err, ERR_VALUE, "'%s' is no address: want http://HOST:PORT or https://HOST", text);
    else if (has_user)
        err_set(err, ERR_VALUE, "an address with a user in it is refused: give the token with --token");
    else if (has_query)
        err_set(err, ERR_VALUE, "'%s' has a query or a fragment, which a base address cannot have", text);
    else
        return mem_dup_n(text, length);
    return NULL;
}

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
    curl_multi_cleanup(session->multi);
    free(session);
}

static void watch(struct transfer *transfer, const struct subject_watcher *watcher)
{
    if (watcher)
        transfer->watcher = *watcher;
}

void subject_send(struct subject_session *session, const struct subject_request *request,
                  const struct subject_watcher *watcher, struct subject_exchange *ret_exchange)
{
    struct transfer *transfer = transfer_start(session, request, NEVER_PAUSES);
    watch(transfer, watcher);
    drive(transfer, false);
    fill(transfer, ret_exchange);
}

struct subject_open *subject_open(struct subject_session *session, const struct subject_request *request,
                                  uint64_t pause_after)
{
    struct subject_open *open = mem_alloc(sizeof *open);
    open->transfer = transfer_start(session, request, pause_after);
    drive(open->transfer, true);
    return open;
}

void subject_finish(struct subject_open *open, const struct subject_watcher *watcher,
                    struct subject_exchange *ret_exchange)
{
    struct transfer *transfer = open->transfer;
    free(open);
    watch(transfer, watcher);
    transfer->pause_after = NEVER_PAUSES;
    transfer->started_us = clock_now_us(); /* the time that it was held does not count */
    if (!transfer->done)
        curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    if (!transfer->decided)
        drive(transfer, false);
    fill(transfer, ret_exchange);
}

void subject_abandon(struct subject_open *open, struct subject_exchange *ret_exchange)
{
    struct transfer *transfer = open->transfer;
    free(open);
    if (!transfer->done)
        decide(transfer, SUBJECT_BROKEN, mem_printf("cut off on purpose"));
    fill(transfer, ret_exchange);
}
