/* imageproof mock ...: the same as imageproof-mock. */
#include <unistd.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "conformance/cli/cli.h"
#include "conformance/target/target.h"

static int run(int argc, char **argv)
{
    (void)argc;
    static char name[] = "imageproof-mock";
    CLEANUP(text) char *program = target_find_program(name);
    argv[0] = name;
    execvp(program, argv);
    cli_complain("mock", "%s cannot be started", program);
    return EXIT_STATUS_NOT_JUDGED;
}

const struct command command_mock = {"mock", "start the bundled reference server", run};
