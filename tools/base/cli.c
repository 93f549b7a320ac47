#include "base/cli.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"

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
