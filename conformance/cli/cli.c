#include "conformance/cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"

void cli_words_add(struct cli_words *words, char *word)
{
    *mem_append(&words->items, &words->count) = word;
}

static error_t take_file(int key, char *value, struct argp_state *state)
{
    switch (key) {
    case ARGP_KEY_ARG:
        cli_words_add(state->input, value);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "a file is missing");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp cli_files_argp = {.parser = take_file};

/* The folder that holds specs/, fixtures/ and conformance/targets/. */
static const char *data_folder(void)
{
    const char *told = getenv("IMAGEPROOF_DATA");
    if (told && *told)
        return told;
    return access(IMAGEPROOF_SOURCE "/specs", R_OK) == 0 ? IMAGEPROOF_SOURCE : IMAGEPROOF_INSTALLED;
}

char *cli_specs(const struct cli_paths *paths)
{
    return paths->specs ? mem_dup(paths->specs) : mem_printf("%s/specs", data_folder());
}

char *cli_fixtures(const struct cli_paths *paths)
{
    return paths->fixtures ? mem_dup(paths->fixtures) : mem_printf("%s/fixtures", data_folder());
}

char *cli_targets(void)
{
    return mem_printf("%s/conformance/targets", data_folder());
}

char *cli_reference(const struct cli_paths *paths)
{
    CLEANUP(text) char *specs = cli_specs(paths);
    return mem_printf("%s/reference", specs);
}

bool cli_load_excuses(const struct cli_paths *paths, struct excuses *ret_excuses)
{
    CLEANUP(text) char *folder = cli_reference(paths);
    CLEANUP(text) char *path = mem_printf("%s/exceptions.yaml", folder);
    struct problems problems = {0};
    bool loaded = excuses_load(path, &problems, ret_excuses);
    cli_print_problems(&problems);
    problems_fini(&problems);
    return loaded;
}

void cli_print_problems(const struct problems *problems)
{
    char text[ERR_FORMAT_SIZE];
    for (size_t i = 0; i < problems->count; i++)
        fprintf(stderr, "%s\n", err_format(&problems->items[i], text, sizeof text));
}

struct spec_suite *cli_load_suite(const struct cli_paths *paths)
{
    CLEANUP(text) char *specs = cli_specs(paths);
    CLEANUP(text) char *fixtures = cli_fixtures(paths);
    struct problems problems = {0};
    struct spec_suite *suite = spec_load(specs, fixtures, &problems);
    cli_print_problems(&problems);
    problems_fini(&problems);
    return suite;
}

void cli_put_json(json_t *document, FILE *out)
{
    json_dumpf(document, out, JSON_INDENT(2));
    fputc('\n', out);
    json_decref(document);
}

/* ---- options that commands share ---- */

enum option_key {
    OPTION_JSON = 256,
    OPTION_SPECS,
    OPTION_FIXTURES
};

static error_t take_paths(int key, char *value, struct argp_state *state)
{
    struct cli_paths *paths = state->input;
    switch (key) {
    case OPTION_SPECS:
        paths->specs = value;
        return 0;
    case OPTION_FIXTURES:
        paths->fixtures = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option paths_options[] = {
    {"specs", OPTION_SPECS, "DIR", 0, "Folder of the clauses", 0},
    {"fixtures", OPTION_FIXTURES, "DIR", 0, "Folder of the fixtures", 0},
    {0},
};

const struct argp cli_paths_argp = {.options = paths_options, .parser = take_paths};

static error_t take_listing(int key, char *value, struct argp_state *state)
{
    struct cli_listing *listing = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &listing->paths;
        return 0;
    case OPTION_JSON:
        listing->json = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is no option", value);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option listing_options[] = {
    {"json", OPTION_JSON, NULL, 0, "As JSON", 0},
    {0},
};

static const struct argp_child listing_children[] = {{&cli_paths_argp, 0, NULL, 0}, {0}};

const struct argp cli_listing_argp = {
    .options = listing_options, .parser = take_listing, .children = listing_children};
