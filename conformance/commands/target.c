/* imageproof target check [SUBJECT]: what a target file says, held against what is there. */
#include <stdlib.h>
#include <string.h>

#include "base/exit_status.h"
#include "conformance/cli/cli.h"
#include "conformance/cli/selection.h"
#include "conformance/cli/stop.h"
#include "conformance/cli/subject.h"
#include "conformance/survey/survey.h"

enum option_key {
    OPTION_JSON = 256
};

struct options {
    bool has_word; /* "check" */
    bool json;
    struct cli_paths paths;
    struct cli_subject subject;
    struct cli_selection selection;
};

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->paths;
        state->child_inputs[1] = &options->selection;
        state->child_inputs[2] = &options->subject;
        return 0;
    case OPTION_JSON:
        options->json = true;
        return 0;
    case ARGP_KEY_ARG:
        if (options->has_word)
            return ARGP_ERR_UNKNOWN; /* the subject's */
        if (strcmp(value, "check") != 0)
            argp_error(state, "'%s': expected: check [SUBJECT]", value);
        options->has_word = true;
        return 0;
    case ARGP_KEY_END:
        if (!options->has_word)
            argp_error(state, "expected: check [SUBJECT]");
        return 0;
    case ARGP_KEY_SUCCESS:
        if (options->selection.shards > 0)
            argp_error(state, "--shard is for a run");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void parse(struct options *options, int argc, char **argv)
{
    static const struct argp_option known[] = {
        {"json", OPTION_JSON, NULL, 0, "As JSON: imageproof.target-check/1", 0}, {0}};
    static const struct argp_child children[] = {{&cli_paths_argp, 0, NULL, 0},
                                                 {&cli_selection_argp, 0, NULL, 0},
                                                 {&cli_subject_argp, 0, NULL, 0},
                                                 {0}};
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .children = children,
        .args_doc = "check [SUBJECT]",
        .doc =
            "Holds what a target file says against what is there: who can be reached and is let in, what is "
            "offered, and what of the suite can be judged. SUBJECT is as run takes it. Nothing is made on "
            "the server.\vExit status: 0 all of it is usable, 1 something that is said does not hold, 2 "
            "the subject cannot be reached, 64 wrong usage.",
    };
    *options = (struct options){.subject = {.command = "target"}};
    cli_parse(&argp, argc, argv, options);
}

/* A program that the target names is started for it, and ended. */
static bool start(struct target *target, const atomic_bool *stop, const struct cli_subject *subject,
                  struct target_process **ret_process)
{
    *ret_process = NULL;
    return target->url || !target->program ||
           cli_subject_start(subject, target, &(struct cli_words){0}, NULL, stop, ret_process);
}

static int check(const struct options *options, const struct spec_suite *suite, struct target *target)
{
    const atomic_bool *stop = stop_on_signals();
    char *fixtures = cli_fixtures(&options->paths);
    struct survey_options survey = {.target = target, .suite = suite, .fixtures = fixtures, .stop = stop};
    const struct spec_case **cases = cli_selection_cases(&options->selection, suite, &survey.case_count);
    struct target_process *process;
    struct err err = ERR_INIT;
    int status = EXIT_STATUS_NOT_JUDGED;
    survey.cases = cases;
    if (start(target, stop, &options->subject, &process)) {
        json_t *found = survey_make(&survey, &err);
        if (!found)
            cli_complain("target", "%s", err.text);
        status = found ? survey_status(found) : status;
        if (found && options->json)
            cli_put_json(json_incref(found), stdout);
        else if (found)
            survey_write(found, stdout);
        json_decref(found);
        target_stop(process, NULL);
    }
    free(cases);
    free(fixtures);
    return status;
}

static int run(int argc, char **argv)
{
    struct options options;
    parse(&options, argc, argv);
    int status = EXIT_STATUS_NOT_JUDGED;
    struct spec_suite *suite = cli_load_suite(&options.paths);
    struct target *target = NULL;
    if (suite && !cli_selection_knows_edition(&options.selection, "target", suite))
        status = EXIT_STATUS_USAGE;
    else if (suite)
        target = cli_subject_target(&options.subject);
    if (target) {
        cli_selection_claim(&options.selection, target);
        status = check(&options, suite, target);
    }
    target_free(target);
    spec_suite_free(suite);
    cli_selection_fini(&options.selection);
    cli_subject_fini(&options.subject);
    return status;
}

const struct command command_target = {"target", "hold a target file against what is there", run};
