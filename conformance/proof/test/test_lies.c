/* Liars: what each makes of an answer, and which answers give it no occasion. */
#include <string.h>

#include "base/testing.h"
#include "conformance/proof/lies.h"

#define STATUS   "HTTP/1.1 200 OK\r\n"
#define HEAD     STATUS "Content-Length: 4\r\nX-A: b"
#define FULL     HEAD "\r\n\r\nabcd"
#define EMPTY    "HTTP/1.1 204 None\r\nX-A: b\r\n\r\n"
#define CHUNKED  STATUS "X-A: b\r\nTransfer-Encoding: chunked\r\n\r\n"
#define NUL_HEAD HEAD "\r\nX-Lie: a"

static const struct {
    const char *name;
    const char *full;  /* what becomes of FULL, up to a NUL */
    const char *empty; /* what becomes of EMPTY; NULL: no occasion */
} table[] = {
    {"no-answer", "", ""},
    {"half-a-status", "HTTP/1.1 2", "HTTP/1.1 2"},
    {"half-a-head", "HTTP/1.1 200 OK\r\nCont", "HTTP/1.1 204"},
    {"half-a-body", HEAD "\r\n\r\nab", NULL},
    {"status-is-a-word", "HTTP/1.1 Fine\r\nContent-Length: 4\r\nX-A: b\r\n\r\nabcd",
     "HTTP/1.1 Fine\r\nX-A: b\r\n\r\n"},
    {"another-protocol", "220 ready\r\nContent-Length: 4\r\nX-A: b\r\n\r\nabcd",
     "220 ready\r\nX-A: b\r\n\r\n"},
    {"header-without-colon", HEAD "\r\nnonsense\r\n\r\nabcd",
     "HTTP/1.1 204 None\r\nX-A: b\r\nnonsense\r\n\r\n"},
    {"header-with-nul", NUL_HEAD, "HTTP/1.1 204 None\r\nX-A: b\r\nX-Lie: a"},
    {"length-is-a-word", STATUS "X-A: b\r\nContent-Length: many\r\n\r\nabcd", NULL},
    {"length-below-zero", STATUS "X-A: b\r\nContent-Length: -1\r\n\r\nabcd", NULL},
    {"length-too-long", STATUS "X-A: b\r\nContent-Length: 11\r\n\r\nabcd", NULL},
    {"length-too-short", STATUS "X-A: b\r\nContent-Length: 3\r\n\r\nabcd", NULL},
    {"two-lengths", HEAD "\r\nContent-Length: 5\r\n\r\nabcd", NULL},
    {"length-and-chunks", HEAD "\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n", NULL},
    {"chunk-without-size", CHUNKED "many\r\nabcd", NULL},
    {"half-a-chunk", CHUNKED "4\r\nab", NULL},
    {"no-last-chunk", CHUNKED "4\r\nabcd\r\n", NULL},
};

static const struct lie *lie_named(const char *name)
{
    for (size_t i = 0; i < lie_count; i++) {
        if (strcmp(lies[i].name, name) == 0)
            return &lies[i];
    }
    ck_abort_msg("there is no lie %s", name);
    return NULL;
}

static void check_lie(const struct lie *lie, const char *truth, const char *told)
{
    struct buf out;
    struct lie_answer answer;
    buf_init(&out, BUF_KIB);
    ck_assert(lie_answer_of(truth, strlen(truth), &answer));
    bool has_occasion = lie->tell(&answer, &out);
    ck_assert_msg(has_occasion == (told != NULL), "%s has %s occasion", lie->name,
                  has_occasion ? "an" : "no");
    if (told && *told)
        ck_assert_str_eq(out.data, told);
    else if (told)
        ck_assert_uint_eq(out.length, 0);
    buf_fini(&out);
}

START_TEST(tells)
{
    const struct lie *lie = lie_named(table[_i].name);
    check_lie(lie, FULL, table[_i].full);
    check_lie(lie, EMPTY, table[_i].empty);
}
END_TEST

START_TEST(tells_every_lie_there_is)
{
    ck_assert_uint_eq(lie_count, TESTING_COUNT(table));
}
END_TEST

static const struct {
    const char *bytes;
    int status; /* -1: no answer at all */
} answers[] = {
    {FULL, 200},
    {EMPTY, 204},
    {"HTTP/1.1 999 X\r\n\r\n", 999},
    {"HTTP/1.1 Fine\r\n\r\n", 0},
    {"HTTP/1.1\r\n\r\n", 0},
    {"HTTP/1.1 \r\n\r\n", 0},
    {"HTTP/1.1 -1 X\r\n\r\n", 0},
    {"HTTP/1.1 1000 X\r\n\r\n", 0},
    {"HTTP/1.1 99999999999999999999 X\r\n\r\n", 0},
    {"\r\n\r\n", 0},
    {"", -1},
    {"HTTP/1.1 200 OK\r\n", -1},
    {"HTTP/1.1 200 OK\n\n", -1},
};

START_TEST(reads_answers)
{
    struct lie_answer answer;
    bool is_answer = lie_answer_of(answers[_i].bytes, strlen(answers[_i].bytes), &answer);
    ck_assert_int_eq(is_answer ? lie_answer_status(&answer) : -1, answers[_i].status);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("lies");
    tcase_add_loop_test(tests, tells, 0, TESTING_COUNT(table));
    tcase_add_test(tests, tells_every_lie_there_is);
    tcase_add_loop_test(tests, reads_answers, 0, TESTING_COUNT(answers));
    return testing_run("lies", (TCase *const[]){tests, NULL});
}
