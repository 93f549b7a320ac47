/* imageproof lint FILE...: every mistake of clause files, target files, baselines and explained differences,
 * with its place. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "conformance/cli/baseline_file.h"
#include "conformance/cli/cli.h"
#include "conformance/diff/explained.h"
#include "conformance/spec/yaml_tree.h"
#include "conformance/target/target.h"

enum option_key {
    OPTION_FIXTURES = 256
};

struct options {
    struct cli_words files;
    struct cli_paths paths;
};

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case OPTION_FIXTURES:
        options->paths.fixtures = value;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->files;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void check_target(const char *path, struct problems *problems)
{
    target_free(target_load(path, problems));
}

static void check_baseline(const char *path, struct problems *problems)
{
    struct baseline baseline;
    if (baseline_file_load(path, &baseline, problems))
        baseline_fini(&baseline);
}

static void check_explained(const char *path, struct problems *problems)
{
    struct explained explained;
    if (explained_load(path, &explained, problems))
        explained_fini(&explained);
}

/* What a file is, by a key that it has; the first kind that fits. */
static const struct kind {
    const char *const keys[8];
    void (*check)(const char *path,
                  struct problems *problems); /* NULL: a clause file, checked with the others */
} kinds[] = {
    {{"subject", "url", "start", "service", "identities"}, check_target},
    {{"baseline"}, check_baseline},
    {{"explained"}, check_explained},
    {{"section", "reference", "editions", "calls", "bodies", "givens", "clauses"}, NULL},
};

/* NULL after complaining. */
static const struct kind *kind_of(const char *path, struct problems *problems)
{
    struct err err = ERR_INIT;
    const struct kind *found = NULL;
    struct yaml_tree *tree = yaml_tree_load(path, path, &err);
    if (!tree) {
        problems_add_err(problems, &err);
        return NULL;
    }
    for (size_t i = 0; !found && i < sizeof kinds / sizeof *kinds; i++) {
        for (const char *const *key = kinds[i].keys; *key; key++)
            found = yaml_get(&tree->root, *key) ? &kinds[i] : found;
    }
    if (!found)
        problems_add(
            problems, tree->root.place,
            "neither a clause file (with `section` and `clauses`) nor a target file (`subject`, `url`), a "
            "baseline (`baseline`) or differences explained (`explained`)");
    yaml_tree_free(tree);
    return found;
}

/* Complains when not; a folder can be opened, but not read. */
static bool is_readable(const char *path)
{
    CLEANUP(file) FILE *file = fopen(path, "re");
    if (file && (fgetc(file) != EOF || !ferror(file)))
        return true;
    cli_complain("lint", "cannot read %s: %s", path, strerror(errno));
    return false;
}

static int check(const struct options *options)
{
    CLEANUP(text) char *fixtures = cli_fixtures(&options->paths);
    char **clause_files = mem_alloc((options->files.count + 1) * sizeof *clause_files);
    size_t clause_file_count = 0;
    struct problems problems = {0};
    for (size_t i = 0; i < options->files.count; i++) {
        const struct kind *kind = kind_of(options->files.items[i], &problems);
        if (kind && kind->check)
            kind->check(options->files.items[i], &problems);
        else if (kind)
            clause_files[clause_file_count++] = options->files.items[i];
    }
    if (clause_file_count > 0)
        spec_suite_free(spec_load_files(clause_files, clause_file_count, fixtures, &problems));
    free(clause_files);
    cli_print_problems(&problems);
    int status = problems.count > 0 ? EXIT_STATUS_FAILED : EXIT_STATUS_OK;
    problems_fini(&problems);
    return status;
}

static int run(int argc, char **argv)
{
    static const struct argp_option known[] = {
        {"fixtures", OPTION_FIXTURES, "DIR", 0, "Folder of the fixtures", 0},
        {0},
    };
    static const struct argp_child children[] = {{&cli_files_argp, 0, NULL, 0}, {0}};
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .children = children,
        .args_doc = "FILE...",
        .doc = "Checks clause files, target files, baselines and explained differences.\vExit status: "
               "0 nothing is wrong, 1 something is, 2 a "
               "file cannot be read."};
    struct options options = {0};
    cli_parse(&argp, argc, argv, &options);
    int status = EXIT_STATUS_OK;
    for (size_t i = 0; i < options.files.count; i++) {
        if (!is_readable(options.files.items[i]))
            status = EXIT_STATUS_NOT_JUDGED;
    }
    if (status == EXIT_STATUS_OK)
        status = check(&options);
    free(options.files.items);
    return status;
}

const struct command command_lint = {
    "lint", "check clause files, target files, baselines and explained differences", run};
