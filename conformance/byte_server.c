#include "conformance/byte_server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/match/body.h"

#define PIECE_BYTES       16384
#define CONNECTIONS_MAX   64
#define CONNECTION_TIME_S 30

struct byte_server {
    struct MHD_Daemon *daemon;
    char *url;
};

/* What one path gives: bytes from the seed, up to `end` of the `size` announced. */
struct stream {
    uint64_t size;
    uint64_t end;
    uint64_t seed;
};

static ssize_t read_stream(void *context, uint64_t offset, char *out, size_t room)
{
    const struct stream *stream = context;
    if (offset >= stream->end)
        return MHD_CONTENT_READER_END_WITH_ERROR; /* short: the announced size is not reached */
    uint64_t left = stream->end - offset;
    size_t length = left < room ? (size_t)left : room;
    body_generate(stream->seed, offset, out, length);
    return (ssize_t)length;
}

/* ---- paths ---- */

struct kind {
    const char *prefix;
    uint64_t wait_ms;
    uint64_t share; /* one over the part of the announced bytes that comes */
};

static const struct kind kinds[] = {
    {"/bytes/", 0, 1},
    {"/slow/", BYTE_SERVER_SLOW_MS, 1},
    {"/short/", 0, 2},
};

static const struct kind *find_kind(const char *path)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strncmp(path, kinds[i].prefix, strlen(kinds[i].prefix)) == 0)
            return &kinds[i];
    }
    return NULL;
}

/* False when `path` is none of those that give anything. */
static bool parse_path(const char *path, const struct kind *kind, struct stream *ret_stream)
{
    struct stream stream;
    const char *size = path + strlen(kind->prefix);
    const char *slash = strchr(size, '/');
    if (!slash || !number_parse_u64_n(size, (size_t)(slash - size), &stream.size) ||
        !number_parse_u64(slash + 1, &stream.seed) || stream.size > BYTE_SERVER_BYTES_MAX)
        return false;
    stream.end = stream.size / kind->share;
    *ret_stream = stream;
    return true;
}

/* ---- answers ---- */

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status,
                              struct MHD_Response *response)
{
    if (!response)
        return MHD_NO;
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned status)
{
    return answer(connection, status, MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT));
}

static enum MHD_Result give(struct MHD_Connection *connection, const struct stream *stream)
{
    struct stream *copy = mem_alloc(sizeof *copy);
    *copy = *stream;
    struct MHD_Response *response =
        MHD_create_response_from_callback(stream->size, PIECE_BYTES, read_stream, copy, free);
    if (!response)
        free(copy);
    else
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/octet-stream");
    return answer(connection, MHD_HTTP_OK, response);
}

/* Each connection has a thread of its own, so that waiting holds up nobody else. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_bytes, void **state)
{
    struct stream stream;
    (void)context, (void)version, (void)upload, (void)upload_bytes, (void)state;
    const struct kind *kind = find_kind(path);
    if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
        return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED);
    if (!kind || !parse_path(path, kind, &stream))
        return refuse(connection, MHD_HTTP_NOT_FOUND);
    if (kind->wait_ms)
        clock_sleep_ms(kind->wait_ms);
    return give(connection, &stream);
}

/* ---- the server ---- */

struct byte_server *byte_server_new(struct err *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL, 0, NULL, NULL, handle,
        NULL, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)CONNECTION_TIME_S, MHD_OPTION_END);
    const union MHD_DaemonInfo *info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
    if (!info) {
        err_set(err, ERR_IO, "no server for data to be fetched from could be started on 127.0.0.1");
        if (daemon)
            MHD_stop_daemon(daemon);
        return NULL;
    }
    struct byte_server *source = mem_alloc(sizeof *source);
    source->daemon = daemon;
    source->url = mem_printf("http://127.0.0.1:%u", (unsigned)info->port);
    return source;
}

void byte_server_free(struct byte_server *source)
{
    if (!source)
        return;
    MHD_stop_daemon(source->daemon);
    free(source->url);
    free(source);
}

const char *byte_server_url(const struct byte_server *source)
{
    return source->url;
}
