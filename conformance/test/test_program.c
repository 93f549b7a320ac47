#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "base/testing.h"
#include "conformance/program.h"
#include "conformance/test/test_judge.h"

#define LONG_MS  60000
#define SHORT_MS 100
#define POLLS    1000

static bool run_script(const char *script, const char *argument, uint64_t timeout_ms, const atomic_bool *stop,
                       struct err *err)
{
    static char shell[] = "sh";
    static char option[] = "-c";
    char *words[] = {shell, option, mem_dup(script), shell, mem_dup(argument), NULL};
    bool done = program_run(words, timeout_ms, stop, err);
    free(words[2]);
    free(words[4]);
    return done;
}

static const struct {
    const char *name;
    const char *script;
    uint64_t timeout_ms;
    enum err_code code;
    const char *text; /* of the error, whole; NULL: none */
} scripts[] = {
    {"good", "exit 0", LONG_MS, ERR_NONE, NULL},
    {"good, and says much", "yes | head -c 300000", LONG_MS, ERR_NONE, NULL},
    {"has nothing to read", "read line; test -z \"$line\"", LONG_MS, ERR_NONE, NULL},
    {"is a group of its own", "test $(ps -o pgid= -p $$) = $$", LONG_MS, ERR_NONE, NULL},
    {"bad", "exit 3", LONG_MS, ERR_IO, "sh: ended with status 3"},
    {"says why", "echo no such store; exit 1", LONG_MS, ERR_IO, "sh: ended with status 1: no such store"},
    {"says why on the other one", "echo no such store >&2; exit 1", LONG_MS, ERR_IO,
     "sh: ended with status 1: no such store"},
    {"one line of it", "printf '\\n a\\tb\\r\\n\\033c\\n\\n'; exit 1", LONG_MS, ERR_IO,
     "sh: ended with status 1: a b   c"},
    {"killed", "kill -KILL $$", LONG_MS, ERR_IO, "sh: ended by signal 9"},
    {"endless", "echo waiting; sleep 60", SHORT_MS, ERR_TIMEOUT, "sh: not over within 100 ms: waiting"},
    {"endless, and deaf", "trap '' TERM; while :; do sleep 1; done", SHORT_MS, ERR_TIMEOUT,
     "sh: not over within 100 ms"},
    {"closed, and goes on", "exec >&- 2>&-; sleep 60", SHORT_MS, ERR_TIMEOUT, "sh: not over within 100 ms"},
};

START_TEST(a_program_ends_with_status_0)
{
    struct err err = ERR_INIT;
    bool done = run_script(scripts[_i].script, "", scripts[_i].timeout_ms, NULL, &err);
    ck_assert_msg(err.code == scripts[_i].code, "%s: %s", scripts[_i].name, err.text);
    ck_assert_int_eq(done, scripts[_i].code == ERR_NONE);
    if (scripts[_i].text)
        ck_assert_str_eq(err.text, scripts[_i].text);
}
END_TEST

/* Its last bytes, behind dots. */
START_TEST(what_is_told_is_short)
{
    struct err err = ERR_INIT;
    ck_assert(
        !run_script("yes 0123456789 | head -c 100000; echo; echo the end; exit 1", "", LONG_MS, NULL, &err));
    ck_assert_uint_lt(strlen(err.text), 260);
    ck_assert_ptr_nonnull(strstr(err.text, ": ..."));
    ck_assert_str_eq(err.text + strlen(err.text) - 7, "the end");
}
END_TEST

START_TEST(a_program_that_is_not_there_is_told)
{
    static char program[] = "/no/such/program";
    char *words[] = {program, NULL};
    struct err err = ERR_INIT;
    ck_assert(!program_run(words, LONG_MS, NULL, &err));
    ck_assert_str_eq(err.text, "/no/such/program: cannot be started: No such file or directory");
}
END_TEST

static long number_in(const char *path)
{
    CLEANUP(file) FILE *file = fopen(path, "re");
    char line[32] = "";
    return file && fgets(line, sizeof line, file) ? strtol(line, NULL, 10) : 0;
}

/* What nobody has reaped yet has ended, too. */
static bool has_ended(long pid)
{
    CLEANUP(text) char *path = mem_printf("/proc/%ld/stat", pid);
    CLEANUP(file) FILE *file = fopen(path, "re");
    char line[256] = "";
    const char *state = file && fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
    return !state || state[2] == 'Z';
}

static const struct {
    const char *name;
    const char *script; /* writes the pid of a child into $1 */
    bool stop;
    bool child_ends;
} families[] = {
    {"too long", "sleep 60 & echo $! >$1; wait", false, true},
    {"too long, and ends by itself then", "trap 'exit 0' TERM; sleep 60 & echo $! >$1; wait", false, true},
    {"stopped", "sleep 60 & echo $! >$1; wait", true, true},
    {"over", "sleep 60 & echo $! >$1", false, false},
};

/* What it has started ends with it, unless it ended by itself. */
START_TEST(children_end_with_what_is_ended)
{
    atomic_bool stop = families[_i].stop;
    CLEANUP(text) char *folder = temporary_folder();
    CLEANUP(text) char *path = mem_printf("%s/pid", folder);
    struct err err = ERR_INIT;
    const uint64_t timeout_ms = families[_i].child_ends ? 500 : LONG_MS;
    bool done = run_script(families[_i].script, path, timeout_ms, &stop, &err);
    ck_assert_msg(done != families[_i].child_ends, "%s: %s", families[_i].name, err.text);
    ck_assert_int_eq(err.code, families[_i].stop ? ERR_CANCELLED : done ? ERR_NONE : ERR_TIMEOUT);
    long pid = number_in(path); /* a stop may have come before it */
    for (int i = 0; pid > 0 && families[_i].child_ends && !has_ended(pid) && i < POLLS; i++)
        clock_sleep_ms(10);
    if (pid > 0)
        ck_assert_msg(has_ended(pid) == families[_i].child_ends, "%s: its child", families[_i].name);
    if (pid > 0 && !families[_i].child_ends)
        kill((pid_t)pid, SIGKILL);
    unlink(path);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

TCase *tests_of_program(void)
{
    TCase *tests = tcase_create("program");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_program_ends_with_status_0, 0, TESTING_COUNT(scripts));
    tcase_add_test(tests, what_is_told_is_short);
    tcase_add_test(tests, a_program_that_is_not_there_is_told);
    tcase_add_loop_test(tests, children_end_with_what_is_ended, 0, TESTING_COUNT(families));
    return tests;
}
