/* imageproof coverage [--reference DIR] [--json]: DESIGN.md, "The joint: a clause" and "Machine-readable
 * output". */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "conformance/ask_program.h"
#include "conformance/cli.h"
#include "conformance/ledger/ledger.h"

struct options {
    const char *reference; /* NULL: none is at hand */
    const char *proof;     /* NULL: none */
    char **documents;      /* globs, borrowed from the command line */
    size_t document_count;
    struct cli_listing listing;
};

enum option_key {
    OPTION_REFERENCE = 256,
    OPTION_DOCUMENT,
    OPTION_PROOF,
};

static const struct argp_option known[] = {
    {"reference", OPTION_REFERENCE, "DIR", 0,
     "Reference to hold the clauses against: a folder, or one document", 0},
    {"document", OPTION_DOCUMENT, "GLOB", 0,
     "Judge only documents of the reference that match; may be repeated", 0},
    {"proof", OPTION_PROOF, "FILE", 0, "What `imageproof prove --json` said: who kills each clause", 0},
    {0},
};

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
        *mem_append(&options->documents, &options->document_count) = value;
        return 0;
    case OPTION_PROOF:
        options->proof = value;
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

static bool load_all(struct session *session)
{
    return cli_load_excuses(&session->options->listing.paths, &session->excuses) && load_reference(session) &&
           load_proof(session) && ask_mock(session);
}

static int tell(struct session *session)
{
    const struct ledger_inputs inputs = {.suite = session->suite,
                                         .reference = session->reference,
                                         .excuses = &session->excuses,
                                         .calls = json_object_get(session->calls, "calls"),
                                         .proof = session->proof,
                                         .documents = session->options->documents,
                                         .document_count = session->options->document_count};
    struct ledger ledger;
    ledger_init(&ledger, &inputs);
    if (session->options->listing.json)
        cli_print_json(ledger_json(&ledger));
    else
        ledger_print(&ledger, stdout);
    int status = ledger_open_count(&ledger) > 0 ? EXIT_STATUS_FAILED : EXIT_STATUS_OK;
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
        .doc =
            "Tells for each clause its level, its place in the reference, and how many cases prove it; with "
            "--reference also what of the reference no clause is about.\vExit status: 0 every loop is "
            "closed, 1 "
            "one is open, or the clauses are not sound, 2 something could not be read."};
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    struct session session = {.options = &options};
    int status = EXIT_STATUS_FAILED;
    session.suite = cli_load_suite(&options.listing.paths);
    if (session.suite)
        status = load_all(&session) ? tell(&session) : EXIT_STATUS_NOT_JUDGED;
    json_decref(session.calls);
    json_decref(session.proof);
    reference_free(session.reference);
    excuses_fini(&session.excuses);
    spec_suite_free(session.suite);
    free(options.documents);
    return status;
}

const struct command command_coverage = {"coverage", "tell what is proven by which cases", run};
