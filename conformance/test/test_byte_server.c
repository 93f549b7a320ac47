/* The judge's own server, asked over real sockets. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/byte_server.h"
#include "conformance/match/body.h"
#include "conformance/test/test_judge.h"

#define ANSWER_MAX (256 * BUF_KIB)

static int connect_to(const struct byte_server *source)
{
    const char *port = strrchr(byte_server_url(source), ':') + 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

/* All that is answered to one request until the server ends the connection. */
static void ask(const struct byte_server *source, const char *line, struct buf *answer)
{
    char piece[4096];
    int fd = connect_to(source);
    char *request = mem_printf("%s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", line);
    ck_assert_int_eq(send(fd, request, strlen(request), MSG_NOSIGNAL), (ssize_t)strlen(request));
    free(request);
    buf_init(answer, ANSWER_MAX);
    for (ssize_t count; (count = recv(fd, piece, sizeof piece, 0)) > 0;)
        buf_append(answer, piece, (size_t)count);
    close(fd);
}

static const struct {
    const char *line;
    const char *status;
    const char *announced; /* NULL: whatever it says */
    size_t bytes;          /* of the body that come */
    uint64_t seed;
} rows[] = {
    {"GET /bytes/20/2", "HTTP/1.1 200", "Content-Length: 20\r\n", 20, 2},
    {"GET /bytes/100000/7", "HTTP/1.1 200", "Content-Length: 100000\r\n", 100000, 7},
    {"GET /bytes/0/1", "HTTP/1.1 200", "Content-Length: 0\r\n", 0, 1},
    {"GET /slow/20/2", "HTTP/1.1 200", "Content-Length: 20\r\n", 20, 2},
    {"GET /short/1024/1", "HTTP/1.1 200", "Content-Length: 1024\r\n", 512, 1},
    {"HEAD /bytes/20/2", "HTTP/1.1 200", "Content-Length: 20\r\n", 0, 2},
    {"GET /bytes/20", "HTTP/1.1 404", NULL, 0, 0},
    {"GET /bytes/20/", "HTTP/1.1 404", NULL, 0, 0},
    {"GET /bytes//2", "HTTP/1.1 404", NULL, 0, 0},
    {"GET /bytes/-1/2", "HTTP/1.1 404", NULL, 0, 0},
    {"GET /bytes/20/2/3", "HTTP/1.1 404", NULL, 0, 0},
    {"GET /bytes/1073741825/2", "HTTP/1.1 404", NULL, 0, 0},
    {"GET /bytes/18446744073709551616/2", "HTTP/1.1 404", NULL, 0, 0},
    {"GET /nothing", "HTTP/1.1 404", NULL, 0, 0},
    {"GET /", "HTTP/1.1 404", NULL, 0, 0},
    {"POST /bytes/20/2", "HTTP/1.1 405", NULL, 0, 0},
    {"DELETE /bytes/20/2", "HTTP/1.1 405", NULL, 0, 0},
};

START_TEST(gives_what_the_path_says)
{
    struct err err = ERR_INIT;
    struct byte_server *source = byte_server_new(&err);
    ck_assert_msg(source != NULL, "%s", err.text);
    struct buf answer;
    ask(source, rows[_i].line, &answer);
    ck_assert_ptr_eq(strstr(answer.data, rows[_i].status), answer.data);
    if (rows[_i].announced)
        ck_assert_ptr_nonnull(strstr(answer.data, rows[_i].announced));
    const char *body = strstr(answer.data, "\r\n\r\n") + 4;
    ck_assert_uint_eq(answer.length - (size_t)(body - answer.data), rows[_i].bytes);
    unsigned char *expected = mem_alloc(rows[_i].bytes + 1);
    body_generate(rows[_i].seed, 0, expected, rows[_i].bytes);
    ck_assert_mem_eq(body, expected, rows[_i].bytes);
    free(expected);
    buf_fini(&answer);
    byte_server_free(source);
}
END_TEST

START_TEST(two_at_once_have_addresses_of_their_own)
{
    struct err err = ERR_INIT;
    struct byte_server *first = byte_server_new(&err);
    struct byte_server *second = byte_server_new(&err);
    ck_assert_str_ne(byte_server_url(first), byte_server_url(second));
    byte_server_free(first);
    byte_server_free(second);
    byte_server_free(NULL);
}
END_TEST

TCase *tests_of_byte_server(void)
{
    TCase *tests = tcase_create("source");
    tcase_add_loop_test(tests, gives_what_the_path_says, 0, (int)(sizeof rows / sizeof *rows));
    tcase_add_test(tests, two_at_once_have_addresses_of_their_own);
    return tests;
}
