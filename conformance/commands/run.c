/* imageproof run [SUBJECT]: DESIGN.md, "The command line". */
#include "base/exit_status.h"
#include "conformance/cli/dry_run.h"
#include "conformance/cli/resume.h"
#include "conformance/cli/run_options.h"
#include "conformance/cli/run_session.h"

static int run_with(struct run_options *options, struct spec_suite *suite, struct resume *resume)
{
    struct target *target = cli_subject_target(&options->subject);
    if (!target)
        return EXIT_STATUS_NOT_JUDGED;
    if (resume)
        resume_claim(resume, target);
    else
        cli_selection_claim(&options->selection, target);
    int status = options->dry ? dry_run(options, suite, target) : run_session(options, suite, target, resume);
    target_free(target);
    return status;
}

static int resume_with(struct run_options *options, struct spec_suite *suite)
{
    struct resume resume;
    int status = resume_open(&resume, options) ? run_with(options, suite, &resume) : EXIT_STATUS_NOT_JUDGED;
    resume_fini(&resume);
    return status;
}

static int run(int argc, char **argv)
{
    struct run_options options;
    run_options_parse(&options, argc, argv);
    int status = EXIT_STATUS_NOT_JUDGED;
    struct spec_suite *suite = cli_load_suite(&options.paths);
    if (suite && !cli_selection_knows_edition(&options.selection, "run", suite))
        status = EXIT_STATUS_USAGE;
    else if (suite)
        status = options.resume ? resume_with(&options, suite) : run_with(&options, suite, NULL);
    spec_suite_free(suite);
    run_options_fini(&options);
    return status;
}

const struct command command_run = {"run", "run the suite against a service", run};
