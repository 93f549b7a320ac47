/* imageproof coverage [--reference DIR] [--report FORM=PATH]: DESIGN.md, "The joint: a clause" and
 * "Machine-readable output". */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "conformance/ask_program.h"
#include "conformance/cli/cli.h"
#include "conformance/ledger/ledger.h"
#include "reports/run_log.h"

struct options {
    const char *reference; /* NULL: none is at hand */
    const char *proof;     /* NULL: none */
    char **documents;      /* globs, borrowed from the command line */
    size_t document_count;
    char **logs; /* of one run; likewise */
    size_t log_count;
    char **reports; /* FORM=PATH, likewise; none: text on standard output */
    size_t report_count;
    struct cli_listing listing;
};

enum option_key {
    OPTION_REFERENCE = 256,
    OPTION_DOCUMENT,
    OPTION_PROOF,
    OPTION_RUN,
    OPTION_REPORT,
};

static const struct argp_option known[] = {
    {"reference", OPTION_REFERENCE, "DIR", 0,
     "Reference to hold the clauses against: a folder, or one document", 0},
    {"document", OPTION_DOCUMENT, "GLOB", 0,
     "Judge only documents of the reference that match; may be repeated", 0},
    {"proof", OPTION_PROOF, "FILE", 0, "What `imageproof prove --json` said: who kills each clause", 0},
    {"run", OPTION_RUN, "LOG", 0,
     "Log of the last run (imageproof run --log): the verdicts; may be repeated, for those of its shards", 0},
    {"report", OPTION_REPORT, "FORM=PATH", 0,
     "Write all of it; PATH - is standard output; may be repeated. Forms: text json html", 0},
    {0},
};

/* ---- the forms ---- */

static void put_json(const struct ledger *ledger, FILE *out)
{
    cli_put_json(ledger_json(ledger), out);
}

static const struct form {
    const char *name;
    void (*put)(const struct ledger *ledger, FILE *out);
} forms[] = {{"text", ledger_print}, {"json", put_json}, {"html", ledger_put_html}};

/* NULL when "FORM=PATH" begins with none. */
static const struct form *find_form(const char *spec)
{
    size_t length = strcspn(spec, "=");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strlen(forms[i].name) == length && strncmp(forms[i].name, spec, length) == 0)
            return &forms[i];
    }
    return NULL;
}

static void check_report(struct argp_state *state, const char *spec)
{
    const char *equals = strchr(spec, '=');
    if (!equals || !equals[1])
        argp_error(state, "--report: '%s' is no FORM=PATH", spec);
    else if (!find_form(spec))
        argp_error(state, "--report %s: there is no such form: want one of text, json, html", spec);
}

/* ---- the command line ---- */

static void add(char ***words, size_t *count, char *word)
{
    *mem_append(words, count) = word;
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->listing;
        return 0;
    case OPTION_REFERENCE:
        options->reference = value;
        return 0;
    case OPTION_DOCUMENT:
        add(&options->documents, &options->document_count, value);
        return 0;
    case OPTION_PROOF:
        options->proof = value;
        return 0;
    case OPTION_RUN:
        add(&options->logs, &options->log_count, value);
        return 0;
    case OPTION_REPORT:
        check_report(state, value);
        add(&options->reports, &options->report_count, value);
        return 0;
    case ARGP_KEY_END:
        if (options->document_count > 0 && !options->reference)
            argp_error(state, "--document selects documents of --reference, which is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- what the ledger is made of ---- */

struct session {
    const struct options *options;
    struct spec_suite *suite;
    struct excuses excuses;
    struct reference *reference;
    json_t *calls; /* what the mock says */
    json_t *proof;
    struct run_result run; /* of the logs, when there are any */
};

static bool load_reference(struct session *session)
{
    struct problems problems = {0};
    struct table_maps maps;
    CLEANUP(text) char *folder = cli_reference(&session->options->listing.paths);
    table_maps_load(folder, &problems, &maps);
    if (session->options->reference && problems.count == 0)
        session->reference = reference_load(session->options->reference, &maps, &problems);
    table_maps_fini(&maps);
    cli_print_problems(&problems);
    bool loaded = problems.count == 0;
    problems_fini(&problems);
    return loaded;
}

static bool ask_mock(struct session *session)
{
    static char name[] = "imageproof-mock";
    static char list_calls[] = "--list-calls";
    static char json[] = "--json";
    char *const arguments[] = {name, list_calls, json, NULL};
    struct err err = ERR_INIT;
    session->calls = ask_program(arguments, &err);
    if (!session->calls)
        cli_complain("coverage", "%s", err.text);
    return session->calls;
}

/* A proof of other clauses proves nothing. */
static bool load_proof(struct session *session)
{
    const char *path = session->options->proof;
    json_error_t error;
    if (!path)
        return true;
    session->proof = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    const char *schema = json_string_value(json_object_get(session->proof, "schema"));
    const char *digest = json_string_value(json_object_get(session->proof, "suite_digest"));
    if (!session->proof)
        cli_complain("coverage", "--proof %s: %s", path, error.text);
    else if (!schema || strcmp(schema, "imageproof.proof/1") != 0)
        cli_complain("coverage", "--proof %s: is no imageproof.proof/1", path);
    else if (!digest || strcmp(digest, session->suite->digest) != 0)
        cli_complain("coverage", "--proof %s: is of other clauses than these; prove them again", path);
    else
        return true;
    return false;
}

/* Verdicts of other clauses say nothing of these. */
static bool load_run(struct session *session)
{
    const struct options *options = session->options;
    struct err err = ERR_INIT;
    if (options->log_count == 0)
        return true;
    if (!run_log_read(options->logs, options->log_count, &session->run, &err))
        cli_complain("coverage", "--run: %s", err.text);
    else if (strcmp(session->run.suite_digest, session->suite->digest) != 0)
        cli_complain("coverage", "--run %s: is of other clauses than these; run them again",
                     options->logs[0]);
    else
        return true;
    return false;
}

static bool load_all(struct session *session)
{
    return cli_load_excuses(&session->options->listing.paths, &session->excuses) && load_reference(session) &&
           load_proof(session) && load_run(session) && ask_mock(session);
}

/* ---- what is told ---- */

static bool write_report(const struct ledger *ledger, const char *spec)
{
    const char *path = strchr(spec, '=') + 1;
    if (strcmp(path, "-") == 0) {
        find_form(spec)->put(ledger, stdout);
        return true; /* cli_begin() */
    }
    FILE *out = fopen(path, "we");
    if (out)
        find_form(spec)->put(ledger, out);
    bool written = out && fflush(out) == 0 && !ferror(out);
    if (!written)
        cli_complain("coverage", "--report %s: cannot be written: %s", spec, strerror(errno));
    if (out)
        fclose(out);
    return written;
}

static bool write_reports(const struct options *options, const struct ledger *ledger)
{
    bool json = options->listing.json;
    bool written =
        json ? write_report(ledger, "json=-") : options->report_count > 0 || write_report(ledger, "text=-");
    for (size_t i = 0; i < options->report_count; i++)
        written = write_report(ledger, options->reports[i]) && written;
    return written;
}

static int tell(struct session *session)
{
    const struct ledger_inputs inputs = {.suite = session->suite,
                                         .reference = session->reference,
                                         .excuses = &session->excuses,
                                         .calls = json_object_get(session->calls, "calls"),
                                         .proof = session->proof,
                                         .run = session->options->log_count ? &session->run : NULL,
                                         .documents = session->options->documents,
                                         .document_count = session->options->document_count};
    struct ledger ledger;
    ledger_init(&ledger, &inputs);
    int status = ledger_open_count(&ledger) > 0 ? EXIT_STATUS_FAILED : EXIT_STATUS_OK;
    if (!write_reports(session->options, &ledger))
        status = EXIT_STATUS_NOT_JUDGED;
    ledger_fini(&ledger);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct argp_child children[] = {{&cli_listing_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .children = children,
        .doc = "Tells for each clause its level, its place in the reference, and how many cases prove it; "
               "with --reference also what of the reference no clause is about.\vExit status: 0 every loop "
               "is closed, 1 one is open, or the clauses are not sound, 2 something could not be read."};
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    struct session session = {.options = &options};
    int status = EXIT_STATUS_FAILED;
    session.suite = cli_load_suite(&options.listing.paths);
    if (session.suite)
        status = load_all(&session) ? tell(&session) : EXIT_STATUS_NOT_JUDGED;
    json_decref(session.calls);
    json_decref(session.proof);
    result_fini(&session.run);
    reference_free(session.reference);
    excuses_fini(&session.excuses);
    spec_suite_free(session.suite);
    free(options.documents);
    free(options.logs);
    free(options.reports);
    return status;
}

const struct command command_coverage = {"coverage", "tell what is proven by which cases", run};
