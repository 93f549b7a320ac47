/* imageproof report IN... --report FORM=PATH: DESIGN.md, "The command line". */
#include <stdio.h>
#include <stdlib.h>

#include "base/cli.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "conformance/cli/cli.h"
#include "conformance/cli/outcome.h"
#include "reports/run_log.h"

struct options {
    char **logs; /* borrowed from the command line */
    size_t log_count;
    struct cli_outcome outcome;
};

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->outcome;
        break;
    case ARGP_KEY_ARG:
        *mem_append(&options->logs, &options->log_count) = value;
        break;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a log is missing");
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

static void parse(struct options *options, int argc, char **argv)
{
    static const struct argp_child children[] = {{&cli_outcome_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .parser = take,
        .children = children,
        .args_doc = "LOG...",
        .doc = "Reports what the logs of a run tell (imageproof run --log): one log, or those of its shards "
               "as one run. Without --report: as text, on standard output.\vA run that was cut off is "
               "reported as far as its log goes; what has no result is named, with the verdict error. Exit "
               "status: as that of run.",
    };
    *options = (struct options){.outcome = {.command = "report"}};
    cli_parse(&argp, argc, argv, options);
}

static bool print_text(const struct run_result *run)
{
    struct err err = ERR_INIT;
    bool written = writer_find("text")->write(run, stdout, &err);
    if (!written && !ferror(stdout)) /* cli_begin() */
        cli_complain("report", "%s", err.text);
    return written;
}

static int report(struct options *options)
{
    struct run_result run;
    struct err err = ERR_INIT;
    if (!run_log_read(options->logs, options->log_count, &run, &err)) {
        cli_complain("report", "%s", err.text);
        return EXIT_STATUS_NOT_JUDGED;
    }
    int status = cli_outcome_open(&options->outcome);
    if (status == EXIT_STATUS_OK) {
        bool printed = options->outcome.file_count > 0 || print_text(&run);
        status = cli_outcome_tell(&options->outcome, &run);
        if (!printed && status == EXIT_STATUS_OK)
            status = EXIT_STATUS_NOT_JUDGED;
    }
    result_fini(&run);
    return status;
}

static int main_report(int argc, char **argv)
{
    struct options options;
    parse(&options, argc, argv);
    int status = report(&options);
    cli_outcome_fini(&options.outcome);
    free(options.logs);
    return status;
}

const struct command command_report = {"report", "write reports of finished runs, and merge shards",
                                       main_report};
