/* What the mock is measured against: libmicrohttpd with the mock's options, one answer from memory, and
 * nothing else.
 *
 * usage: bare-server BODY-FILE THREADS */
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define BODY_MAX_BYTES          65536
#define CONNECTION_MEMORY_BYTES ((size_t)96 * 1024) /* as mock/server.c */

struct body {
    size_t length;
    char bytes[BODY_MAX_BYTES];
};

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    (void)upload_size;
    static int seen;
    if (!*state) { /* the headers are there: the answer follows with the next call, as in the mock */
        *state = &seen;
        return MHD_YES;
    }
    const struct body *body = context;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body->length, (void *)(uintptr_t)body->bytes, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    MHD_add_response_header(response, "X-Openstack-Request-Id", "req-00000000-0000-4000-8000-000000000000");
    enum MHD_Result result = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return result;
}

static int read_body(const char *path, struct body *body)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    body->length = fread(body->bytes, 1, sizeof body->bytes, file);
    fclose(file);
    return body->length > 0;
}

int main(int argc, char **argv)
{
    static struct body body;
    if (argc != 3 || !read_body(argv[1], &body)) {
        fputs("usage: bare-server BODY-FILE THREADS\n", stderr);
        return 64;
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    unsigned threads = (unsigned)strtoul(argv[2], NULL, 10);
    const struct sockaddr_in loopback = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO, 0, NULL, NULL, answer, &body, MHD_OPTION_SOCK_ADDR,
        &loopback, MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        CONNECTION_MEMORY_BYTES, MHD_OPTION_END);
    if (!daemon)
        return 2;
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    printf("listening on http://127.0.0.1:%u\n", info->port);
    fflush(stdout);
    int number;
    sigwait(&signals, &number);
    MHD_stop_daemon(daemon);
    return 0;
}
