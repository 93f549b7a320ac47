#include "conformance/program.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

#define SLICE_MS   10   /* how soon an end is noticed, or a stop */
#define GRACE_MS   2000 /* from SIGTERM to SIGKILL */
#define SAID_MAX   200  /* bytes of what it said that are told */
#define LISTEN_MAX 100  /* pieces that may be in the pipe at its end; what it has started may go on */

int program_start(char *const *words, int output, int error, pid_t *ret_pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (error >= 0)
        posix_spawn_file_actions_adddup2(&actions, error, STDERR_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    int failed = posix_spawnp(ret_pid, words[0], &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

/* ---- what it says ---- */

/* The last bytes of it. */
struct said {
    char bytes[SAID_MAX + 1];
    size_t length;
    bool cut;
};

static void keep(struct said *said, const char *bytes, size_t length)
{
    size_t kept = length < SAID_MAX ? length : SAID_MAX;
    size_t room = SAID_MAX - kept;
    size_t old = said->length < room ? said->length : room;
    said->cut = said->cut || kept < length || old < said->length;
    memmove(said->bytes, said->bytes + said->length - old, old);
    memcpy(said->bytes + old, bytes + length - kept, kept);
    said->length = old + kept;
}

/* Waits for more of it at most so long, and takes what is there: whether there was any. */
static bool listen_for(int input, uint64_t ms, struct said *said)
{
    char bytes[1024];
    struct pollfd waits = {.fd = input, .events = POLLIN};
    ssize_t count = poll(&waits, 1, (int)ms) > 0 ? read(input, bytes, sizeof bytes) : 0;
    if (count > 0)
        keep(said, bytes, (size_t)count);
    return count > 0;
}

/* One line, without blanks at its ends. */
static const char *line_of(struct said *said)
{
    for (size_t i = 0; i < said->length; i++) {
        if (iscntrl((unsigned char)said->bytes[i]))
            said->bytes[i] = ' ';
    }
    while (said->length > 0 && said->bytes[said->length - 1] == ' ')
        said->length--;
    said->bytes[said->length] = '\0';
    return said->bytes + strspn(said->bytes, " ");
}

/* ---- how it ends ---- */

/* Without reaping it: its group cannot be anyone else's as long. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

/* Its group ends with it: whatever it has started holds what it was about to change. */
static void end(pid_t pid, int *ret_status)
{
    kill(-pid, SIGTERM);
    for (uint64_t waited_ms = 0; waited_ms < GRACE_MS && !has_ended(pid); waited_ms += SLICE_MS)
        clock_sleep_ms(SLICE_MS);
    kill(-pid, SIGKILL);
    waitpid(pid, ret_status, 0);
}

/* Whether it came to an end of its own. The pipe never ends, since this side holds the other end of it too:
 * what it has started may hold that for good. */
static bool wait_for(pid_t pid, int input, uint64_t timeout_ms, const atomic_bool *stop, struct said *said,
                     int *ret_status, struct err *err)
{
    uint64_t deadline_us = clock_now_us() + timeout_ms * 1000;
    while (waitpid(pid, ret_status, WNOHANG) != pid) {
        if (stop && atomic_load_explicit(stop, memory_order_relaxed))
            return err_set(err, ERR_CANCELLED, "stopped");
        if (clock_now_us() >= deadline_us)
            return err_set(err, ERR_TIMEOUT, "not over within %" PRIu64 " ms", timeout_ms);
        listen_for(input, SLICE_MS, said);
    }
    return true;
}

static bool understand(int status, struct err *err)
{
    if (WIFSIGNALED(status))
        return err_set(err, ERR_IO, "ended by signal %d", WTERMSIG(status));
    return WEXITSTATUS(status) == 0 || err_set(err, ERR_IO, "ended with status %d", WEXITSTATUS(status));
}

static bool run_with(char *const *words, const int ends[2], uint64_t timeout_ms, const atomic_bool *stop,
                     struct said *said, struct err *err)
{
    pid_t pid;
    int status;
    int failed = program_start(words, ends[1], ends[1], &pid);
    if (failed)
        return err_set(err, ERR_IO, "cannot be started: %s", strerror(failed));
    bool ended = wait_for(pid, ends[0], timeout_ms, stop, said, &status, err);
    if (!ended)
        end(pid, &status);
    for (size_t i = 0; i < LISTEN_MAX && listen_for(ends[0], 0, said); i++) {
    }
    return ended && understand(status, err);
}

bool program_run(char *const *words, uint64_t timeout_ms, const atomic_bool *stop, struct err *err)
{
    int ends[2];
    struct said said = {.length = 0};
    struct err own = ERR_INIT;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set_errno(err, "%s", words[0]);
    bool done = run_with(words, ends, timeout_ms, stop, &said, &own);
    close(ends[0]);
    close(ends[1]);
    if (done)
        return true;
    const char *line = line_of(&said);
    return err_set(err, own.code, "%s: %s%s%s%s", words[0], own.text, *line ? ": " : "",
                   said.cut ? "..." : "", line);
}
