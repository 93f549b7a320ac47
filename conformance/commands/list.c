/* imageproof list [--json]: clauses and cases. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/exit_status.h"
#include "conformance/cli.h"
#include "conformance/command.h"

enum option_key {
    OPTION_JSON = 256,
    OPTION_SPECS,
    OPTION_FIXTURES
};

struct options {
    bool json;
    struct cli_paths paths;
};

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case OPTION_JSON:
        options->json = true;
        return 0;
    case OPTION_SPECS:
        options->paths.specs = value;
        return 0;
    case OPTION_FIXTURES:
        options->paths.fixtures = value;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is no option", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static json_t *clause_json(const struct spec_clause *clause)
{
    json_t *cases = json_array();
    for (size_t i = 0; i < clause->case_count; i++)
        json_array_append_new(cases, json_pack("{s:s, s:s}", "id", clause->cases[i].id, "name", //
                                               clause->cases[i].name));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "id", clause->id, "api", clause->file->api, "section",
                     clause->file->section, "level", spec_level_name(clause->level), "says", clause->says,
                     "cases", cases);
}

static void print_text(const struct spec_clause *clause)
{
    printf("%s\n    %s\n", clause->id, clause->says);
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
    if (as_json) {
        json_t *document = json_pack("{s:s, s:O}", "schema", "imageproof.list/1", "clauses", clauses);
        json_dumpf(document, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(document);
    }
    json_decref(clauses);
}

static int run(int argc, char **argv)
{
    static const struct argp_option known[] = {
        {"json", OPTION_JSON, NULL, 0, "As JSON", 0},
        {"specs", OPTION_SPECS, "DIR", 0, "Folder of the clauses", 0},
        {"fixtures", OPTION_FIXTURES, "DIR", 0, "Folder of the fixtures", 0},
        {0},
    };
    static const struct argp argp = {
        .options = known, .parser = take, .doc = "Lists clauses, what they say, and their cases."};
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    struct spec_suite *suite = cli_load_suite(&options.paths);
    if (!suite)
        return EXIT_STATUS_NOT_JUDGED;
    print_all(suite, options.json);
    spec_suite_free(suite);
    return EXIT_STATUS_OK;
}

const struct command command_list = {"list", "list clauses and cases", run};
