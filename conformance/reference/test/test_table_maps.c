#include <dirent.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/reference/table_maps.h"
#include "conformance/reference/test/test_reference.h"

#define BAD_LEAST 10

START_TEST(reads_a_map)
{
    struct table_maps maps;
    struct problems problems = {0};
    CLEANUP(text) char *folder = reference_file("maps/good");
    table_maps_load(folder, &problems, &maps);
    const struct table_maps_file *file = table_maps_find(&maps, "site.txt");
    ck_assert_uint_eq(problems.count, 0);
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(file->table_count, 3);
    ck_assert_str_eq(file->tables[2].call, "GET /v1/windows/{}");
    ck_assert_int_eq(file->tables[1].kind, ATOM_RESPONSE);
    ck_assert_ptr_null(table_maps_find(&maps, "website.txt"));
    table_maps_fini(&maps);
}
END_TEST

START_TEST(needs_no_folder)
{
    struct table_maps maps;
    struct problems problems = {0};
    table_maps_load("/nowhere", &problems, &maps);
    ck_assert_uint_eq(problems.count + maps.count, 0);
}
END_TEST

static void check_bad(const char *folder, const char *name)
{
    struct table_maps maps;
    struct problems problems = {0};
    CLEANUP(text) char *path = mem_printf("%s/%s", folder, name);
    CLEANUP(text) char *file = mem_printf("%s/a.map.yaml", path);
    table_maps_load(path, &problems, &maps);
    check_expected(file, &problems);
    problems_fini(&problems);
    table_maps_fini(&maps);
}

START_TEST(refuses_bad_maps)
{
    size_t count = 0;
    CLEANUP(text) char *folder = reference_file("maps/bad");
    DIR *entries = opendir(folder);
    ck_assert_ptr_nonnull(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (entry->d_name[0] == '.')
            continue;
        check_bad(folder, entry->d_name);
        count++;
    }
    closedir(entries);
    ck_assert_uint_ge(count, BAD_LEAST);
}
END_TEST

static const struct {
    const char *left;
    const char *right;
    bool same;
} names[] = {
    {"a/b.inc", "a/b.inc", true},   {"a/b.inc", "b.inc", true}, {"b.inc", "a/b.inc", true},
    {"x/a/b.inc", "a/b.inc", true}, {"ab.inc", "b.inc", false}, {"a/b.inc", "a/c.inc", false},
    {"a/b.inc", "c/b.inc", false},  {"a/b.inc", "", false},
};

START_TEST(knows_documents_from_further_down)
{
    ck_assert(document_is_same(names[_i].left, names[_i].right) == names[_i].same);
}
END_TEST

TCase *table_maps_tests(void)
{
    TCase *tests = tcase_create("table maps");
    tcase_add_test(tests, reads_a_map);
    tcase_add_test(tests, needs_no_folder);
    tcase_add_test(tests, refuses_bad_maps);
    tcase_add_loop_test(tests, knows_documents_from_further_down, 0, TESTING_COUNT(names));
    return tests;
}
