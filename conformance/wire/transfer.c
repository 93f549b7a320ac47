#include "conformance/wire/transfer.h"

#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "reports/result.h"

#define HEADERS_MAX            256
#define HEADER_BYTES_MAX       (256 * BUF_KIB)
#define BODY_DEFAULT_MAX_BYTES (16 * (uint64_t)BUF_MIB)
#define TRANSFER_BUFFER_BYTES  (256L * 1024)
/* Less than the five seconds after which usual servers close a connection that nobody uses. */
#define KEPT_IDLE_MAX_S 2L
/* What is longer may be refused before it is over, and the answer is then read from a socket of our own. */
#define KEPT_BODY_MAX_BYTES (16 * BUF_KIB)

/* ---- what libcurl calls ---- */

void transfer_decide(struct transfer *transfer, enum subject_outcome outcome, char *error)
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
    if (transfer->announced_bytes > transfer->sendable_bytes && transfer->socket >= 0)
        shutdown(transfer->socket, SHUT_WR);
}

/* How much of the body is next; 0 at its end, or where it is held. */
static size_t next_bytes(const struct transfer *transfer, size_t room)
{
    uint64_t end =
        transfer->sendable_bytes < transfer->pause_after ? transfer->sendable_bytes : transfer->pause_after;
    uint64_t left = end - transfer->sent.bytes;
    return left < room ? (size_t)left : room;
}

static size_t on_send(char *out, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = next_bytes(transfer, size * count);
    struct err err = ERR_INIT;
    if (length == 0 && transfer->pause_after != TRANSFER_NEVER_PAUSES) {
        transfer->paused = true;
        return CURL_READFUNC_PAUSE;
    }
    if (!body_read(transfer->body, transfer->sent.bytes, out, length, &err)) {
        transfer_decide(transfer, SUBJECT_FAULT, mem_dup(err.text));
        return CURL_READFUNC_ABORT;
    }
    body_record_add(&transfer->sent, out, length);
    if (length == 0)
        end_early(transfer);
    return length;
}

/* Whether libcurl is about to send once more what went over a kept connection in vain, and must not. */
static bool is_second_time(struct transfer *transfer)
{
    bool is_second = transfer->once && transfer->begun;
    transfer->stale = transfer->stale || is_second;
    return is_second;
}

/* libcurl sends a body anew where it asks anew: see set_connection. */
static int on_rewind(void *context, curl_off_t offset, int origin)
{
    struct transfer *transfer = context;
    if (offset != 0 || origin != SEEK_SET || is_second_time(transfer))
        return CURL_SEEKFUNC_CANTSEEK;
    body_record_restart(&transfer->sent);
    return CURL_SEEKFUNC_OK;
}

static bool is_final(const struct transfer *transfer)
{
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200;
}

/* Of an answer, after its headers have begun. What comes after its body is no header of it. */
static void take_header(struct transfer *transfer, const char *line, size_t length)
{
    if (transfer->headers_over)
        return;
    if (*line == '\r' || *line == '\n')
        transfer->headers_over = is_final(transfer);
    else if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) /* what came before was an interim answer */
        header_list_clear(&transfer->headers);
    else
        header_list_add(&transfer->headers, line, length);
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = size * count;
    transfer->header_bytes += length;
    take_header(transfer, line, length);
    const char *fault = transfer->headers_over ? header_list_framing_fault(&transfer->headers) : NULL;
    if (fault) {
        transfer_decide(transfer, SUBJECT_BROKEN, mem_dup(fault));
        return 0;
    }
    if (transfer->header_bytes > HEADER_BYTES_MAX || transfer->headers.count > HEADERS_MAX) {
        transfer_decide(transfer, SUBJECT_BROKEN, mem_printf("the headers of the answer do not end"));
        return 0;
    }
    return length;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct transfer *transfer = context;
    size_t length = size * count;
    if (transfer->received.bytes + length > transfer->watcher.most_bytes) {
        transfer_decide(transfer, SUBJECT_TOO_LONG,
                        mem_printf("the body went on after %" PRIu64 " bytes", transfer->watcher.most_bytes));
        return 0;
    }
    body_record_add(&transfer->received, bytes, length);
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
    header_list_clear(&transfer->sent_headers);
    header_list_clear(&transfer->headers); /* of the answer to what was asked before, if it is asked anew */
    transfer->headers_over = false;
    const char *end = bytes + length;
    for (const char *line = bytes; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t line_bytes = (size_t)((newline ? newline : end) - line);
        if (line != bytes)
            header_list_add(&transfer->sent_headers, line, line_bytes);
        line += line_bytes + 1;
    }
    return 0;
}

static int on_socket(void *context, curl_socket_t socket, curlsocktype purpose)
{
    (void)purpose;
    struct transfer *transfer = context;
    if (is_second_time(transfer))
        return CURL_SOCKOPT_ERROR;
    transfer->tried[transfer->tried_count++ % TRANSFER_SOCKETS_MAX] = socket;
    return CURL_SOCKOPT_OK;
}

static int port_of(curl_socket_t socket)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    if (getsockname(socket, (struct sockaddr *)&address, &size) != 0)
        return -1;
    if (address.ss_family == AF_INET6)
        return ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
    return address.ss_family == AF_INET ? ntohs(((const struct sockaddr_in *)&address)->sin_port) : -1;
}

static void keep_socket(struct transfer *transfer, curl_socket_t socket)
{
    if (transfer->socket >= 0)
        close(transfer->socket);
    transfer->socket = fcntl(socket, F_DUPFD_CLOEXEC, 0);
}

/* Several addresses of a host may be tried side by side; only now is it known which one it is. */
static int on_connected(void *context, char *peer, char *own, int peer_port, int own_port)
{
    (void)peer;
    (void)own;
    (void)peer_port;
    struct transfer *transfer = context;
    if (is_second_time(transfer))
        return CURL_PREREQFUNC_ABORT;
    transfer->begun = true;
    size_t count =
        transfer->tried_count < TRANSFER_SOCKETS_MAX ? transfer->tried_count : TRANSFER_SOCKETS_MAX;
    for (size_t i = 0; i < count && transfer->body; i++) {
        if (port_of(transfer->tried[i]) == own_port)
            keep_socket(transfer, transfer->tried[i]);
    }
    return CURL_PREREQFUNC_OK;
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
    transfer->lines = curl_slist_append(transfer->lines, line);
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
    curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->lines);
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
}

static void set_method(struct transfer *transfer, const struct subject_request *request)
{
    if (wants_body(request))
        set_body(transfer, request);
    else if (strcmp(request->method, "HEAD") == 0)
        curl_easy_setopt(transfer->easy, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(transfer->easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static bool is_safe(const struct subject_request *request)
{
    return strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
}

/* Whether it changes something and yet may go over a kept connection. */
static bool is_kept_change(const struct transfer *transfer, const struct subject_request *request)
{
    bool is_whole = transfer->pause_after == TRANSFER_NEVER_PAUSES && !request->lies_about_length &&
                    request->framing == SPEC_FRAMING_LENGTH;
    bool is_short = !request->body || body_size(request->body) <= KEPT_BODY_MAX_BYTES;
    return !is_safe(request) && is_whole && is_short && !transfer->session->keeps_nothing;
}

/* A kept connection may have been closed by the peer before the request reaches it, or because of it.
 * libcurl then asks once more on a new one, whatever the method is. Only what changes nothing may be asked
 * twice (RFC 9110, 9.2.2), so all else is stopped there, or goes over a connection of its own. */
static void set_connection(struct transfer *transfer, const struct subject_request *request)
{
    CURL *easy = transfer->easy;
    transfer->once = is_kept_change(transfer, request);
    bool is_question = is_safe(request) && !wants_body(request);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, is_question || transfer->once ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, KEPT_IDLE_MAX_S);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, request->lies_about_length ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, on_socket);
    curl_easy_setopt(easy, CURLOPT_SOCKOPTDATA, transfer);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_connected);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
    /* A name that is looked up is not waited for once the exchange is given up. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
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
}

void transfer_set_tls(CURL *easy, const struct subject_tls *tls)
{
    if (tls->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, tls->ca_file);
    if (tls->certificate)
        curl_easy_setopt(easy, CURLOPT_SSLCERT, tls->certificate);
    if (tls->key)
        curl_easy_setopt(easy, CURLOPT_SSLKEY, tls->key);
    if (tls->insecure) {
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
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
    transfer_set_tls(easy, &options->tls);
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

struct transfer *transfer_start(struct subject_session *session, const struct subject_request *request,
                                uint64_t pause_after)
{
    struct transfer *transfer = mem_alloc(sizeof *transfer);
    transfer->session = session;
    transfer->easy = take_handle(session);
    transfer->pause_after = pause_after;
    transfer->unstoppable = request->unstoppable;
    transfer->socket = -1;
    transfer->watcher.most_bytes = BODY_DEFAULT_MAX_BYTES;
    body_record_init(&transfer->sent, RESULT_BODY_KEPT_BYTES);
    body_record_init(&transfer->received, ANSWER_KEPT_MAX_BYTES);
    set_wire(transfer, request);
    set_connection(transfer, request);
    set_answer(transfer);
    set_method(transfer, request);
    set_headers(transfer, request);
    transfer->started_us = clock_now_us();
    curl_multi_add_handle(session->multi, transfer->easy);
    return transfer;
}

void transfer_restart(struct transfer *transfer, const char *url, const char *abstract_socket)
{
    const struct subject_request request = {.method = "GET", .url = url};
    CURLM *multi = transfer->session->multi;
    curl_multi_remove_handle(multi, transfer->easy);
    curl_easy_reset(transfer->easy);
    set_wire(transfer, &request);
    set_answer(transfer);
    curl_easy_setopt(transfer->easy, CURLOPT_VERBOSE, 0L); /* what was sent is known */
    curl_easy_setopt(transfer->easy, CURLOPT_ABSTRACT_UNIX_SOCKET, abstract_socket);
    curl_easy_setopt(transfer->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(transfer->easy, CURLOPT_FORBID_REUSE, 1L);
    transfer->done = false;
    curl_multi_add_handle(multi, transfer->easy);
    int running;
    curl_multi_perform(multi, &running); /* connects */
}

void transfer_free(struct transfer *transfer)
{
    curl_multi_remove_handle(transfer->session->multi, transfer->easy);
    give_handle(transfer->session, transfer->easy);
    curl_slist_free_all(transfer->lines);
    body_record_fini(&transfer->sent);
    body_record_fini(&transfer->received);
    header_list_clear(&transfer->sent_headers);
    header_list_clear(&transfer->headers);
    if (transfer->socket >= 0)
        close(transfer->socket);
    free(transfer->error);
    free(transfer);
}
