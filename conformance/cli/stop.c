#include "conformance/cli/stop.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static atomic_bool stopping;

static void say(const char *text)
{
    ssize_t written = write(STDERR_FILENO, text, strlen(text)); /* nothing can be done when it fails */
    (void)written;
}

static void on_signal(int number)
{
    if (atomic_exchange(&stopping, true))
        _exit(128 + number);
    say("\nstopping: removing what was created; once more to leave at once\n");
}

atomic_bool *stop_on_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    return &stopping;
}
