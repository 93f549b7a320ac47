#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conformance/target/target.h"

#define READY_MS     5000
#define END_MS       3000
#define END_EVERY_MS 2

struct target_process {
    pid_t pid;
    char *program;
};

static const char ready[] = "listening on ";

char *target_find_program(const char *name)
{
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (strchr(name, '/') || length <= 0)
        return mem_dup(name);
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    char *beside = mem_printf("%s/%s", self, name);
    if (access(beside, X_OK) == 0)
        return beside;
    free(beside);
    return mem_dup(name);
}

/* In a process group of its own: a Ctrl-C on the terminal is for the judge, which still has to clean up. */
static void become(const char *program, char *const *arguments, int output)
{
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (dup2(output, STDOUT_FILENO) >= 0)
        execvp(program, arguments);
    _exit(127);
}

static char **make_arguments(const struct target *target, char *program, char *const *extra,
                             size_t extra_count)
{
    char **arguments = mem_alloc((target->argument_count + extra_count + 2) * sizeof *arguments);
    size_t count = 0;
    arguments[count++] = program;
    for (size_t i = 0; i < target->argument_count; i++)
        arguments[count++] = target->arguments[i];
    for (size_t i = 0; i < extra_count; i++)
        arguments[count++] = extra[i];
    return arguments;
}

enum line_end {
    LINE_READ,
    LINE_NEVER, /* the other side has closed before the end of a line */
    LINE_LATE,
};

/* Reads up to a newline. */
static enum line_end read_line(int fd, char *line, size_t size)
{
    uint64_t deadline_us = clock_now_us() + READY_MS * 1000;
    size_t length = 0;
    while (length + 1 < size) {
        uint64_t now_us = clock_now_us();
        struct pollfd waits = {.fd = fd, .events = POLLIN};
        if (now_us >= deadline_us || poll(&waits, 1, (int)((deadline_us - now_us) / 1000 + 1)) <= 0)
            return LINE_LATE;
        ssize_t count = read(fd, line + length, 1);
        if (count <= 0)
            return LINE_NEVER;
        if (line[length] == '\n') {
            line[length] = '\0';
            return LINE_READ;
        }
        length++;
    }
    return LINE_NEVER;
}

static bool wait_ready(struct target *target, int output, struct err *err)
{
    char line[512];
    switch (read_line(output, line, sizeof line)) {
    case LINE_LATE:
        return err_set(err, ERR_IO, "%s did not say that it listens within %d s", target->program,
                       READY_MS / 1000);
    case LINE_NEVER:
        return err_set(err, ERR_IO, "%s ended instead of listening", target->program);
    case LINE_READ:
        break;
    }
    if (strncmp(line, ready, strlen(ready)) != 0)
        return err_set(err, ERR_IO, "%s said '%s' where it should say '%sURL'", target->program, line, ready);
    free(target->url);
    target->url = mem_dup(line + strlen(ready));
    return true;
}

static pid_t spawn(const char *program, char *const *arguments, int output, struct err *err)
{
    pid_t pid = fork();
    if (pid == 0)
        become(program, arguments, output);
    if (pid < 0)
        err_set_errno(err, "cannot start %s", program);
    return pid;
}

struct target_process *target_start(struct target *target, char *const *extra, size_t extra_count,
                                    struct err *err)
{
    int ends[2];
    if (!target_has_secrets(target, err))
        return NULL;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        err_set_errno(err, "cannot start %s", target->program);
        return NULL;
    }
    char *program = target_find_program(target->program);
    char **arguments = make_arguments(target, program, extra, extra_count);
    pid_t pid = spawn(program, arguments, ends[1], err);
    free(arguments);
    close(ends[1]);
    struct target_process *process = NULL;
    if (pid > 0) {
        process = mem_alloc(sizeof *process);
        *process = (struct target_process){pid, program};
    } else {
        free(program);
    }
    if (process && !wait_ready(target, ends[0], err)) {
        target_stop(process, NULL);
        process = NULL;
    }
    close(ends[0]);
    return process;
}

/* What a process that ended by itself ended with. */
static void say_ended(const struct target_process *process, int status, struct err *err)
{
    if (WIFSIGNALED(status))
        err_set(err, ERR_IO, "%s was ended by signal %d (%s) during the run", process->program,
                WTERMSIG(status), strsignal(WTERMSIG(status)));
    else
        err_set(err, ERR_IO, "%s ended with status %d during the run", process->program, WEXITSTATUS(status));
}

static bool has_ended(pid_t pid, int *ret_status)
{
    return waitpid(pid, ret_status, WNOHANG) == pid;
}

static void end(pid_t pid)
{
    int status;
    kill(pid, SIGTERM);
    for (int waited_ms = 0; waited_ms < END_MS; waited_ms += END_EVERY_MS) {
        if (has_ended(pid, &status))
            return;
        clock_sleep_ms(END_EVERY_MS);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
}

bool target_stop(struct target_process *process, struct err *err)
{
    if (!process)
        return true;
    int status;
    bool ended = has_ended(process->pid, &status);
    if (ended)
        say_ended(process, status, err);
    else
        end(process->pid);
    free(process->program);
    free(process);
    return !ended;
}
