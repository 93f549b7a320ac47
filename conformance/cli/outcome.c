#include "conformance/cli/outcome.h"

#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/cli/baseline_file.h"
#include "conformance/cli/cli.h"

enum option_key {
    OPTION_REPORT = 512, /* after those of the commands */
    OPTION_FAIL_ON,
    OPTION_MAX_SKIPPED,
    OPTION_REQUIRE,
    OPTION_BASELINE,
    OPTION_COMPARE,
};

#define WRITER(name) " " #name
static const struct argp_option known[] = {
    {"report", OPTION_REPORT, "FORM=PATH", 0,
     "Write a report; PATH - is standard output; may be repeated. Forms:"
#include "reports/writers.def"
     ,
     0},
    {"fail-on", OPTION_FAIL_ON, "LEVEL", 0,
     "Failures that count: must, should (and must) or any (which is usual)", 0},
    {"max-skipped", OPTION_MAX_SKIPPED, "N", 0, "Fail when more cases are skipped or not claimed", 0},
    {"require", OPTION_REQUIRE, "TAG", 0, "Fail unless every case with this tag passes; may be repeated", 0},
    {"baseline", OPTION_BASELINE, "FILE", 0,
     "Accepted failures, which do not count; fail on an entry that does not hold any more", 0},
    {"compare", OPTION_COMPARE, "FILE", 0,
     "Tell what is otherwise than in an earlier run's report of the form json", 0},
    {0},
};
#undef WRITER

static void take_max_skipped(struct argp_state *state, struct gate *gate, const char *text)
{
    gate->has_max_skipped = number_parse_u64(text, &gate->max_skipped);
    if (!gate->has_max_skipped)
        argp_error(state, "--max-skipped: '%s' is no number", text);
}

static void take_baseline(struct argp_state *state, struct cli_outcome *outcome, const char *path)
{
    struct problems problems = {0};
    baseline_fini(&outcome->baseline);
    bool loaded = baseline_file_load(path, &outcome->baseline, &problems);
    cli_print_problems(&problems);
    problems_fini(&problems);
    outcome->gate.baseline = &outcome->baseline;
    if (!loaded)
        argp_error(state, "--baseline: %s is no good", path);
}

static void take_earlier(struct argp_state *state, struct cli_outcome *outcome, const char *path)
{
    struct err err = ERR_INIT;
    earlier_fini(&outcome->earlier);
    outcome->has_earlier = earlier_load(path, &outcome->earlier, &err);
    if (!outcome->has_earlier)
        argp_error(state, "--compare: %s", err.text);
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct cli_outcome *outcome = state->input;
    switch (key) {
    case OPTION_REPORT:
        *mem_append(&outcome->reports, &outcome->report_count) = value;
        break;
    case OPTION_FAIL_ON:
        if (!gate_level_parse(value, &outcome->gate.fail_on))
            argp_error(state, "--fail-on: '%s' is none of must, should, any", value);
        break;
    case OPTION_MAX_SKIPPED:
        take_max_skipped(state, &outcome->gate, value);
        break;
    case OPTION_REQUIRE:
        *mem_append(&outcome->gate.required, &outcome->gate.required_count) = value;
        break;
    case OPTION_BASELINE:
        take_baseline(state, outcome, value);
        break;
    case OPTION_COMPARE:
        take_earlier(state, outcome, value);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp cli_outcome_argp = {.options = known, .parser = take};

int cli_outcome_open(struct cli_outcome *outcome)
{
    for (size_t i = 0; i < outcome->report_count; i++) {
        struct err err = ERR_INIT;
        const char *spec = outcome->reports[i];
        struct report_file *file = report_file_open(spec, &err);
        if (!file) {
            cli_complain(outcome->command, "--report %s: %s", spec, err.text);
            return err.code == ERR_VALUE ? EXIT_STATUS_USAGE : EXIT_STATUS_NOT_JUDGED;
        }
        *mem_append(&outcome->files, &outcome->file_count) = file;
        size_t length = strlen(spec);
        outcome->on_stdout = outcome->on_stdout || (length > 1 && strcmp(spec + length - 2, "=-") == 0);
    }
    return EXIT_STATUS_OK;
}

static bool write_reports(struct cli_outcome *outcome, const struct run_result *run)
{
    bool written = true;
    for (size_t i = 0; i < outcome->file_count; i++) {
        struct err err = ERR_INIT;
        if (!report_file_finish(outcome->files[i], run, &err)) {
            cli_complain(outcome->command, "%s", err.text);
            written = false;
        }
    }
    return written;
}

static void complain(void *context, const char *text)
{
    const struct cli_outcome *outcome = context;
    cli_complain(outcome->command, "%s", text);
}

int cli_outcome_tell(struct cli_outcome *outcome, const struct run_result *run)
{
    bool written = write_reports(outcome, run);
    if (outcome->has_earlier)
        earlier_compare(&outcome->earlier, run, complain, outcome);
    int status = gate_exit_status(&outcome->gate, run, complain, outcome);
    return written || status == EXIT_STATUS_FAILED ? status : EXIT_STATUS_NOT_JUDGED;
}

void cli_outcome_fini(struct cli_outcome *outcome)
{
    for (size_t i = 0; i < outcome->file_count; i++)
        report_file_free(outcome->files[i]);
    free(outcome->files);
    free(outcome->reports);
    free(outcome->gate.required);
    baseline_fini(&outcome->baseline);
    earlier_fini(&outcome->earlier);
}
