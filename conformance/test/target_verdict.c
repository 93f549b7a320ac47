/* target-verdict FILE...: what the loader of target files has to say, as spec-verdict does of clauses. */
#include <stdio.h>
#include <stdlib.h>

#include "conformance/target/target.h"

static void print_verdict(const char *path)
{
    struct problems problems = {0};
    struct target *target = target_load(path, &problems);
    for (size_t i = 0; i < problems.count; i++)
        printf("%zu:%zu: %s\n", problems.items[i].line, problems.items[i].column, problems.items[i].text);
    printf("%s %s\n", target ? "good" : "bad", path);
    target_free(target);
    problems_fini(&problems);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        print_verdict(argv[i]);
    return argc > 1 ? EXIT_SUCCESS : EXIT_FAILURE;
}
