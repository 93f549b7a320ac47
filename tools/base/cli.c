#include "base/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"

static const char *program_name;

static void finish_output(void)
{
    errno = 0;
    bool failed = ferror(stdout);
    if (fflush(stdout) == 0 && !failed)
        return;
    if (errno == 0) { /* why an earlier write failed is not kept: one more byte fails for the same reason */
        fputc('\n', stdout);
        fflush(stdout);
    }
    fprintf(stderr, "%s: standard output: %s\n", program_name, errno ? strerror(errno) : "cannot be written");
    _exit(EXIT_STATUS_NOT_JUDGED);
}

/* Opened the wrong way round, so that reading and writing still fail. */
static void take_closed_files(void)
{
    static const int modes[] = {
        [STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDONLY};
    for (int i = 0; i < (int)(sizeof modes / sizeof *modes); i++) {
        if (fcntl(i, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", modes[i]); /* NOLINT: stays open, and is inherited, as a standard file is */
    }
}

void cli_begin(const char *program)
{
    program_name = program;
    take_closed_files();
    atexit(finish_output);
}

void cli_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    argp_err_exit_status = EXIT_STATUS_USAGE;
    argp_parse(argp, argc, argv, 0, NULL, input);
}

void cli_complain(const char *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    CLEANUP(text) char *text = mem_vprintf(format, args);
    va_end(args);
    fprintf(stderr, "imageproof %s: %s\n", command, text);
}

void cli_complain_err(const char *command, const struct err *err)
{
    char text[ERR_FORMAT_SIZE];
    cli_complain(command, "%s", err_format(err, text, sizeof text));
}
