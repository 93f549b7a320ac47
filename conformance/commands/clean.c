/* imageproof clean LEDGER [SUBJECT]: DESIGN.md, "The command line". */
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cli.h"
#include "base/clock.h"
#include "base/exit_status.h"
#include "base/number.h"
#include "conformance/case/remove.h"
#include "conformance/cli/subject.h"

enum option_key {
    OPTION_SETTLE = 256
};

#define SETTLE_USUAL_MS 2000

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

/* The subject of the run, unless another one is named. */
static void use_subject_of_run(struct cli_subject *subject, const struct remains *remains)
{
    const json_t *begin = remains_begin(remains);
    if (!cli_subject_is_bundled(subject))
        return;
    subject->subject = json_string_value(json_object_get(begin, "subject"));
    subject->cloud = json_string_value(json_object_get(begin, "cloud"));
    if (!subject->url)
        subject->url = json_string_value(json_object_get(begin, "url"));
}

/* A request that was on its way when the run was killed may still be arriving: so long after the last line of
 * the ledger, it has. */
static void settle(const struct options *options)
{
    struct stat ledger;
    if (stat(options->ledger, &ledger) != 0)
        return;
    uint64_t written_us = (uint64_t)ledger.st_mtim.tv_sec * 1000000 + (uint64_t)ledger.st_mtim.tv_nsec / 1000;
    uint64_t due_us = written_us + options->settle_ms * 1000;
    uint64_t now_us = clock_unix_us();
    if (now_us >= written_us && now_us < due_us)
        clock_sleep_ms((due_us - now_us) / 1000 + 1);
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
    use_subject_of_run(&options->subject, remains);
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
    struct options options = {.settle_ms = SETTLE_USUAL_MS, .subject = {.command = "clean"}};
    struct err err = ERR_INIT;
    cli_parse(&argp, argc, argv, &options);
    int status = EXIT_STATUS_NOT_JUDGED;
    settle(&options);
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
