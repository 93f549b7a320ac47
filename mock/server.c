#include "mock/server.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/uuid.h"
#include "mock/dispatch.h"

/* Half of it becomes the read buffer. MHD clears all of it between two requests of a connection, so
 * more than that would slow down the small ones. */
#define CONNECTION_MEMORY_SIZE ((size_t)96 * 1024)
#define SEND_BLOCK_SIZE        ((size_t)128 * 1024)
/* So much of a body that nobody wants is read to its end: a client that is still sending when the
 * connection ends may never come to read the answer. */
#define DRAINED_BYTES_MAX (UINT64_C(16) << 30)
#define CONNECTIONS_MAX   4096

struct server {
    struct MHD_Daemon *daemon;
    struct mock *mock;
};

static const char *header(void *connection, const char *name)
{
    const char *value = NULL;
    MHD_lookup_connection_value_n(connection, MHD_HEADER_KIND, name, strlen(name), &value, NULL);
    return value;
}

struct header_visit {
    header_fn *visit;
    void *context;
};

static enum MHD_Result visit_header(void *context, enum MHD_ValueKind kind, const char *name,
                                    const char *value)
{
    const struct header_visit *visit = context;
    (void)kind;
    visit->visit(visit->context, name, value ? value : "");
    return MHD_YES;
}

static void headers(void *connection, header_fn *visit, void *context)
{
    struct header_visit header_visit = {visit, context};
    MHD_get_connection_values(connection, MHD_HEADER_KIND, visit_header, &header_visit);
}

static void suspend(void *connection)
{
    MHD_suspend_connection(connection);
}

static void resume(void *connection)
{
    MHD_resume_connection(connection);
}

static const struct transport transport = {header, headers, suspend, resume};

/* What a response of data reads from. It outlives the exchange. */
struct stream {
    struct data *data;
    answer_read_fn *read; /* of the holder, where there are no data */
    void (*release)(void *holder);
    void *holder;
    uint64_t offset;
    uint64_t length;
    bool first_wrong;
};

static ssize_t stream_read(void *context, uint64_t position, char *out, size_t size)
{
    const struct stream *stream = context;
    uint64_t left = stream->length - position;
    size_t wanted = left < size ? (size_t)left : size;
    if (wanted == 0)
        return MHD_CONTENT_READER_END_OF_STREAM;
    size_t length = stream->read ? stream->read(stream->holder, position, out, wanted)
                                 : data_read(stream->data, stream->offset + position, out, wanted);
    if (stream->first_wrong && position == 0 && length)
        out[0] ^= 1;
    return length ? (ssize_t)length : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void stream_free(void *context)
{
    struct stream *stream = context;
    data_unref(stream->data);
    if (stream->release)
        stream->release(stream->holder);
    free(stream);
}

static struct MHD_Response *stream_response(struct answer *answer)
{
    struct stream *stream = mem_alloc(sizeof *stream);
    *stream = (struct stream){
        .data = TAKE(answer->data),
        .read = answer->read,
        .release = answer->read ? TAKE(answer->release) : NULL,
        .holder = answer->holder,
        .offset = answer->offset,
        .length = answer->length,
        .first_wrong = answer->first_wrong,
    };
    uint64_t size = answer->chunked ? MHD_SIZE_UNKNOWN : answer->length;
    return MHD_create_response_from_callback(size, SEND_BLOCK_SIZE, stream_read, stream, stream_free);
}

static struct MHD_Response *bytes_response(struct answer *answer)
{
    void *bytes = (void *)(uintptr_t)answer->bytes;
    size_t length = (size_t)answer->length;
    if (!answer->release)
        return MHD_create_response_from_buffer(length, bytes, MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        length, bytes, answer->release, answer->holder);
    answer->release = response ? NULL : answer->release;
    return response;
}

/* Truth, "Error bodies": every answer of an API has an id but 401. */
static void add_request_id(const struct exchange *exchange, struct MHD_Response *response)
{
    char id[4 + UUID_SIZE] = "req-";
    enum api api;
    bool of_api = api_of_target(&exchange->target, &api) && !exchange_is_gns3(exchange);
    bool obeyed = !exchange_is_v1(exchange) || exchange_obeys(exchange, RULE_V1_GENERAL_REQUEST_ID);
    if (!of_api || !obeyed || exchange->answer.status == 401)
        return;
    uuid_make(id + 4);
    MHD_add_response_header(response, "X-Openstack-Request-Id", id);
}

static enum MHD_Result send_answer(struct exchange *exchange)
{
    struct answer *answer = &exchange->answer;
    struct MHD_Response *response =
        answer->data || answer->read ? stream_response(answer) : bytes_response(answer);
    if (!response)
        return MHD_NO;
    for (size_t i = 0; i < answer->header_count; i++)
        MHD_add_response_header(response, answer->headers[i].name, answer->headers[i].value);
    add_request_id(exchange, response);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)dispatch_status(exchange), response);
    MHD_destroy_response(response);
    return result;
}

/* A client that waits for leave to send its body, or has more of it than is worth reading, is
 * answered at once; MHD closes such a connection. */
static bool answered_before_body(const struct exchange *exchange)
{
    uint64_t length;
    const char *expect = exchange_header(exchange, "Expect");
    if (!exchange->answer.status)
        return false;
    return (expect && strcasecmp(expect, "100-continue") == 0) ||
           (exchange_length(exchange, &length) && length > DRAINED_BYTES_MAX);
}

static enum MHD_Result begin(struct exchange *exchange, struct MHD_Connection *connection, const char *method)
{
    exchange->connection = connection;
    dispatch_begin(exchange, method);
    return answered_before_body(exchange) ? send_answer(exchange) : MHD_YES;
}

/* MHD waits for events on edges and takes one that brings data and the end of the stream together for
 * data alone: it would wait for ever for the rest of a body that was cut off. Shutting down what the peer
 * has shut down already makes the event come once more. */
static void notice_end(const struct exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    char next;
    if (info && recv(info->connect_fd, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
        shutdown(info->connect_fd, SHUT_RD);
}

static enum MHD_Result take_body(struct exchange *exchange, const char *bytes, size_t *size)
{
    notice_end(exchange);
    dispatch_data(exchange, bytes, *size);
    *size = 0;
    return exchange->drained_bytes > DRAINED_BYTES_MAX ? MHD_NO : MHD_YES;
}

/* MHD's one callback: once with the headers, then with each piece of the body, then at its end, and
 * again after each time the exchange was suspended there. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *bytes, size_t *size,
                              void **request)
{
    struct exchange *exchange = *request;
    (void)context;
    (void)url;
    (void)version;
    if (!exchange->connection)
        return begin(exchange, connection, method);
    if (*size)
        return take_body(exchange, bytes, size);
    if (exchange->suspended)
        dispatch_resumed(exchange);
    else
        dispatch_end(exchange);
    return exchange->answer.status ? send_answer(exchange) : MHD_YES;
}

static void *started(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct server *server = context;
    (void)connection;
    return exchange_new(server->mock, &transport, uri);
}

static void completed(void *context, struct MHD_Connection *connection, void **request,
                      enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)connection;
    (void)code;
    exchange_free(*request);
    *request = NULL;
}

/* Targets are decoded by target.c, and by nobody before it. */
static size_t leave_encoded(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

struct server *server_start(struct mock *mock, int listen_socket, unsigned thread_count, struct err *err)
{
    struct server *server = mem_alloc(sizeof *server);
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_TURBO;
    unsigned pool = thread_count > 1 ? thread_count : 0; /* MHD wants none for a single thread */
    server->mock = mock;
    server->daemon =
        MHD_start_daemon(flags, 0, NULL, NULL, handle, server, MHD_OPTION_LISTEN_SOCKET, listen_socket,
                         MHD_OPTION_THREAD_POOL_SIZE, pool, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                         CONNECTION_MEMORY_SIZE, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
                         MHD_OPTION_URI_LOG_CALLBACK, started, server, MHD_OPTION_NOTIFY_COMPLETED, completed,
                         server, MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, server, MHD_OPTION_END);
    if (server->daemon)
        return server;
    free(server);
    err_set_errno(err, "the server could not be started");
    return NULL;
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    fetcher_stop(server->mock->fetcher);
    workers_stop(server->mock->workers); /* whatever waits is resumed: MHD must not stop before */
    MHD_stop_daemon(server->daemon);
    free(server);
}
