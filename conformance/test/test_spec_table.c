/* Every file below files/: the folder says whether it is good, the comments `# expect: LINE:COLUMN: text`
 * at the head of a bad one say everything that the loader has to say about it, in order. */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/spec/internal.h"
#include "conformance/test/test_spec.h"

#define FILES_LEAST 200 /* a table that was not found must not look like one that passed */

static size_t good_count;
static size_t bad_count;

/* The text of the next `# expect: ` line from *at on; NULL when there is no more. Owned. */
static char *next_expected(const char **at)
{
    static const char mark[] = "# expect: ";
    if (strncmp(*at, mark, sizeof mark - 1) != 0)
        return NULL;
    const char *text = *at + sizeof mark - 1;
    size_t length = strcspn(text, "\n");
    *at = text + length + 1;
    return mem_dup_n(text, length);
}

/* "LINE:COLUMN: text", of which the expected line is the beginning and a part. */
static bool is_as_expected(const struct err *problem, const char *expected)
{
    CLEANUP(text) char *place = mem_printf("%zu:%zu: ", problem->line, problem->column);
    size_t length = strlen(place);
    return strncmp(expected, place, length) == 0 && strstr(problem->text, expected + length) != NULL;
}

static void check_bad(const char *path, const char *bytes, const struct problems *problems)
{
    size_t met = 0;
    const char *at = bytes;
    for (char *expected = next_expected(&at); expected; expected = next_expected(&at)) {
        ck_assert_msg(met < problems->count, "%s: not said: %s", path, expected);
        const struct err *problem = &problems->items[met++];
        ck_assert_msg(is_as_expected(problem, expected), "%s: expected %s, got %zu:%zu: %s", path, expected,
                      problem->line, problem->column, problem->text);
        free(expected);
    }
    ck_assert_msg(met > 0, "%s: no `# expect:` at its head", path);
    ck_assert_msg(met == problems->count, "%s: also said: %s", path, problems->items[met].text);
}

static void check_good(const char *path, const struct problems *problems)
{
    for (size_t i = 0; i < problems->count; i++)
        ck_abort_msg("%s:%zu:%zu: %s", path, problems->items[i].line, problems->items[i].column,
                     problems->items[i].text);
}

static void check_file(const char *path)
{
    struct problems problems = {0};
    struct err err = ERR_INIT;
    size_t length;
    CLEANUP(text) char *bytes = yaml_tree_read(path, path, &length, &err);
    ck_assert_msg(bytes != NULL, "%s: %s", path, err.text);
    struct spec_suite *suite = spec_load_bytes(bytes, length, test_files(), &problems);
    ck_assert_int_eq(suite != NULL, problems.count == 0);
    if (strstr(path, "/files/good/")) {
        check_good(path, &problems);
        good_count++;
    } else {
        check_bad(path, bytes, &problems);
        bad_count++;
    }
    spec_suite_free(suite);
    problems_fini(&problems);
}

static int visit(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)walk;
    bool other = strstr(path, "/targets/") != NULL;
    if (type == FTW_F && !other)
        check_file(path);
    return 0;
}

START_TEST(every_file_of_the_table_is_judged_as_it_says)
{
    good_count = 0;
    bad_count = 0;
    ck_assert_int_eq(nftw(test_files(), visit, 8, FTW_PHYS), 0);
    ck_assert_uint_ge(good_count + bad_count, FILES_LEAST);
    ck_assert_uint_gt(bad_count, good_count);
}
END_TEST

TCase *spec_table_tests(void)
{
    TCase *tests = tcase_create("spec_table");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, every_file_of_the_table_is_judged_as_it_says);
    return tests;
}
