/* spec-verdict FIXTURES FILE...: what the loader has to say about each file alone, for tests in other
 * languages. One line a problem, then `good` or `bad` and the file's name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "conformance/spec/internal.h"

static void print_verdict(const char *path, const char *fixtures)
{
    struct problems problems = {0};
    struct err err = ERR_INIT;
    size_t length;
    CLEANUP(text) char *bytes = yaml_tree_read(path, path, &length, &err);
    if (!bytes) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    struct spec_suite *suite = spec_load_bytes(bytes, length, fixtures, &problems);
    for (size_t i = 0; i < problems.count; i++) {
        const struct err *item = &problems.items[i];
        printf("%zu:%zu: %s\n", item->line, item->column, item->text);
    }
    printf("%s %s\n", suite ? "good" : "bad", path);
    spec_suite_free(suite);
    problems_fini(&problems);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: spec-verdict FIXTURES FILE...\n");
        return EXIT_FAILURE;
    }
    for (int i = 2; i < argc; i++)
        print_verdict(argv[i], argv[1]);
    return EXIT_SUCCESS;
}
