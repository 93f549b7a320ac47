/* Which clauses count in which edition, and the one place where an API declares its editions. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/spec/spec.h"
#include "conformance/test/suite_folder.h"
#include "conformance/test/test_spec.h"

#define CLAUSE(id, edition)                                                                                  \
    "  - id: " id "\n    kind: rule\n    level: observed\n" edition "    says: x\n    cases:\n"              \
    "      - {name: n, send: {method: GET, path: /}, expect: {status: 200}}\n"
#define HEAD "section: S\nreference: r\n"

static const struct {
    const char *name;
    const char *text;
} files[] = {
    {"images-v1/a.yaml", HEAD "clauses:\n" CLAUSE("a.all", "") CLAUSE("a.new", "    edition: new\n")
                             CLAUSE("a.old", "    edition: old\n")},
    {"images-v1/b.yaml", "editions: {new: the new one, old: the old one}\n"},
    {"images-v2/a.yaml", HEAD "clauses:\n" CLAUSE("b.all", "")},
};
#define FILE_COUNT (sizeof files / sizeof *files)

static char *make(void)
{
    char *root = suite_folder_make();
    for (size_t i = 0; i < FILE_COUNT; i++)
        suite_folder_put(root, files[i].name, files[i].text);
    return root;
}

static struct spec_suite *load(const char *root)
{
    struct problems problems = {0};
    struct spec_suite *suite = spec_load(root, NULL, &problems);
    for (size_t i = 0; i < problems.count; i++)
        ck_abort_msg("%s", problems.items[i].text);
    return suite;
}

static const struct {
    bool one_edition;
    const char *edition;
    const char *selected;
    const char *named; /* the editions of the cases */
} selections[] = {
    {false, NULL, "a.all/n a.new/n a.old/n b.all/n ", "new, in-tree"},
    {true, NULL, "a.all/n a.new/n b.all/n ", "new, in-tree"},
    {true, "new", "a.all/n a.new/n b.all/n ", "new, in-tree"},
    {true, "old", "a.all/n a.old/n b.all/n ", "old, in-tree"},
    {true, "in-tree", "a.all/n a.new/n b.all/n ", "new, in-tree"}, /* images-v1 does not have it */
};

START_TEST(an_edition_selects_its_clauses_and_those_of_all)
{
    char *root = make();
    struct spec_suite *suite = load(root);
    const struct spec_selection selection = {.one_edition = selections[_i].one_edition,
                                             .edition = selections[_i].edition};
    size_t count;
    const struct spec_case **cases = spec_select(suite, &selection, &count);
    struct buf ids;
    buf_init(&ids, BUF_KIB);
    for (size_t i = 0; i < count; i++)
        buf_printf(&ids, "%s ", cases[i]->id);
    ck_assert_str_eq(ids.data, selections[_i].selected);
    CLEANUP(text) char *named = spec_editions_of_cases(suite, cases, count, selections[_i].edition);
    ck_assert_str_eq(named, selections[_i].named);
    buf_fini(&ids);
    free(cases);
    spec_suite_free(suite);
    suite_folder_drop(root);
}
END_TEST

START_TEST(the_editions_of_a_suite_are_known_by_name)
{
    char *root = make();
    struct spec_suite *suite = load(root);
    ck_assert(spec_has_edition(suite, "new"));
    ck_assert(spec_has_edition(suite, "old"));
    ck_assert(spec_has_edition(suite, "in-tree"));
    ck_assert(!spec_has_edition(suite, "ol"));
    ck_assert(!spec_has_edition(suite, "all"));
    CLEANUP(text) char *list = spec_edition_list(suite);
    ck_assert_str_eq(list, "new, old, in-tree");
    const struct spec_file *file = suite->files[0];
    ck_assert_str_eq(spec_clause_edition(file->clauses[0]), "all");
    ck_assert_str_eq(spec_clause_edition(file->clauses[2]), "old");
    ck_assert_str_eq(spec_edition_of(suite, "images-v1", "old")->says, "the old one");
    spec_suite_free(suite);
    suite_folder_drop(root);
}
END_TEST

START_TEST(editions_declared_twice_are_told)
{
    struct problems problems = {0};
    char *root = make();
    suite_folder_put(root, "images-v1/a.yaml", "editions: {other: another one}\n");
    ck_assert_ptr_null(spec_load(root, NULL, &problems));
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_uint_eq(problems.items[0].line, 1);
    ck_assert_uint_eq(problems.items[0].column, 11);
    ck_assert_ptr_nonnull(strstr(problems.items[0].source, "images-v1/b.yaml"));
    ck_assert_ptr_nonnull(
        strstr(problems.items[0].text, "editions of images-v1 are declared twice, first at"));
    ck_assert_ptr_nonnull(strstr(problems.items[0].text, "images-v1/a.yaml:1:12"));
    problems_fini(&problems);
    suite_folder_drop(root);
}
END_TEST

TCase *spec_editions_tests(void)
{
    TCase *tests = tcase_create("spec_editions");
    tcase_add_loop_test(tests, an_edition_selects_its_clauses_and_those_of_all, 0,
                        (int)(sizeof selections / sizeof *selections));
    tcase_add_test(tests, the_editions_of_a_suite_are_known_by_name);
    tcase_add_test(tests, editions_declared_twice_are_told);
    return tests;
}
