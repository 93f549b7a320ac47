#include "conformance/proof/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"

#define LOOPBACK_URL   "http://127.0.0.1:"
#define BACKLOG        64
#define HEAD_MAX_BYTES (64 * BUF_KIB)
#define PIECE_BYTES    ((size_t)64 * 1024)
#define CLOSING_MS     1000 /* that the judge is given to see the end of an answer */
#define HEAD_END       "\r\n\r\n"
#define CLOSE_HEADER   "\r\nConnection: close"

struct relay {
    char *url;
    struct sockaddr_in upstream;
    int listener;
    const struct relay_occasion *occasion; /* NULL: the truth */
    atomic_size_t told;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t going_on; /* exchanges; guarded */
    pthread_t thread;
};

struct exchange {
    struct relay *relay;
    int judge;
    int mock;
    struct buf request; /* its head, and what came with it */
    struct buf answer;  /* as far as it is kept to be lied about */
    bool may_lie;
    bool request_ended; /* one side takes or gives no more of it */
};

/* ---- sockets ---- */

static bool send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = send(fd, bytes, length, MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return false;
        bytes += count;
        length -= (size_t)count;
    }
    return true;
}

/* 0: the end, or an error, which is no other end for a relay. */
static size_t receive(int fd, char *piece)
{
    ssize_t count;
    do
        count = recv(fd, piece, PIECE_BYTES, 0);
    while (count < 0 && errno == EINTR);
    return count > 0 ? (size_t)count : 0;
}

/* ---- the request ---- */

static const char *head_end(const struct buf *request)
{
    return request->length > 0 ? memmem(request->data, request->length, HEAD_END, strlen(HEAD_END)) : NULL;
}

static bool read_head(struct exchange *exchange, char *piece)
{
    while (!head_end(&exchange->request)) {
        size_t length = receive(exchange->judge, piece);
        if (length == 0 || !buf_append(&exchange->request, piece, length))
            return false;
    }
    return true;
}

/* Whether the path of a request is one of the template. */
static bool is_path(const char *template, const char *path, size_t length)
{
    const char *end = path + length;
    while (*template && path < end) {
        if (*template == '{') {
            template += strcspn(template, "}") + 1;
            while (path < end && *path != '/')
                path++;
        } else if (*template ++ != *path++) {
            return false;
        }
    }
    return !*template && path == end;
}

/* Whether the request is for the call that is lied about. */
static bool is_occasion(const struct relay_occasion *occasion, const char *request)
{
    if (!occasion)
        return false;
    size_t method = strcspn(request, " ");
    if (strlen(occasion->method) != method || strncmp(request, occasion->method, method) != 0)
        return false;
    const char *path = request + method + 1;
    return is_path(occasion->path, path, strcspn(path, "? \r"));
}

static bool connect_upstream(struct exchange *exchange)
{
    const struct relay *relay = exchange->relay;
    exchange->mock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return exchange->mock >= 0 &&
           connect(exchange->mock, (const struct sockaddr *)&relay->upstream, sizeof relay->upstream) == 0;
}

/* As it came, but for the end of the connection. */
static bool pass_head(struct exchange *exchange)
{
    const struct buf *request = &exchange->request;
    const char *end = head_end(request);
    size_t length = (size_t)(end - request->data);
    return send_all(exchange->mock, request->data, length) &&
           send_all(exchange->mock, CLOSE_HEADER, strlen(CLOSE_HEADER)) &&
           send_all(exchange->mock, end, request->length - length);
}

/* ---- the answer ---- */

static bool is_interim(const struct buf *answer)
{
    struct lie_answer parts;
    return answer->length > 0 && lie_answer_of(answer->data, answer->length, &parts) &&
           lie_answer_status(&parts) / 100 == 1;
}

/* What was kept goes on its way as it is. */
static bool let_pass(struct exchange *exchange)
{
    bool passed = send_all(exchange->judge, exchange->answer.data, exchange->answer.length);
    buf_clear(&exchange->answer);
    return passed;
}

static bool take_answer(struct exchange *exchange, const char *piece, size_t length)
{
    if (!exchange->may_lie)
        return send_all(exchange->judge, piece, length);
    if (exchange->answer.length + length > RELAY_ANSWER_MAX_BYTES) {
        exchange->may_lie = false;
        return let_pass(exchange) && send_all(exchange->judge, piece, length);
    }
    buf_append(&exchange->answer, piece, length);
    return !is_interim(&exchange->answer) || let_pass(exchange);
}

static bool is_wanted_status(const struct relay_occasion *occasion, int status)
{
    return occasion->status > 0 ? status == occasion->status : status / 100 == 2;
}

static void end_answer(struct exchange *exchange)
{
    struct buf lie;
    struct lie_answer parts;
    const struct buf *answer = &exchange->answer;
    const struct relay_occasion *occasion = exchange->relay->occasion;
    buf_init(&lie, answer->limit + HEAD_MAX_BYTES);
    if (answer->length > 0 && lie_answer_of(answer->data, answer->length, &parts) &&
        is_wanted_status(occasion, lie_answer_status(&parts)) && occasion->lie->tell(&parts, &lie)) {
        atomic_fetch_add(&exchange->relay->told, 1);
        send_all(exchange->judge, lie.data, lie.length);
    } else if (answer->length > 0) {
        let_pass(exchange);
    }
    buf_fini(&lie);
}

/* The judge sees an orderly end, and no reset: what it still sends is read. */
static void close_orderly(struct exchange *exchange, char *piece)
{
    struct pollfd waits = {.fd = exchange->judge, .events = POLLIN};
    shutdown(exchange->judge, SHUT_WR);
    while (poll(&waits, 1, CLOSING_MS) > 0 && receive(exchange->judge, piece) > 0)
        continue;
}

/* ---- one exchange ---- */

static void pass_request(struct exchange *exchange, char *piece)
{
    size_t length = receive(exchange->judge, piece);
    exchange->request_ended = length == 0 || !send_all(exchange->mock, piece, length);
    if (length == 0)
        shutdown(exchange->mock, SHUT_WR); /* the judge has gone */
}

static void pass_both_ways(struct exchange *exchange, char *piece)
{
    for (;;) {
        struct pollfd waits[] = {
            {.fd = exchange->mock, .events = POLLIN},
            {.fd = exchange->request_ended ? -1 : exchange->judge, .events = POLLIN},
        };
        if (poll(waits, 2, -1) < 0 && errno != EINTR)
            return;
        if (waits[1].revents)
            pass_request(exchange, piece);
        if (!waits[0].revents)
            continue;
        size_t length = receive(exchange->mock, piece);
        if (length == 0 || !take_answer(exchange, piece, length))
            return;
    }
}

static void serve(struct exchange *exchange)
{
    char *piece = mem_alloc(PIECE_BYTES);
    if (read_head(exchange, piece) && connect_upstream(exchange) && pass_head(exchange)) {
        exchange->may_lie = is_occasion(exchange->relay->occasion, exchange->request.data);
        pass_both_ways(exchange, piece);
        if (exchange->may_lie)
            end_answer(exchange);
        close_orderly(exchange, piece);
    }
    free(piece);
}

static void count_exchange(struct relay *relay, bool begins)
{
    pthread_mutex_lock(&relay->lock);
    relay->going_on += begins ? 1 : -(size_t)1;
    pthread_cond_broadcast(&relay->changed);
    pthread_mutex_unlock(&relay->lock);
}

static void *serve_one(void *context)
{
    struct exchange *exchange = context;
    struct relay *relay = exchange->relay;
    serve(exchange);
    close(exchange->judge);
    if (exchange->mock >= 0)
        close(exchange->mock);
    buf_fini(&exchange->request);
    buf_fini(&exchange->answer);
    free(exchange);
    count_exchange(relay, false);
    return NULL;
}

static void begin(struct relay *relay, int fd)
{
    pthread_t thread;
    struct exchange *exchange = mem_alloc(sizeof *exchange);
    *exchange = (struct exchange){.relay = relay, .judge = fd, .mock = -1};
    buf_init(&exchange->request, HEAD_MAX_BYTES + PIECE_BYTES);
    buf_init(&exchange->answer, RELAY_ANSWER_MAX_BYTES);
    count_exchange(relay, true);
    if (pthread_create(&thread, NULL, serve_one, exchange) == 0)
        pthread_detach(thread);
    else
        serve_one(exchange);
}

/* ---- the relay ---- */

static void *accept_all(void *context)
{
    struct relay *relay = context;
    for (int fd; (fd = accept4(relay->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0;)
        begin(relay, fd);
    return NULL;
}

static bool read_upstream(struct relay *relay, const char *url)
{
    uint64_t port = 0;
    bool known = strncmp(url, LOOPBACK_URL, strlen(LOOPBACK_URL)) == 0 &&
                 number_parse_u64(url + strlen(LOOPBACK_URL), &port) && port <= UINT16_MAX;
    relay->upstream = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    return known;
}

static bool listen_on_loopback(struct relay *relay)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    relay->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (relay->listener < 0 || bind(relay->listener, (struct sockaddr *)&address, size) != 0 ||
        listen(relay->listener, BACKLOG) != 0 ||
        getsockname(relay->listener, (struct sockaddr *)&address, &size) != 0)
        return false;
    relay->url = mem_printf(LOOPBACK_URL "%u", ntohs(address.sin_port));
    return true;
}

static void dispose(struct relay *relay)
{
    if (relay->listener >= 0)
        close(relay->listener);
    pthread_cond_destroy(&relay->changed);
    pthread_mutex_destroy(&relay->lock);
    free(relay->url);
    free(relay);
}

struct relay *relay_new(const char *url, struct err *err)
{
    struct relay *relay = mem_alloc(sizeof *relay);
    relay->listener = -1;
    pthread_mutex_init(&relay->lock, NULL);
    pthread_cond_init(&relay->changed, NULL);
    if (!read_upstream(relay, url))
        err_set(err, ERR_VALUE, "%s is not on loopback", url);
    else if (!listen_on_loopback(relay) || pthread_create(&relay->thread, NULL, accept_all, relay) != 0)
        err_set_errno(err, "cannot listen on loopback");
    else
        return relay;
    dispose(relay);
    return NULL;
}

void relay_free(struct relay *relay)
{
    if (!relay)
        return;
    shutdown(relay->listener, SHUT_RDWR); /* accept returns */
    pthread_join(relay->thread, NULL);
    pthread_mutex_lock(&relay->lock);
    while (relay->going_on > 0)
        pthread_cond_wait(&relay->changed, &relay->lock);
    pthread_mutex_unlock(&relay->lock);
    dispose(relay);
}

const char *relay_url(const struct relay *relay)
{
    return relay->url;
}

void relay_lie(struct relay *relay, const struct relay_occasion *occasion)
{
    pthread_mutex_lock(&relay->lock);
    while (relay->going_on > 0)
        pthread_cond_wait(&relay->changed, &relay->lock);
    relay->occasion = occasion;
    atomic_store(&relay->told, 0);
    pthread_mutex_unlock(&relay->lock);
}

size_t relay_lies_told(const struct relay *relay)
{
    return atomic_load(&relay->told);
}
