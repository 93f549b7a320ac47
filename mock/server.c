#include "mock/server.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"
#include "mock/call.h"
#include "mock/exchange.h"
#include "mock/listen.h"
#include "mock/versions.h"

/* A connection's buffer: an upload is received in pieces of this size. Not touched until it is used. */
#define CONNECTION_MEMORY_BYTES (256 * BUF_KIB)
#define DOWNLOAD_BLOCK_BYTES    (128 * BUF_KIB)
#define CONNECTIONS_MAX         4096u

/* How much of a body that nobody wants is still read, so that its sender comes to read the answer. */
#define DRAIN_MAX_BYTES (256 * (uint64_t)BUF_MIB)
/* A longer body that is announced is not even begun: the answer comes first, then the connection ends. */
#define DRAIN_ANNOUNCED_MAX_BYTES (16 * (uint64_t)BUF_MIB)

enum {
    STOP_TRIES = 1000,
    STOP_PAUSE_MS = 5
};

struct server {
    struct mock *mock;
    struct MHD_Daemon *daemon;
    char url[64];
    atomic_bool stopping;
    atomic_uint waiting; /* exchanges that wait for exchange_resume() */
};

/* An exchange and what only the server needs to know of it. */
struct served {
    struct exchange exchange; /* first: exchange_resume() casts back */
    struct server *server;
    bool begun;
    uint64_t drained_bytes;
};

static struct MHD_Connection *connection_of(const struct exchange *exchange)
{
    return exchange->connection;
}

const char *exchange_header(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(connection_of(exchange), MHD_HEADER_KIND, name);
}

const char *exchange_query(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(connection_of(exchange), MHD_GET_ARGUMENT_KIND, name);
}

struct query_visit {
    void (*visit)(void *context, const char *name, const char *value);
    void *context;
};

static enum MHD_Result visit_query(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    (void)kind;
    const struct query_visit *query = context;
    query->visit(query->context, name, value ? value : "");
    return MHD_YES;
}

void exchange_each_query(const struct exchange *exchange,
                         void (*visit)(void *context, const char *name, const char *value), void *context)
{
    struct query_visit query = {visit, context};
    MHD_get_connection_values(connection_of(exchange), MHD_GET_ARGUMENT_KIND, visit_query, &query);
}

bool exchange_content_length(const struct exchange *exchange, uint64_t *ret_bytes)
{
    const char *text = exchange_header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return text && number_parse_u64(text, ret_bytes);
}

void exchange_resume(struct exchange *exchange)
{
    struct served *served = (struct served *)exchange;
    struct server *server = served->server;
    MHD_resume_connection(connection_of(exchange));
    atomic_fetch_sub(&server->waiting, 1);
}

/* ---- answering ---- */

struct blob_reader {
    struct blob *blob;
    uint64_t first;
    uint64_t length;
    bool spoilt;
};

static ssize_t read_blob(void *context, uint64_t position, char *out, size_t most)
{
    const struct blob_reader *reader = context;
    if (position >= reader->length)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (most > reader->length - position)
        most = (size_t)(reader->length - position);
    size_t count = blob_read(reader->blob, reader->first + position, out, most);
    if (reader->spoilt && position == 0 && count > 0)
        out[0] = (char)~out[0];
    return (ssize_t)count;
}

static void free_reader(void *context)
{
    struct blob_reader *reader = context;
    blob_unref(reader->blob);
    free(reader);
}

static void free_text(void *context)
{
    text_unref(context);
}

static struct MHD_Response *make_body(const struct response *response)
{
    if (response->body == RESPONSE_TEXT)
        return MHD_create_response_from_buffer_with_free_callback_cls(
            response->text->length, response->text->data, free_text, text_ref(response->text));
    if (response->body == RESPONSE_BLOB) {
        struct blob_reader *reader = mem_alloc(sizeof *reader);
        *reader = (struct blob_reader){blob_ref(response->blob), response->first, response->length,
                                       response->spoilt};
        return MHD_create_response_from_callback(response->length_unannounced ? MHD_SIZE_UNKNOWN
                                                                              : response->length,
                                                 DOWNLOAD_BLOCK_BYTES, read_blob, reader, free_reader);
    }
    return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
}

/* Every answer of the API but 401 has one (../shared/truth/images-v2.md, "Error bodies"). */
static void add_request_id(const struct exchange *exchange, struct MHD_Response *answer)
{
    if (exchange->response.status == 401 || strncmp(exchange->path, "/v2", strlen("/v2")) != 0)
        return;
    char id[sizeof "req-" - 1 + UUID_SIZE] = "req-";
    uuid_make(id + strlen("req-"));
    MHD_add_response_header(answer, "X-Openstack-Request-Id", id);
}

static enum MHD_Result send_answer(const struct exchange *exchange)
{
    const struct response *response = &exchange->response;
    struct MHD_Response *answer = make_body(response);
    if (!answer)
        return MHD_NO;
    for (size_t i = 0; i < response->header_count; i++)
        MHD_add_response_header(answer, response->headers[i].name, response->headers[i].value);
    add_request_id(exchange, answer);
    enum MHD_Result result = MHD_queue_response(connection_of(exchange), (unsigned)response->status, answer);
    MHD_destroy_response(answer);
    return result;
}

/* ---- receiving ---- */

static bool is_answered(const struct exchange *exchange)
{
    return exchange->response.status != 0;
}

/* Finds the call, and refuses what can be refused without it. */
static void route(struct exchange *exchange)
{
    char allow[ROUTE_ALLOW_SIZE];
    const struct call *call = NULL;
    enum route_verdict verdict =
        route_find(exchange->method, exchange->path, &call, &exchange->params, allow);
    bool is_admin = strncmp(exchange->path, "/__mock/", strlen("/__mock/")) == 0;
    bool is_api = strncmp(exchange->path, "/v2", strlen("/v2")) == 0;
    exchange->authenticated = identity_parse(exchange_header(exchange, "X-Auth-Token"), &exchange->identity);
    if (is_admin && !exchange->mock->options.admin)
        exchange_refuse(exchange, 404, "The mock was not started with --admin.");
    else if (verdict == ROUTE_NO_SUCH_PATH && !is_api && !is_admin)
        versions_answer(exchange, 300);
    else if (is_api && !exchange->authenticated && !(call && call->own_checks))
        exchange_refuse(exchange, 401, "This server could not verify that you are authorized.");
    else if (verdict == ROUTE_NO_SUCH_PATH)
        exchange_refuse(exchange, 404, "The resource could not be found.");
    else if (verdict == ROUTE_NO_SUCH_METHOD) {
        exchange_refuse(exchange, 405, "The method %s is not allowed here.", exchange->method);
        exchange_add_header(exchange, "Allow", "%s", allow);
    } else {
        exchange->call = call;
    }
}

/* Whether to answer before the body, which is then not read at all. */
static bool answers_first(const struct exchange *exchange)
{
    uint64_t announced;
    return is_answered(exchange) &&
           (exchange_header(exchange, MHD_HTTP_HEADER_EXPECT) ||
            (exchange_content_length(exchange, &announced) && announced > DRAIN_ANNOUNCED_MAX_BYTES));
}

static enum MHD_Result begin(struct served *served)
{
    struct exchange *exchange = &served->exchange;
    if (atomic_load(&served->server->stopping))
        return MHD_NO;
    route(exchange);
    served->begun = exchange->call && exchange->call->stream;
    if (served->begun)
        exchange->call->stream->begin(exchange);
    return answers_first(exchange) ? send_answer(exchange) : MHD_YES;
}

/* The library waits for events on edges and takes one that brings data and the end of the stream together
 * for data alone: it would wait for ever for the rest of a body that was cut off. Shutting down what the
 * peer has shut down already makes the event come once more. */
static void notice_end(const struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection_of(exchange), MHD_CONNECTION_INFO_CONNECTION_FD);
    char next;
    if (info && recv(info->connect_fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        shutdown(info->connect_fd, SHUT_RD);
}

static enum MHD_Result take(struct served *served, const char *bytes, size_t length)
{
    struct exchange *exchange = &served->exchange;
    notice_end(exchange);
    if (is_answered(exchange)) {
        served->drained_bytes += length;
        return served->drained_bytes > DRAIN_MAX_BYTES ? MHD_NO : MHD_YES;
    }
    if (exchange->call->stream)
        exchange->call->stream->data(exchange, bytes, length);
    else if (exchange->call->takes_json && !buf_append(&exchange->body, bytes, length))
        exchange_refuse(exchange, 413, "A JSON body has at most %zu bytes.", exchange->body.limit);
    return MHD_YES;
}

/* True when the call waits: counted before it may be resumed, which can be at once. */
static bool end_stream(struct served *served)
{
    atomic_fetch_add(&served->server->waiting, 1);
    if (served->exchange.call->stream->end(&served->exchange) == CALL_WAITS)
        return true;
    atomic_fetch_sub(&served->server->waiting, 1);
    return false;
}

static enum MHD_Result end(struct served *served)
{
    struct exchange *exchange = &served->exchange;
    if (is_answered(exchange))
        return send_answer(exchange);
    if (!exchange->call->stream) {
        exchange->call->answer(exchange);
    } else if (end_stream(served)) {
        /* When it has been resumed already, the library takes the two as cancelling each other. */
        MHD_suspend_connection(connection_of(exchange));
        return MHD_YES;
    }
    return send_answer(exchange);
}

static enum MHD_Result serve(void *context, struct MHD_Connection *connection, const char *path,
                             const char *method, const char *version, const char *bytes, size_t *length,
                             void **state)
{
    (void)version;
    struct server *server = context;
    struct served *served = *state;
    if (!served) {
        served = mem_alloc(sizeof *served);
        *state = served;
        served->server = server;
        exchange_init(&served->exchange, server->mock, method, path);
        served->exchange.connection = connection;
        return begin(served);
    }
    if (*length == 0)
        return end(served);
    enum MHD_Result result = take(served, bytes, *length);
    *length = 0;
    return result;
}

static void complete(void *context, struct MHD_Connection *connection, void **state,
                     enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    struct served *served = *state;
    if (!served)
        return;
    if (served->begun)
        served->exchange.call->stream->close(&served->exchange);
    exchange_fini(&served->exchange);
    free(served);
    *state = NULL;
}

/* ---- the daemon ---- */

struct server *server_start(struct mock *mock, const char *address, struct err *err)
{
    struct server *server = mem_alloc(sizeof *server);
    server->mock = mock;
    int fd = listen_on(address, server->url, sizeof server->url, err);
    if (fd < 0) {
        free(server);
        return NULL;
    }
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL, serve, server,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, mock->options.threads,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY_BYTES, MHD_OPTION_CONNECTION_LIMIT,
        CONNECTIONS_MAX, MHD_OPTION_NOTIFY_COMPLETED, complete, NULL, MHD_OPTION_END);
    if (!server->daemon) {
        err_set(err, ERR_IO, "cannot start the HTTP server on %s", server->url);
        close(fd);
        free(server);
        return NULL;
    }
    return server;
}

const char *server_url(const struct server *server)
{
    return server->url;
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    int fd = MHD_quiesce_daemon(server->daemon);
    atomic_store(&server->stopping, true);
    /* The library cannot end connections that are suspended: those end by themselves soon. */
    for (int i = 0; i < STOP_TRIES && atomic_load(&server->waiting) > 0; i++)
        clock_sleep_ms(STOP_PAUSE_MS);
    MHD_stop_daemon(server->daemon);
    if (fd >= 0)
        close(fd);
    free(server);
}
