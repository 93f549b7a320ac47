/* The wire against peers that lie, and against those that only use what HTTP allows. */
#include <dirent.h>
#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/subject.h"
#include "conformance/test/loopback.h"
#include "conformance/test/made_body.h"
#include "conformance/test/test_judge.h"

#define HEAD_MAX_BYTES 4096
#define TIMEOUT_MS     300
#define LATE_MS        30000 /* for whoever is slow, not wrong */
#define MOST_BYTES     (uint64_t)(4 << 20)
#define ROUNDS         20
#define HELD_BYTES     65536
#define HELD_ROUNDS    10

static struct subject_session *session_new(uint64_t timeout_ms)
{
    return subject_session_new(
        &(struct subject_options){.timeout_ms = timeout_ms, .connect_timeout_ms = timeout_ms}, NULL);
}

/* ---- what is answered ---- */

enum after {
    CLOSES,
    STAYS,    /* and says no more */
    DRIBBLES, /* one more byte now and then */
    GOES_ON   /* with `more`, for ever */
};

struct lie {
    const char *name;
    const char *reply;
    size_t reply_bytes; /* 0: a text */
    enum after after;
    const char *more;
    enum subject_outcome outcome;
    const char *fragment; /* of the error */
};

#define OK      "HTTP/1.1 200 OK\r\n"
#define CHUNKED OK "Transfer-Encoding: chunked\r\n\r\n"
#define LENGTH  OK "Content-Length: "
#define NUL     LENGTH "0\r\nX-A: b\0c\r\n\r\n"
#define BLOCK   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct lie lies[] = {
    {"closes at once", "", 0, CLOSES, "", SUBJECT_BROKEN, "Empty reply"},
    {"never answers", "", 0, STAYS, "", SUBJECT_TIMEOUT, "no whole answer within 300 ms"},
    {"answers with half a status", "HTTP/1.", 0, CLOSES, "", SUBJECT_BROKEN, ""},
    {"stays within its headers", OK "X-A: ", 0, STAYS, "", SUBJECT_TIMEOUT, "no whole answer"},
    {"closes within its headers", OK "Content-Le", 0, CLOSES, "", SUBJECT_BROKEN, "within the headers"},
    {"closes within its body", LENGTH "100\r\n\r\nabc", 0, CLOSES, "", SUBJECT_BROKEN, "97 bytes remaining"},
    {"stays within its body", LENGTH "100\r\n\r\nabc", 0, STAYS, "", SUBJECT_TIMEOUT, "no whole answer"},
    {"dribbles", LENGTH "100000\r\n\r\n", 0, DRIBBLES, "", SUBJECT_TIMEOUT, "no whole answer"},
    {"closes within a chunk", CHUNKED "10\r\nabc", 0, CLOSES, "", SUBJECT_BROKEN, ""},
    {"closes before the last chunk", CHUNKED "3\r\nabc\r\n", 0, CLOSES, "", SUBJECT_BROKEN, ""},
    {"a chunk without a size", CHUNKED "zz\r\nabc\r\n0\r\n\r\n", 0, STAYS, "", SUBJECT_BROKEN, ""},
    {"a chunk too large to count", CHUNKED "fffffffffffffffff\r\nabc", 0, STAYS, "", SUBJECT_BROKEN, ""},
    {"a length that is a word", LENGTH "many\r\n\r\nabc", 0, CLOSES, "", SUBJECT_BROKEN, "Content-Length"},
    {"a length below zero", LENGTH "-1\r\n\r\nabc", 0, CLOSES, "", SUBJECT_BROKEN, "Content-Length"},
    {"two lengths", LENGTH "3\r\ncontent-length: 4\r\n\r\nabc", 0, CLOSES, "", SUBJECT_BROKEN, "that differ"},
    {"a length and chunks", LENGTH "3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 0, CLOSES,
     "", SUBJECT_BROKEN, "beside a Transfer-Encoding"},
    {"garbage", "\x01\x02\xff garbage\r\n\r\n", 0, CLOSES, "", SUBJECT_BROKEN, "HTTP/0.9"},
    {"another protocol", "220 ready when you are\r\n", 0, CLOSES, "", SUBJECT_BROKEN, "HTTP/0.9"},
    {"a status that is a word", "HTTP/1.1 banana\r\n\r\n", 0, CLOSES, "", SUBJECT_BROKEN, ""},
    {"a header without a colon", LENGTH "0\r\nnonsense\r\n\r\n", 0, CLOSES, "", SUBJECT_BROKEN, "colon"},
    {"a NUL within a header", NUL, sizeof NUL - 1, STAYS, "", SUBJECT_BROKEN, ""},
    {"endless headers", OK, 0, GOES_ON, "X-A: b\r\n", SUBJECT_BROKEN, "headers of the answer do not end"},
    {"an endless header", OK "X-A: ", 0, GOES_ON, BLOCK, SUBJECT_BROKEN, "header of the answer does not end"},
    {"endless interim answers", "", 0, GOES_ON, "HTTP/1.1 100 Continue\r\n\r\n", SUBJECT_BROKEN,
     "headers of the answer do not end"},
    {"an endless body", OK "\r\n", 0, GOES_ON, BLOCK, SUBJECT_TOO_LONG, "went on after 4194304 bytes"},
    {"endless chunks", CHUNKED, 0, GOES_ON, "40\r\n" BLOCK "\r\n", SUBJECT_TOO_LONG, "went on after"},
    {"endless trailers", CHUNKED "0\r\n", 0, GOES_ON, "X-A: b\r\n", SUBJECT_BROKEN, "do not end"},
};

static void go_on(int fd, const struct lie *lie)
{
    bool there = true;
    char head[HEAD_MAX_BYTES];
    while (there && lie->after == GOES_ON)
        there = loopback_write(fd, lie->more, strlen(lie->more));
    while (there && lie->after == DRIBBLES) {
        clock_sleep_ms(20);
        there = loopback_write(fd, "x", 1);
    }
    if (lie->after == STAYS)
        loopback_read_head(fd, head, sizeof head); /* until the other side has had enough */
}

static void serve_lie(int fd, size_t number, void *context)
{
    const struct lie *lie = context;
    char head[HEAD_MAX_BYTES];
    (void)number;
    if (loopback_read_head(fd, head, sizeof head) &&
        loopback_write(fd, lie->reply, lie->reply_bytes ? lie->reply_bytes : strlen(lie->reply)))
        go_on(fd, lie);
}

START_TEST(sees_through)
{
    struct lie lie = lies[_i];
    struct loopback loopback;
    struct subject_exchange exchange;
    struct subject_session *session = session_new(lie.outcome == SUBJECT_TIMEOUT ? TIMEOUT_MS : LATE_MS);
    loopback_start(&loopback, serve_lie, &lie);
    const struct subject_request request = {.method = "GET", .url = loopback.url};
    const struct subject_watcher watcher = {.most_bytes = MOST_BYTES};
    subject_send(session, &request, &watcher, &exchange);
    ck_assert_msg(exchange.outcome == lie.outcome, "%s: outcome %d, %s", lie.name, (int)exchange.outcome,
                  exchange.error);
    ck_assert_msg(strstr(exchange.error, lie.fragment) != NULL, "%s: %s", lie.name, exchange.error);
    ck_assert_uint_le(exchange.answer.body_kept, ANSWER_KEPT_MAX_BYTES);
    ck_assert_uint_lt(exchange.answer.header_count, 300);
    subject_exchange_fini(&exchange);
    subject_session_free(session);
    loopback_stop(&loopback);
}
END_TEST

#define TWO    "X-A: b\r\nX-A: b\r\n"
#define EIGHT  TWO TWO TWO TWO
#define SIXTY4 EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT

static const struct {
    const char *name;
    const char *reply;
    const char *header; /* X-A */
    size_t header_count;
    const char *body;
} truths[] = {
    {"a folded header", LENGTH "0\r\nX-A: one\r\n  two\r\n\tthree: 3 \r\n\r\n", "one two three: 3", 2, ""},
    {"a fold of nothing", LENGTH "0\r\nX-A:\r\n one\r\n\r\n", "one", 2, ""},
    {"a length twice", LENGTH "2\r\nContent-Length: 2\r\nX-A: 1\r\n\r\nab", "1", 3, "ab"},
    {"a repeated header", LENGTH "0\r\nX-A: 1\r\nx-a: 2\r\n\r\n", "1", 3, ""},
    {"an empty header", LENGTH "0\r\nX-A:\r\n\r\n", "", 2, ""},
    {"256 headers",
     LENGTH "0\r\n" SIXTY4 SIXTY4 SIXTY4 EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT EIGHT TWO TWO TWO
            "X-A: b\r\n\r\n",
     "b", 256, ""},
    {"interim answers",
     "HTTP/1.1 100 Continue\r\nX-A: 0\r\n\r\nHTTP/1.1 102 Wait\r\n\r\n" LENGTH "2\r\nX-A: 1\r\n\r\nab", "1",
     2, "ab"},
    {"a trailer", CHUNKED "1\r\na\r\n0\r\nHTTP/1.1: no\r\nX-A: late\r\n\r\n", NULL, 1, "a"},
    {"more than announced", LENGTH "2\r\nX-A: 1\r\n\r\nabcdef", "1", 2, "ab"},
    {"up to its end", OK "X-A: 1\r\n\r\nabcdef", "1", 1, "abcdef"},
    {"none of a 204", "HTTP/1.1 204 None\r\nX-A: 1\r\n\r\n", "1", 1, ""},
};

START_TEST(takes_what_is_allowed)
{
    struct lie truth = {.name = truths[_i].name, .reply = truths[_i].reply, .after = CLOSES};
    struct loopback loopback;
    struct subject_exchange exchange;
    struct subject_session *session = session_new(LATE_MS);
    loopback_start(&loopback, serve_lie, &truth);
    const struct subject_request request = {.method = "GET", .url = loopback.url};
    subject_send(session, &request, NULL, &exchange);
    ck_assert_msg(exchange.outcome == SUBJECT_ANSWERED, "%s: %s", truth.name, exchange.error);
    ck_assert_pstr_eq(answer_header(&exchange.answer, "X-A"), truths[_i].header);
    ck_assert_uint_eq(exchange.answer.header_count, truths[_i].header_count);
    ck_assert_str_eq(exchange.answer.body, truths[_i].body);
    subject_exchange_fini(&exchange);
    subject_session_free(session);
    loopback_stop(&loopback);
}
END_TEST

/* ---- nothing that changes anything is sent twice ---- */

struct count {
    pthread_mutex_t lock;
    size_t asked;
    bool answers;
};

/* Answers the first GET of a connection; what else comes is counted, and answered or not. */
static void serve_counting(int fd, size_t number, void *context)
{
    struct count *count = context;
    char head[HEAD_MAX_BYTES];
    (void)number;
    while (loopback_read_head(fd, head, sizeof head)) {
        bool is_first = strncmp(head, "GET /some/path HTTP", 19) == 0;
        pthread_mutex_lock(&count->lock);
        count->asked += is_first ? 0 : 1;
        pthread_mutex_unlock(&count->lock);
        if (!is_first && !count->answers)
            return;
        loopback_write(fd, LENGTH "0\r\n\r\n", strlen(LENGTH "0\r\n\r\n"));
    }
}

static const struct {
    const char *method;
    const char *body; /* its size; NULL: none */
    bool kept;        /* a connection may have been kept for it */
    bool answers;
    size_t connections;
} changes[] = {
    {"PUT", NULL, true, true, 1},     {"POST", NULL, true, true, 1},     {"PATCH", NULL, true, true, 1},
    {"DELETE", NULL, true, true, 1},  {"PUT", NULL, true, false, 1},     {"POST", NULL, true, false, 1},
    {"PATCH", NULL, true, false, 1},  {"DELETE", NULL, true, false, 1},  {"PUT", NULL, false, true, 2},
    {"PUT", NULL, false, false, 2},   {"DELETE", NULL, false, false, 2}, {"POST", "100", true, false, 1},
    {"POST", "100", false, false, 2}, {"PUT", "16k", true, false, 1},    {"PUT", "17k", true, false, 2},
};

START_TEST(asks_for_a_change_once)
{
    struct count count = {.lock = PTHREAD_MUTEX_INITIALIZER, .answers = changes[_i].answers};
    struct loopback loopback;
    struct subject_exchange exchange;
    struct subject_session *session = session_new(LATE_MS);
    struct body *body = changes[_i].body ? made_body(changes[_i].body) : NULL;
    bool is_over_kept = changes[_i].connections == 1;
    loopback_start(&loopback, serve_counting, &count);
    const struct subject_request first = {.method = "GET", .url = loopback.url};
    const struct subject_request change = {.method = changes[_i].method, .url = loopback.url, .body = body};
    subject_send(session, &first, NULL, &exchange); /* leaves a connection to be used again */
    ck_assert_int_eq(exchange.outcome, SUBJECT_ANSWERED);
    subject_exchange_fini(&exchange);
    subject_session_keep(session, changes[_i].kept);
    subject_send(session, &change, NULL, &exchange);
    ck_assert_int_eq(exchange.outcome, changes[_i].answers ? SUBJECT_ANSWERED : SUBJECT_BROKEN);
    ck_assert_int_eq(exchange.lost, !changes[_i].answers);
    ck_assert_int_eq(exchange.stale, !changes[_i].answers && is_over_kept);
    subject_exchange_fini(&exchange);
    subject_session_free(session);
    loopback_stop(&loopback);
    body_free(body);
    ck_assert_msg(count.asked == 1, "%s: asked %zu times", changes[_i].method, count.asked);
    ck_assert_uint_eq(loopback.count, changes[_i].connections);
}
END_TEST

/* Closes every kept connection when it is asked once more, without an answer. */
static void serve_once(int fd, size_t number, void *context)
{
    char head[HEAD_MAX_BYTES];
    (void)number;
    (void)context;
    if (loopback_read_head(fd, head, sizeof head))
        loopback_write(fd, LENGTH "0\r\n\r\n", strlen(LENGTH "0\r\n\r\n"));
    loopback_read_head(fd, head, sizeof head);
}

START_TEST(asks_a_question_again)
{
    struct loopback loopback;
    struct subject_exchange exchange;
    struct subject_session *session = session_new(LATE_MS);
    loopback_start(&loopback, serve_once, NULL);
    const struct subject_request request = {.method = "GET", .url = loopback.url};
    for (int i = 0; i < 3; i++) {
        subject_send(session, &request, NULL, &exchange);
        ck_assert_msg(exchange.outcome == SUBJECT_ANSWERED, "%s", exchange.error);
        subject_exchange_fini(&exchange);
    }
    subject_session_free(session);
    loopback_stop(&loopback);
    ck_assert_uint_eq(loopback.count, 3);
}
END_TEST

/* ---- an answer before the end of the body ---- */

static const struct {
    const char *name;
    const char *reply;
    int status;
    const char *body;
} refusals[] = {
    {"with its length", "HTTP/1.1 413 No\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig", 413, "big"},
    {"in chunks", "HTTP/1.1 413 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbig\r\n0\r\n\r\n", 413, "big"},
    {"without a body", "HTTP/1.1 204 None\r\n\r\n", 204, ""},
};

/* With data unread, so that the kernel cuts the connection at once. */
static void serve_refusal(int fd, size_t number, void *context)
{
    char bytes[HEAD_MAX_BYTES];
    const char *reply = context;
    (void)number;
    for (size_t read = 0; read < 100000;) {
        ssize_t count = recv(fd, bytes, sizeof bytes, 0);
        if (count <= 0)
            return;
        read += (size_t)count;
    }
    loopback_write(fd, reply, strlen(reply));
}

START_TEST(reads_an_answer_behind_a_broken_upload)
{
    struct loopback loopback;
    struct subject_exchange exchange;
    struct subject_session *session = session_new(LATE_MS);
    struct body *body = made_body("32M");
    char *reply = mem_dup(refusals[_i].reply);
    loopback_start(&loopback, serve_refusal, reply);
    const struct subject_request request = {.method = "PUT", .url = loopback.url, .body = body};
    for (int i = 0; i < ROUNDS; i++) {
        subject_send(session, &request, NULL, &exchange);
        ck_assert_msg(exchange.outcome == SUBJECT_ANSWERED, "%s: %s", refusals[_i].name, exchange.error);
        ck_assert_int_eq(exchange.answer.status, refusals[_i].status);
        ck_assert_str_eq(exchange.answer.body, refusals[_i].body);
        ck_assert_uint_lt(exchange.sent_bytes, 32u << 20);
        ck_assert_uint_gt(exchange.sent_header_count, 0);
        subject_exchange_fini(&exchange);
    }
    subject_session_free(session);
    loopback_stop(&loopback);
    body_free(body);
    free(reply);
}
END_TEST

struct early {
    const char *reply;
    atomic_int refused; /* uploads that have their answer */
};

/* Answers once an upload is held, or at once where nothing is uploaded. */
static void serve_early(int fd, size_t number, void *context)
{
    char bytes[HEAD_MAX_BYTES];
    struct early *early = context;
    (void)number;
    if (!loopback_read_head(fd, bytes, sizeof bytes))
        return;
    bool upload = strncmp(bytes, "PUT", 3) == 0;
    for (size_t read = 0; upload && read < HELD_BYTES;) {
        ssize_t count = recv(fd, bytes, sizeof bytes, 0);
        if (count <= 0)
            return;
        read += (size_t)count;
    }
    loopback_write(fd, early->reply, strlen(early->reply));
    atomic_fetch_add(&early->refused, upload);
    while (recv(fd, bytes, sizeof bytes, 0) > 0)
        ;
}

/* libcurl does not call such an exchange over as long as the upload is held. */
START_TEST(reads_the_answer_to_an_upload_that_is_held_and_then_cut)
{
    struct loopback loopback;
    struct subject_exchange exchange;
    struct subject_session *session = session_new(LATE_MS);
    struct body *body = made_body("1M");
    struct early early = {"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 0};
    loopback_start(&loopback, serve_early, &early);
    const struct subject_request upload = {.method = "PUT", .url = loopback.url, .body = body};
    const struct subject_request other = {.method = "GET", .url = loopback.url};
    for (int i = 0; i < HELD_ROUNDS; i++) {
        struct subject_open *open = subject_open(session, &upload, HELD_BYTES);
        for (int ms = 0; ms < LATE_MS && atomic_load(&early.refused) == i; ms++)
            clock_sleep_ms(1);
        for (int k = 0; k < 3; k++) { /* which serve what is held meanwhile */
            subject_send(session, &other, NULL, &exchange);
            subject_exchange_fini(&exchange);
        }
        subject_abandon(open, &exchange);
        ck_assert_msg(exchange.outcome == SUBJECT_ANSWERED, "%s", exchange.error);
        ck_assert_int_eq(exchange.answer.status, 503);
        ck_assert_uint_lt(exchange.sent_bytes, 1u << 20);
        subject_exchange_fini(&exchange);
    }
    subject_session_free(session);
    loopback_stop(&loopback);
    body_free(body);
}
END_TEST

struct leaving {
    bool leaves;
    atomic_bool left;
};

/* Closes the connection of a held upload, or waits until that is cut. */
static void serve_leaving(int fd, size_t number, void *context)
{
    char bytes[HEAD_MAX_BYTES];
    struct leaving *leaving = context;
    (void)number;
    if (!loopback_read_head(fd, bytes, sizeof bytes))
        return;
    while (!leaving->leaves && recv(fd, bytes, sizeof bytes, 0) > 0)
        ;
    shutdown(fd, SHUT_WR);
    atomic_store(&leaving->left, true);
}

START_TEST(tells_who_has_cut_a_held_upload)
{
    struct loopback loopback;
    struct subject_exchange exchange;
    struct subject_session *session = session_new(LATE_MS);
    struct body *body = made_body("1M");
    struct leaving leaving = {.leaves = _i};
    loopback_start(&loopback, serve_leaving, &leaving);
    const struct subject_request upload = {.method = "PUT", .url = loopback.url, .body = body};
    struct subject_open *open = subject_open(session, &upload, HELD_BYTES);
    for (int ms = 0; ms < LATE_MS && leaving.leaves && !atomic_load(&leaving.left); ms++)
        clock_sleep_ms(1);
    subject_abandon(open, &exchange);
    ck_assert_int_eq(exchange.outcome, SUBJECT_BROKEN);
    ck_assert_int_eq(exchange.lost, leaving.leaves);
    ck_assert(!exchange.stale);
    subject_exchange_fini(&exchange);
    subject_session_free(session);
    loopback_stop(&loopback);
    body_free(body);
}
END_TEST

START_TEST(tells_of_an_upload_that_was_cut)
{
    struct loopback loopback;
    struct subject_exchange exchange;
    struct subject_session *session = session_new(LATE_MS);
    struct body *body = made_body("32M");
    char nothing[] = "";
    loopback_start(&loopback, serve_refusal, nothing);
    const struct subject_request request = {.method = "PUT", .url = loopback.url, .body = body};
    subject_send(session, &request, NULL, &exchange);
    ck_assert_int_eq(exchange.outcome, SUBJECT_BROKEN);
    ck_assert_int_eq(exchange.answer.status, 0);
    subject_exchange_fini(&exchange);
    subject_session_free(session);
    loopback_stop(&loopback);
    body_free(body);
}
END_TEST

/* ---- a name that is looked up for ever ---- */

#define STALLED_HOST "stalled.invalid"
#define STALL_MAX_MS 20000

static atomic_bool stall_over;
static atomic_int lookups_over;

/* Takes the place of the C library's for the whole of this program, libcurl included. */
int getaddrinfo(const char *restrict node, const char *restrict service,
                const struct addrinfo *restrict hints, struct addrinfo **restrict ret_addresses)
{
    int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    if (!node || strcmp(node, STALLED_HOST) != 0)
        return real(node, service, hints, ret_addresses);
    for (int ms = 0; ms < STALL_MAX_MS && !atomic_load(&stall_over); ms += 5)
        clock_sleep_ms(5);
    atomic_fetch_add(&lookups_over, 1);
    return EAI_AGAIN;
}

static size_t count_threads(void)
{
    size_t count = 0;
    DIR *tasks = opendir("/proc/self/task");
    while (tasks && readdir(tasks))
        count++;
    if (tasks)
        closedir(tasks);
    return count;
}

START_TEST(does_not_wait_for_a_stalled_lookup)
{
    struct subject_exchange exchange;
    size_t threads = count_threads();
    struct subject_session *session = session_new(TIMEOUT_MS);
    const struct subject_request request = {.method = "GET", .url = "http://" STALLED_HOST "/"};
    subject_send(session, &request, NULL, &exchange);
    subject_session_free(session);
    ck_assert_int_eq(atomic_load(&lookups_over), 0);
    ck_assert_msg(exchange.outcome == SUBJECT_UNREACHABLE || exchange.outcome == SUBJECT_TIMEOUT, "%d",
                  (int)exchange.outcome);
    subject_exchange_fini(&exchange);
    atomic_store(&stall_over, true);
    for (int ms = 0; ms < STALL_MAX_MS && count_threads() > threads; ms += 5)
        clock_sleep_ms(5); /* libcurl's thread must end before the program frees what it uses */
    ck_assert_int_eq(atomic_load(&lookups_over), 1);
}
END_TEST

/* ---- side by side ---- */

struct asker {
    const char *url;
    size_t answered;
    pthread_t thread;
};

static void *ask_often(void *context)
{
    struct asker *asker = context;
    struct subject_session *session = session_new(LATE_MS);
    const struct subject_request request = {.method = "GET", .url = asker->url};
    for (int i = 0; i < ROUNDS; i++) {
        struct subject_exchange exchange;
        subject_send(session, &request, NULL, &exchange);
        asker->answered += exchange.outcome == SUBJECT_ANSWERED ? 1 : 0;
        subject_exchange_fini(&exchange);
    }
    subject_session_free(session);
    return NULL;
}

START_TEST(runs_sessions_side_by_side)
{
    struct count count = {.lock = PTHREAD_MUTEX_INITIALIZER, .answers = true};
    struct loopback loopback;
    loopback_start(&loopback, serve_counting, &count);
    struct asker askers[3] = {{.url = loopback.url}, {.url = loopback.url}, {.url = loopback.url}};
    for (int i = 0; i < TESTING_COUNT(askers); i++)
        ck_assert_int_eq(pthread_create(&askers[i].thread, NULL, ask_often, &askers[i]), 0);
    for (int i = 0; i < TESTING_COUNT(askers); i++) {
        pthread_join(askers[i].thread, NULL);
        ck_assert_uint_eq(askers[i].answered, ROUNDS);
    }
    loopback_stop(&loopback);
    ck_assert_uint_eq(loopback.count, 3); /* each kept its connection */
}
END_TEST

TCase *tests_of_subject_liars(void)
{
    TCase *tests = tcase_create("subject-liars");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, sees_through, 0, TESTING_COUNT(lies));
    tcase_add_loop_test(tests, takes_what_is_allowed, 0, TESTING_COUNT(truths));
    tcase_add_loop_test(tests, asks_for_a_change_once, 0, TESTING_COUNT(changes));
    tcase_add_test(tests, asks_a_question_again);
    tcase_add_loop_test(tests, reads_an_answer_behind_a_broken_upload, 0, TESTING_COUNT(refusals));
    tcase_add_test(tests, reads_the_answer_to_an_upload_that_is_held_and_then_cut);
    tcase_add_test(tests, tells_of_an_upload_that_was_cut);
    tcase_add_loop_test(tests, tells_who_has_cut_a_held_upload, 0, 2);
    tcase_add_test(tests, does_not_wait_for_a_stalled_lookup);
    tcase_add_test(tests, runs_sessions_side_by_side);
    return tests;
}
