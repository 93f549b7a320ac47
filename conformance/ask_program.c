#include "conformance/ask_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "conformance/target/target.h"

static bool start(const char *program, char *const *arguments, int output, pid_t *ret_pid, struct err *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    errno = posix_spawnp(ret_pid, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    return errno == 0 || err_set_errno(err, "cannot start %s", program);
}

static bool read_all(int input, const char *program, struct buf *out, struct err *err)
{
    char bytes[16 * BUF_KIB];
    uint64_t deadline_us = clock_now_us() + ASK_PROGRAM_MS * 1000;
    for (;;) {
        uint64_t now_us = clock_now_us();
        struct pollfd waits = {.fd = input, .events = POLLIN};
        if (now_us >= deadline_us || poll(&waits, 1, (int)((deadline_us - now_us) / 1000 + 1)) <= 0)
            return err_set(err, ERR_TIMEOUT, "%s did not answer within %d s", program, ASK_PROGRAM_MS / 1000);
        ssize_t count = read(input, bytes, sizeof bytes);
        if (count == 0)
            return true;
        if (count < 0)
            return err_set_errno(err, "cannot read what %s says", program);
        if (!buf_append(out, bytes, (size_t)count))
            return err_set(err, ERR_LIMIT, "%s says more than %u bytes", program, ASK_PROGRAM_MAX_BYTES);
    }
}

static bool end(pid_t pid, const char *program, bool answered, struct err *err)
{
    int status;
    if (!answered)
        kill(pid, SIGKILL);
    if (waitpid(pid, &status, 0) != pid)
        return err_set_errno(err, "cannot wait for %s", program);
    if (answered && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        return err_set(err, ERR_IO, "%s did not end with status 0", program);
    return answered;
}

static json_t *parse(const struct buf *text, const char *program, struct err *err)
{
    json_error_t error;
    json_t *json = json_loadb(text->data, text->length, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(json)) {
        err_set(err, ERR_SYNTAX, "%s did not answer with a JSON object%s%s", program, json ? "" : ": ",
                json ? "" : error.text);
        json_decref(json);
        return NULL;
    }
    return json;
}

json_t *ask_program(char *const *arguments, struct err *err)
{
    int ends[2];
    pid_t pid;
    struct buf text;
    json_t *json = NULL;
    CLEANUP(text) char *program = target_find_program(arguments[0]);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        err_set_errno(err, "cannot start %s", program);
        return NULL;
    }
    buf_init(&text, ASK_PROGRAM_MAX_BYTES);
    bool started = start(program, arguments, ends[1], &pid, err);
    close(ends[1]);
    if (started && end(pid, program, read_all(ends[0], program, &text, err), err))
        json = parse(&text, program, err);
    close(ends[0]);
    buf_fini(&text);
    return json;
}
