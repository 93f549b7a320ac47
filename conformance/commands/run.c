/* imageproof run [SUBJECT]: DESIGN.md, "The command line". */
#include "base/exit_status.h"
#include "conformance/cli/run_options.h"
#include "conformance/cli/run_session.h"

static int run(int argc, char **argv)
{
    struct run_options options;
    run_options_parse(&options, argc, argv);
    struct target *target = NULL;
    int status = EXIT_STATUS_NOT_JUDGED;
    struct spec_suite *suite = cli_load_suite(&options.paths);
    if (suite && !cli_selection_knows_edition(&options.selection, "run", suite))
        status = EXIT_STATUS_USAGE;
    else if (suite)
        target = cli_subject_target(&options.subject);
    if (target) {
        cli_selection_claim(&options.selection, target);
        status = run_session(&options, suite, target);
    }
    target_free(target);
    spec_suite_free(suite);
    run_options_fini(&options);
    return status;
}

const struct command command_run = {"run", "run the suite against a service", run};
