/* imageproof clean LEDGER [SUBJECT]: DESIGN.md, "The command line". */
#include "base/cli.h"
#include "base/exit_status.h"
#include "base/number.h"
#include "conformance/case/remove.h"
#include "conformance/cli/ledger_file.h"

enum option_key {
    OPTION_SETTLE = 256
};

struct options {
    const char *ledger;
    uint64_t settle_ms;
    struct cli_subject subject;
};

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->subject;
        return 0;
    case OPTION_SETTLE:
        if (!number_parse_duration_ms(value, &options->settle_ms))
            argp_error(state, "--settle: '%s' is no duration, as 500ms or 30s", value);
        return 0;
    case ARGP_KEY_ARG:
        if (options->ledger)
            return ARGP_ERR_UNKNOWN; /* the subject's */
        options->ledger = value;
        return 0;
    case ARGP_KEY_END:
        if (!options->ledger)
            argp_error(state, "a ledger is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void say(void *context, const char *text)
{
    const struct options *options = context;
    cli_complain("clean", "%s: left behind: %s", options->ledger, text);
}

static int clean(struct options *options, struct remains *remains)
{
    struct err err = ERR_INIT;
    struct removal removal = {.say = say, .context = options};
    ledger_file_subject(remains, &options->subject);
    struct target *target = cli_subject_target(&options->subject);
    if (!target)
        return EXIT_STATUS_NOT_JUDGED;
    bool done = target_connect(target, NULL, &err) && remove_remains(remains, target, &removal, &err);
    if (!done)
        cli_complain("clean", "%s", err.text);
    target_free(target);
    return done && removal.left == 0 ? EXIT_STATUS_OK : EXIT_STATUS_NOT_JUDGED;
}

static int run(int argc, char **argv)
{
    static const struct argp_child children[] = {{&cli_subject_argp, 0, NULL, 0}, {0}};
    static const struct argp_option known[] = {
        {"settle", OPTION_SETTLE, "DURATION", 0,
         "Wait until the ledger is so old, for requests that are still on their way (2s)", 0},
        {0},
    };
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .children = children,
        .args_doc = "LEDGER [SUBJECT]",
        .doc =
            "Removes what an interrupted run left behind, as its ledger tells it, and nothing else. SUBJECT, "
            "as run takes it: that of the run, unless another one is named.\vExit status: 0 nothing is left, "
            "and the ledger is gone, 2 something is left, 64 wrong usage."};
    struct options options = {.settle_ms = LEDGER_SETTLE_MS, .subject = {.command = "clean"}};
    struct err err = ERR_INIT;
    cli_parse(&argp, argc, argv, &options);
    int status = EXIT_STATUS_NOT_JUDGED;
    ledger_file_settle(options.ledger, options.settle_ms);
    struct remains *remains = remains_load(options.ledger, &err);
    if (remains)
        status = clean(&options, remains);
    else
        cli_complain_err("clean", &err);
    remains_free(remains);
    cli_subject_fini(&options.subject);
    return status;
}

const struct command command_clean = {"clean", "remove what an interrupted run left behind", run};
