/* imageproof coverage [--json]: DESIGN.md, "Machine-readable output". */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exit_status.h"
#include "conformance/cli.h"

/* Every case that names the clause, its own and those of other clauses that prove it too. */
static json_t *cases_of(const struct spec_suite *suite, const char *id)
{
    const struct spec_selection all = {0};
    size_t count;
    const struct spec_case **cases = spec_select(suite, &all, &count);
    json_t *ids = json_array();
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < cases[i]->clause_count; k++) {
            if (strcmp(cases[i]->clauses[k], id) == 0) {
                json_array_append_new(ids, json_string(cases[i]->id));
                break;
            }
        }
    }
    free(cases);
    return ids;
}

static json_t *call_of(const struct spec_clause *clause)
{
    return clause->call ? json_sprintf("%s %s", clause->call->method, clause->call->path) : json_null();
}

static json_t *clause_json(const struct spec_suite *suite, const struct spec_clause *clause)
{
    json_t *from = json_pack("{s:s, s:s, s:s}", "document", clause->document, "heading", clause->heading,
                             "item", clause->item);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:o, s:o, s:[]}", "id", clause->id, "api",
                     clause->file->api, "level", spec_level_name(clause->level), "edition",
                     spec_clause_edition(clause), "kind", clause->kind, "call", call_of(clause), "status",
                     clause->status ? json_integer(clause->status) : json_null(), "says", clause->says,
                     "from", from, "cases", cases_of(suite, clause->id), "killed_by");
}

static void print_json(const struct spec_suite *suite)
{
    json_t *clauses = json_array();
    size_t cases = 0;
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++) {
            json_array_append_new(clauses, clause_json(suite, suite->files[f]->clauses[i]));
            cases += suite->files[f]->clauses[i]->case_count;
        }
    }
    json_t *totals = json_pack("{s:I, s:I, s:i}", "clauses", (json_int_t)json_array_size(clauses), "cases",
                               (json_int_t)cases, "atoms", 0);
    json_t *document = json_pack("{s:s, s:o, s:[], s:o}", "schema", "imageproof.coverage/1", "clauses",
                                 clauses, "atoms", "totals", totals);
    json_dumpf(document, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(document);
}

static void print_text(const struct spec_suite *suite)
{
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++) {
            const struct spec_clause *clause = suite->files[f]->clauses[i];
            json_t *cases = cases_of(suite, clause->id);
            printf("%-8s %-46s %3zu  %s: %s%s%s\n", spec_level_name(clause->level), clause->id,
                   json_array_size(cases), clause->document, clause->heading, *clause->item ? " / " : "",
                   clause->item);
            json_decref(cases);
        }
    }
}

static int run(int argc, char **argv)
{
    struct cli_listing listing;
    cli_parse_listing(
        "Tells for each clause its level, its place in the reference, and how many cases prove it.", argc,
        argv, &listing);
    struct spec_suite *suite = cli_load_suite(&listing.paths);
    if (!suite)
        return EXIT_STATUS_NOT_JUDGED;
    if (listing.json)
        print_json(suite);
    else
        print_text(suite);
    spec_suite_free(suite);
    return EXIT_STATUS_OK;
}

const struct command command_coverage = {"coverage", "tell what is proven by which cases", run};
