/* The wire over real sockets: a scripted server in a thread, which keeps what it received. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/subject.h"
#include "conformance/test/made_body.h"
#include "conformance/test/test_judge.h"

#define RECEIVED_MAX 400000

/* Each connection is read until `until` has been seen or the peer ends, then `reply` is sent. */
struct script {
    const char *until;
    const char *reply;
};

struct server {
    int listener;
    char url[64];
    const struct script *scripts; /* one for each connection, in order */
    size_t count;
    char *received[4];
    size_t received_bytes[4];
    bool saw_end[4];
    pthread_t thread;
};

static void serve_one(struct server *server, size_t index)
{
    int fd = accept(server->listener, NULL, NULL);
    char *data = mem_alloc(RECEIVED_MAX + 1);
    size_t length = 0;
    const char *until = server->scripts[index].until;
    for (ssize_t count = 1; count > 0 && length < RECEIVED_MAX;) {
        if (until && memmem(data, length, until, strlen(until)))
            break;
        count = recv(fd, data + length, RECEIVED_MAX - length, 0);
        server->saw_end[index] = count == 0;
        length += count > 0 ? (size_t)count : 0;
    }
    send(fd, server->scripts[index].reply, strlen(server->scripts[index].reply), MSG_NOSIGNAL);
    server->received[index] = data;
    server->received_bytes[index] = length;
    close(fd);
}

static void *serve(void *context)
{
    struct server *server = context;
    for (size_t i = 0; i < server->count; i++)
        serve_one(server, i);
    return NULL;
}

static void server_start(struct server *server, const struct script *scripts, size_t count)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    *server = (struct server){.scripts = scripts, .count = count};
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(server->listener, 8), 0);
    getsockname(server->listener, (struct sockaddr *)&address, &size);
    snprintf(server->url, sizeof server->url, "http://127.0.0.1:%u/some/path", ntohs(address.sin_port));
    pthread_create(&server->thread, NULL, serve, server);
}

static void server_join(struct server *server)
{
    pthread_join(server->thread, NULL);
    close(server->listener);
}

static void server_fini(struct server *server)
{
    for (size_t i = 0; i < server->count; i++)
        free(server->received[i]);
}

static struct subject_session *session_new(const atomic_bool *stop)
{
    return subject_session_new(
        &(struct subject_options){.timeout_ms = 700, .connect_timeout_ms = 700, .stop = stop}, NULL);
}

static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nx-a:  2 \r\n\r\n{}";

START_TEST(records_what_went_and_what_came)
{
    const struct script script = {"\r\n\r\n", ok};
    struct server server;
    struct subject_exchange exchange;
    server_start(&server, &script, 1);
    struct subject_session *session = session_new(NULL);
    const struct subject_header headers[] = {{"X-Mine", "yes"}, {"X-Empty", ""}, {"Accept", NULL}};
    const struct subject_request request = {
        .method = "DELETE", .url = server.url, .headers = headers, .header_count = 3};
    subject_send(session, &request, NULL, &exchange);
    server_join(&server);
    ck_assert_int_eq(exchange.outcome, SUBJECT_ANSWERED);
    ck_assert_int_eq(exchange.answer.status, 200);
    ck_assert_str_eq(answer_header(&exchange.answer, "X-A"), "1");
    ck_assert_uint_eq(exchange.answer.header_count, 3);
    ck_assert_str_eq(exchange.answer.body, "{}");
    ck_assert_str_eq(exchange.answer_md5, "99914b932bd37a50b983c5e7c90ae93b");
    /* every recorded header stands in what the server received, and the one left out does not */
    for (size_t i = 0; i < exchange.sent_header_count; i++) {
        char *line = mem_printf("\r\n%s:%s%s\r\n", exchange.sent_headers[i].name,
                                *exchange.sent_headers[i].value ? " " : "", exchange.sent_headers[i].value);
        ck_assert_msg(strstr(server.received[0], line) != NULL, "%s in %s", line, server.received[0]);
        free(line);
    }
    ck_assert_ptr_null(strstr(server.received[0], "Accept:"));
    ck_assert_ptr_nonnull(strstr(server.received[0], "DELETE /some/path HTTP/1.1\r\n"));
    subject_exchange_fini(&exchange);
    subject_session_free(session);
    server_fini(&server);
}
END_TEST

/* Size, framing, what is announced instead of the truth; what the server must have seen. */
static const struct {
    const char *name;
    const char *size;
    enum spec_framing framing;
    uint64_t announced; /* 0: the truth */
    const char *until;  /* NULL: the server reads to the end of the stream */
    const char *header;
    size_t body_bytes;
} sends[] = {
    {"with its length", "1000", SPEC_FRAMING_LENGTH, 0, NULL, "Content-Length: 1000\r\n", 1000},
    {"in chunks", "1000", SPEC_FRAMING_CHUNKED, 0, "0\r\n\r\n", "Transfer-Encoding: chunked\r\n", 0},
    {"empty", "0", SPEC_FRAMING_LENGTH, 0, "\r\n\r\n", "Content-Length: 0\r\n", 0},
    {"more announced than sent", "1000", SPEC_FRAMING_LENGTH, 5000, NULL, "Content-Length: 5000\r\n", 1000},
    {"less announced than there is", "1000", SPEC_FRAMING_LENGTH, 10, NULL, "Content-Length: 10\r\n", 10},
};

START_TEST(frames_bodies)
{
    const struct script script = {sends[_i].until, ok};
    struct server server;
    struct subject_exchange exchange;
    server_start(&server, &script, 1);
    struct subject_session *session = session_new(NULL);
    struct body *body = made_body(sends[_i].size);
    const struct subject_request request = {.method = "PUT",
                                            .url = server.url,
                                            .body = body,
                                            .framing = sends[_i].framing,
                                            .lies_about_length = sends[_i].announced > 0,
                                            .announced_bytes = sends[_i].announced};
    bool reads_to_end = !sends[_i].until && sends[_i].announced <= 1000;
    subject_send(session, &request, NULL, &exchange);
    subject_session_free(session); /* ends the connection for a server that reads to the end */
    server_join(&server);
    char *head_end = strstr(server.received[0], "\r\n\r\n");
    ck_assert_msg(strstr(server.received[0], sends[_i].header) != NULL, "%s: %s", sends[_i].name,
                  server.received[0]);
    if (sends[_i].body_bytes > 0)
        ck_assert_uint_eq(server.received_bytes[0] - (size_t)(head_end + 4 - server.received[0]),
                          sends[_i].body_bytes);
    ck_assert_int_eq(exchange.outcome, reads_to_end ? SUBJECT_TIMEOUT : SUBJECT_ANSWERED);
    subject_exchange_fini(&exchange);
    body_free(body);
    server_fini(&server);
}
END_TEST

START_TEST(holds_an_upload_while_others_run)
{
    const struct script scripts[] = {{"\r\n\r\n", ok}};
    struct server held;
    struct server other;
    struct subject_exchange exchange;
    static const struct script whole = {NULL, ok};
    server_start(&held, &whole, 1);
    server_start(&other, scripts, 1);
    struct subject_session *session = session_new(NULL);
    struct body *body = made_body("200000");
    const struct subject_request upload = {.method = "PUT", .url = held.url, .body = body};
    struct subject_open *open = subject_open(session, &upload, 65536);
    const struct subject_request get = {.method = "GET", .url = other.url};
    subject_send(session, &get, NULL, &exchange);
    ck_assert_int_eq(exchange.outcome, SUBJECT_ANSWERED);
    subject_exchange_fini(&exchange);
    subject_abandon(open, &exchange);
    server_join(&held);
    server_join(&other);
    ck_assert_int_eq(exchange.outcome, SUBJECT_BROKEN);
    ck_assert_uint_eq(exchange.sent_bytes, 65536);
    ck_assert(held.saw_end[0]);
    ck_assert_uint_gt(held.received_bytes[0], 65536);
    ck_assert_uint_lt(held.received_bytes[0], 67000);
    subject_exchange_fini(&exchange);
    subject_session_free(session);
    body_free(body);
    server_fini(&held);
    server_fini(&other);
}
END_TEST

START_TEST(finishes_what_was_held)
{
    static const struct script whole = {"the end", ok};
    struct server server;
    struct subject_exchange exchange;
    server_start(&server, &whole, 1);
    struct subject_session *session = session_new(NULL);
    char text[] = "first half, second half, the end";
    const struct spec_body spec = {.kind = SPEC_BODY_TEXT, .text = text};
    struct body *body = body_open(&spec, "", NULL, NULL);
    const struct subject_request request = {.method = "PUT", .url = server.url, .body = body};
    struct subject_open *open = subject_open(session, &request, 10);
    subject_finish(open, NULL, &exchange);
    server_join(&server);
    ck_assert_int_eq(exchange.outcome, SUBJECT_ANSWERED);
    ck_assert_ptr_nonnull(strstr(server.received[0], text));
    ck_assert_uint_eq(exchange.sent_bytes, strlen(text));
    subject_exchange_fini(&exchange);
    subject_session_free(session);
    body_free(body);
    server_fini(&server);
}
END_TEST

static void *stop_soon(void *context)
{
    clock_sleep_ms(50);
    atomic_store((atomic_bool *)context, true);
    return NULL;
}

START_TEST(stops_when_asked)
{
    static const struct script never = {"never sent by anybody", ""};
    static atomic_bool stop;
    struct server server;
    struct subject_exchange exchange;
    pthread_t thread;
    atomic_store(&stop, false);
    server_start(&server, &never, 1);
    struct subject_session *session = session_new(&stop);
    pthread_create(&thread, NULL, stop_soon, &stop);
    const struct subject_request request = {.method = "GET", .url = server.url};
    subject_send(session, &request, NULL, &exchange);
    ck_assert_int_eq(exchange.outcome, SUBJECT_STOPPED);
    subject_exchange_fini(&exchange);
    subject_session_free(session);
    pthread_join(thread, NULL);
    server_join(&server);
    server_fini(&server);
}
END_TEST

START_TEST(says_that_nobody_is_there)
{
    struct server server;
    struct subject_exchange exchange;
    static const struct script none = {"", ""};
    server_start(&server, &none, 0);
    server_join(&server); /* nobody listens there any more */
    struct subject_session *session = session_new(NULL);
    const struct subject_request request = {.method = "GET", .url = server.url};
    subject_send(session, &request, NULL, &exchange);
    ck_assert_int_eq(exchange.outcome, SUBJECT_UNREACHABLE);
    ck_assert_ptr_nonnull(exchange.error);
    ck_assert_int_eq(exchange.answer.status, 0);
    subject_exchange_fini(&exchange);
    subject_session_free(session);
}
END_TEST

static const struct {
    const char *text;
    const char *url; /* NULL: refused */
    const char *fragment;
} base_urls[] = {
    {"http://127.0.0.1:9292", "http://127.0.0.1:9292", ""},
    {"https://glance.example/image//", "https://glance.example/image", ""},
    {"glance.example", NULL, "'glance.example' is no address"},
    {"ftp://glance.example", NULL, "is no address"},
    {"http://", NULL, "is no address"},
    {"http://me:secret@glance.example", NULL, "with a user in it is refused"},
    {"ftp://me:secret@glance.example", NULL, "with a user in it is refused"},
    {"http://me:secret@glance example", NULL, "with a user in it is refused"},
    {"me:secret@glance.example", NULL, "with a user in it is refused"},
    {"http://glance.example/?token=secret", NULL, "goes on with a query"},
    {"http://glance.example/#secret", NULL, "goes on with a query"},
};

START_TEST(takes_base_urls_and_tells_no_secret)
{
    struct err err = ERR_INIT;
    char *url = subject_base_url(base_urls[_i].text, &err);
    ck_assert_pstr_eq(url, base_urls[_i].url);
    ck_assert_msg(strstr(err.text, base_urls[_i].fragment) != NULL, "%s: %s", base_urls[_i].text, err.text);
    ck_assert_msg(strstr(err.text, "secret") == NULL, "%s: %s", base_urls[_i].text, err.text);
    free(url);
}
END_TEST

static const struct {
    const char *text;
    const char *url;
} service_urls[] = {
    {"http://127.0.0.1:9292/v2", "http://127.0.0.1:9292"},
    {"http://127.0.0.1:9292/v1/", "http://127.0.0.1:9292"},
    {"http://127.0.0.1/image/v2", "http://127.0.0.1/image"},
    {"http://127.0.0.1/image", "http://127.0.0.1/image"},
    {"http://127.0.0.1/v22", "http://127.0.0.1/v22"},
    {"http://127.0.0.1/dev2", "http://127.0.0.1/dev2"},
    {"http://127.0.0.1/v2/images", "http://127.0.0.1/v2/images"},
    {"http://v2", "http://v2"},
    {"v2", NULL},
};

START_TEST(takes_service_urls_with_and_without_a_version)
{
    char *url = subject_service_url(service_urls[_i].text, NULL);
    ck_assert_pstr_eq(url, service_urls[_i].url);
    free(url);
}
END_TEST

TCase *tests_of_subject(void)
{
    TCase *tests = tcase_create("subject");
    tcase_set_timeout(tests, 30);
    tcase_add_test(tests, records_what_went_and_what_came);
    tcase_add_loop_test(tests, frames_bodies, 0, TESTING_COUNT(sends));
    tcase_add_test(tests, holds_an_upload_while_others_run);
    tcase_add_test(tests, finishes_what_was_held);
    tcase_add_test(tests, stops_when_asked);
    tcase_add_test(tests, says_that_nobody_is_there);
    tcase_add_loop_test(tests, takes_base_urls_and_tells_no_secret, 0, TESTING_COUNT(base_urls));
    tcase_add_loop_test(tests, takes_service_urls_with_and_without_a_version, 0, TESTING_COUNT(service_urls));
    return tests;
}
