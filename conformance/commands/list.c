/* imageproof list [--json]: clauses and cases. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/exit_status.h"
#include "conformance/cli/cli.h"

static json_t *clause_json(const struct spec_clause *clause)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < clause->case_count; i++)
        json_array_append_new(cases, json_pack("{s:s, s:s}", "id", clause->cases[i].id, "name", //
                                               clause->cases[i].name));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "id", clause->id, "api", clause->file->api,
                     "section", clause->file->section, "level", spec_level_name(clause->level), "edition",
                     spec_clause_edition(clause), "says", clause->says, "cases", cases);
}

static void print_text(const struct spec_clause *clause)
{
    printf("%s", clause->id);
    if (clause->edition)
        printf(" (edition %s)", clause->edition->name);
    printf("\n    %s\n", clause->says);
    for (size_t i = 0; i < clause->case_count; i++)
        printf("    - %s\n", strchr(clause->cases[i].id, '/') + 1);
}

static void print_all(const struct spec_suite *suite, bool as_json)
{
    json_t *clauses = json_array();
    for (size_t f = 0; f < suite->file_count; f++) {
        for (size_t i = 0; i < suite->files[f]->clause_count; i++) {
            if (as_json)
                json_array_append_new(clauses, clause_json(suite->files[f]->clauses[i]));
            else
                print_text(suite->files[f]->clauses[i]);
        }
    }
    if (as_json)
        cli_put_json(json_pack("{s:s, s:O}", "schema", "imageproof.list/1", "clauses", clauses), stdout);
    json_decref(clauses);
}

static int run(int argc, char **argv)
{
    struct argp argp = cli_listing_argp;
    struct cli_listing listing = {0};
    argp.doc = "Lists clauses, what they say, and their cases.";
    cli_parse(&argp, argc, argv, &listing);
    struct spec_suite *suite = cli_load_suite(&listing.paths);
    if (!suite)
        return EXIT_STATUS_NOT_JUDGED;
    print_all(suite, listing.json);
    spec_suite_free(suite);
    return EXIT_STATUS_OK;
}

const struct command command_list = {"list", "list clauses and cases", run};
