#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/subject.h"
#include "conformance/target/target.h"
#include "conformance/test/test_judge.h"

static const struct {
    const char *text;
    const char *base; /* NULL: refused */
} urls[] = {
    {"http://127.0.0.1:9292", "http://127.0.0.1:9292"},
    {"https://images.example/glance//", "https://images.example/glance"},
    {"ftp://127.0.0.1", NULL},
    {"http://me:secret@127.0.0.1", NULL},
    {"http://127.0.0.1/?a=b", NULL},
    {"http://127.0.0.1/#top", NULL},
    {"http://", NULL},
    {"here", NULL},
    {"", NULL},
};

START_TEST(takes_base_addresses)
{
    struct err err = ERR_INIT;
    char *base = subject_base_url(urls[_i].text, &err);
    ck_assert_pstr_eq(base, urls[_i].base);
    ck_assert_ptr_null(strstr(err.text, "secret"));
    free(base);
}
END_TEST

static char word_a[] = "multistore";
static char word_b[] = "admin";
static char word_c[] = "project_quota";
static char word_d[] = "owner";

START_TEST(tells_what_it_lacks)
{
    struct target *target = target_from_url("http://127.0.0.1", "alice:demo:member", NULL);
    char *features[] = {word_a};
    char *identities[] = {word_b};
    char *limits[] = {word_c};
    const struct spec_needs needs = {.features = features,
                                     .feature_count = 1,
                                     .identities = identities,
                                     .identity_count = 1,
                                     .limits = limits,
                                     .limit_count = 1};
    char *lacks = target_lacks(target, "images-v1", &needs);
    ck_assert_str_eq(lacks,
                     "no API images-v1, no feature multistore, no identity admin, no limit project_quota");
    free(lacks);
    target_offer(target, "images-v1");
    target_offer(target, "images-v1");
    char *projects[] = {word_d, word_b};
    lacks = target_lacks(target, "images-v1", &(struct spec_needs){.projects = projects, .project_count = 2});
    ck_assert_str_eq(lacks, "no project of owner"); /* admin is no identity of it */
    free(lacks);
    ck_assert_ptr_null(target_lacks(target, "images-v1", &(struct spec_needs){0}));
    ck_assert_uint_eq(target->feature_count, 2);
    target_free(target);
}
END_TEST

/* ---- hooks ---- */

static const struct {
    const char *state; /* a condition, as a target file has it */
    bool alone;
    size_t words; /* of the program that leaves it; 0: none */
    uint64_t timeout_ms;
} hooks[] = {
    {"{}", false, 0, 0},
    {"{leave: {method: DELETE, path: /full}}", false, 0, 0},
    {"{leave: {method: DELETE, path: /full}, alone: true}", true, 0, 0},
    {"{leave: {run: [unlock]}}", true, 1, 30000},
    {"{leave: {run: [unlock, \"${run.id}\", 3], timeout: 500ms}}", true, 3, 500},
    {"{leave: {run: [unlock]}, alone: false}", false, 1, 30000},
    {"{enter: {run: [lock]}, leave: {method: DELETE, path: /full}}", true, 0, 0},
};

START_TEST(reads_hooks)
{
    struct err err = ERR_INIT;
    CLEANUP(text)
    char *text = mem_printf("subject: s\nurl: http://h\nconditions:\n  full: %s\n", hooks[_i].state);
    struct target *target = target_from_description(text, &err);
    ck_assert_msg(target != NULL, "%s", err.text);
    const struct target_state *state = target_condition(target, "full");
    const struct target_hook *leave = state->leave;
    ck_assert_msg(state->alone == hooks[_i].alone, "%s", hooks[_i].state);
    ck_assert_uint_eq(leave ? leave->run_count : 0, hooks[_i].words);
    ck_assert_uint_eq(leave ? leave->timeout_ms : 0, hooks[_i].timeout_ms);
    ck_assert_int_eq(leave && leave->send, leave && hooks[_i].words == 0);
    ck_assert_int_eq(target_leaves_by(target, "unlock"), hooks[_i].words > 0);
    ck_assert(!target_leaves_by(target, "lock"));
    ck_assert(!target_leaves_by(target, ""));
    target_free(target);
}
END_TEST

/* Arguments may have credentials in them: who reads a report has the program alone, and it is read again. */
START_TEST(describes_programs_alone)
{
    static const char text[] = "subject: s\nurl: http://h\nmax_upload: 1M\nallow: [all-images]\nconditions:\n"
                               "  full: {enter: {run: [lock, s3cret]}, leave: {run: [unlock, s3cret, b]}}\n"
                               "limits:\n  cap: {value: 1, leave: {run: [unlock, s3cret]}}\n";
    struct err err = ERR_INIT;
    struct target *target = target_from_description(text, &err);
    ck_assert_msg(target != NULL, "%s", err.text);
    CLEANUP(text) char *told = target_describe(target);
    target_free(target);
    ck_assert_ptr_null(strstr(told, "s3cret"));
    target = target_from_description(told, &err);
    ck_assert_msg(target != NULL, "%s", err.text);
    ck_assert(target_condition(target, "full")->alone);
    ck_assert_uint_eq(target_condition(target, "full")->leave->run_count, 1);
    ck_assert_uint_eq(target->max_upload_bytes, 1U << 20);
    ck_assert_uint_eq(target->allowed_count, 1);
    target_free(target);
}
END_TEST

/* ---- a program that is started ---- */

static struct target *target_of(const char *program, char **arguments, size_t count)
{
    struct target *target = calloc(1, sizeof *target);
    target->program = strdup(program);
    target->arguments = calloc(count + 1, sizeof *arguments);
    for (size_t i = 0; i < count; i++)
        target->arguments[i] = strdup(arguments[i]);
    target->argument_count = count;
    return target;
}

static char dash_c[] = "-c";
static char says_ready[] = "echo listening on http://127.0.0.1:1; exec sleep 60";
static char says_other[] = "echo hello; exec sleep 60";
static char says_nothing[] = "exit 3";
static char ends_soon[] = "echo listening on http://127.0.0.1:1; exit 7";
static char ignores_term[] =
    "trap '' TERM; echo listening on http://127.0.0.1:1; while :; do sleep 0.1; done";

START_TEST(starts_and_stops)
{
    char *arguments[] = {dash_c, says_ready};
    struct err err = ERR_INIT;
    struct target *target = target_of("/bin/sh", arguments, 2);
    struct target_process *process = target_start(target, NULL, 0, &err);
    ck_assert_msg(process != NULL, "%s", err.text);
    ck_assert_str_eq(target->url, "http://127.0.0.1:1");
    ck_assert(target_stop(process, &err));
    target_free(target);
}
END_TEST

static const struct {
    const char *program;
    char *script;
    const char *fragment;
} silent[] = {
    {"/bin/sh", says_other, "where it should say 'listening on URL'"},
    {"/bin/sh", says_nothing, "ended instead of listening"},
    {"no-such-program-at-all", says_ready, "ended instead of listening"},
};

START_TEST(says_when_nobody_listens)
{
    char *arguments[] = {dash_c, silent[_i].script};
    struct err err = ERR_INIT;
    struct target *target = target_of(silent[_i].program, arguments, 2);
    ck_assert_ptr_null(target_start(target, NULL, 0, &err));
    ck_assert_ptr_nonnull(strstr(err.text, silent[_i].fragment));
    target_free(target);
}
END_TEST

START_TEST(says_when_it_has_ended)
{
    char *arguments[] = {dash_c, ends_soon};
    struct err err = ERR_INIT;
    struct target *target = target_of("/bin/sh", arguments, 2);
    struct target_process *process = target_start(target, NULL, 0, &err);
    ck_assert_ptr_nonnull(process);
    clock_sleep_ms(500); /* it has ended long before */
    ck_assert(!target_stop(process, &err));
    ck_assert_ptr_nonnull(strstr(err.text, "ended with status 7"));
    target_free(target);
}
END_TEST

START_TEST(kills_what_does_not_stop)
{
    char *arguments[] = {dash_c, ignores_term};
    struct target *target = target_of("/bin/sh", arguments, 2);
    struct target_process *process = target_start(target, NULL, 0, NULL);
    ck_assert_ptr_nonnull(process);
    ck_assert(target_stop(process, NULL));
    target_free(target);
}
END_TEST

TCase *tests_of_target(void)
{
    TCase *tests = tcase_create("target");
    tcase_set_timeout(tests, 30);
    tcase_add_loop_test(tests, reads_hooks, 0, TESTING_COUNT(hooks));
    tcase_add_test(tests, describes_programs_alone);
    tcase_add_loop_test(tests, takes_base_addresses, 0, TESTING_COUNT(urls));
    tcase_add_test(tests, tells_what_it_lacks);
    tcase_add_test(tests, starts_and_stops);
    tcase_add_loop_test(tests, says_when_nobody_listens, 0, TESTING_COUNT(silent));
    tcase_add_test(tests, says_when_it_has_ended);
    tcase_add_test(tests, kills_what_does_not_stop);
    return tests;
}
