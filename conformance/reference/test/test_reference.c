#include "conformance/reference/test/test_reference.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"

char *reference_file(const char *name)
{
    const char *folder = getenv("REFERENCE_TEST_FILES");
    ck_assert_msg(folder != NULL, "REFERENCE_TEST_FILES is not set: run this by ctest");
    return mem_printf("%s/%s", folder, name);
}

/* "LINE:" or "LINE:COLUMN:", and a part of the text. */
static bool is_as_expected(const struct err *problem, const char *expected)
{
    CLEANUP(text) char *line = mem_printf("%zu: ", problem->line);
    CLEANUP(text) char *place = mem_printf("%zu:%zu:", problem->line, problem->column);
    const char *prefix = problem->column ? place : line;
    size_t length = strlen(prefix);
    const char *text = expected + length + (expected[length] == ' ');
    return strncmp(expected, prefix, length) == 0 && strstr(problem->text, text);
}

void check_expected(const char *path, const struct problems *problems)
{
    static const char mark[] = "expect: ";
    char line[512];
    size_t met = 0;
    CLEANUP(file) FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    while (fgets(line, sizeof line, file)) {
        const char *expected = line + (strncmp(line, "# ", 2) == 0 ? 2 : 0);
        if (strncmp(expected, mark, strlen(mark)) != 0)
            break;
        line[strcspn(line, "\n")] = '\0';
        expected += strlen(mark);
        ck_assert_msg(met < problems->count, "%s: not said: %s", path, expected);
        const struct err *problem = &problems->items[met++];
        ck_assert_msg(is_as_expected(problem, expected), "%s: expected %s, got %zu:%zu: %s", path, expected,
                      problem->line, problem->column, problem->text);
    }
    ck_assert_msg(met > 0, "%s: no `expect:` at its head", path);
    ck_assert_msg(met == problems->count, "%s: also said: %s", path, problems->items[met].text);
}

int main(void)
{
    return testing_run("reference", (TCase *const[]){page_tests(), atoms_tests(), values_tests(),
                                                     table_maps_tests(), readers_tests(), NULL});
}
