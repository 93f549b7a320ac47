#include "conformance/cli/run_apart.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define LOOK_MS 20

static const char self[] = "/proc/self/exe";

/* In a process group of its own: a Ctrl-C on the terminal is passed on once, since the second one means "at
 * once". */
static void become(char *const *arguments)
{
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(self, arguments);
    _exit(127);
}

static char **with_name(char *const *arguments)
{
    static char name[] = "imageproof";
    char **whole = NULL;
    size_t count = 0;
    *mem_append(&whole, &count) = name;
    for (size_t i = 0; arguments[i]; i++)
        *mem_append(&whole, &count) = arguments[i];
    *mem_append(&whole, &count) = NULL;
    return whole;
}

/* Its wait status; -1 with errno set. */
static int wait_for(pid_t pid, const atomic_bool *stop)
{
    const struct timespec pause = {.tv_nsec = LOOK_MS * 1000000L};
    bool asked = false;
    for (;;) {
        int status;
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid)
            return status;
        if (ended < 0 && errno != EINTR)
            return -1;
        if (!asked && atomic_load(stop)) {
            kill(pid, SIGTERM);
            asked = true;
        }
        nanosleep(&pause, NULL);
    }
}

bool run_apart(char *const *arguments, const atomic_bool *stop, int *ret_status, struct err *err)
{
    char **whole = with_name(arguments);
    pid_t pid = fork();
    if (pid == 0)
        become(whole);
    free(whole);
    if (pid < 0)
        return err_set_errno(err, "cannot start a run");
    int status = wait_for(pid, stop);
    if (status < 0)
        return err_set_errno(err, "cannot wait for a run");
    if (!WIFEXITED(status))
        return err_set(err, ERR_IO, "a run was ended by signal %d", WTERMSIG(status));
    *ret_status = WEXITSTATUS(status);
    return true;
}
