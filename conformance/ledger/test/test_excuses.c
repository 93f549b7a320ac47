/* The exceptions of the ledger: what they excuse, and what is no list of exceptions. */
#include <dirent.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/ledger/excuses.h"

#define BAD_LEAST 9

static char *file(const char *name)
{
    const char *folder = getenv("LEDGER_TEST_FILES");
    ck_assert_msg(folder != NULL, "LEDGER_TEST_FILES is not set: run this by ctest");
    return mem_printf("%s/exceptions/%s", folder, name);
}

static const struct {
    enum excuse_kind kind;
    const char *name;
    const char *document;
    const char *reason; /* NULL: not excused */
} table[] = {
    {EXCUSE_DOCUMENT, "walls/index.rst", NULL, "a list"},
    {EXCUSE_DOCUMENT, "index.rst", NULL, "a list"},
    {EXCUSE_DOCUMENT, "doors/index.rst", NULL, NULL},
    {EXCUSE_ATOM, "GET /walls request a", "walls/walls.inc", "nobody asks"},
    {EXCUSE_ATOM, "GET /walls request a", "doors/walls.inc", NULL},
    {EXCUSE_ATOM, "GET /walls response a", "walls/walls.inc", NULL},
    {EXCUSE_CALL, "GET /", NULL, "no walls"},
    {EXCUSE_CALL, "GET /walls", NULL, NULL},
    {EXCUSE_CLAUSE, "walls.stand", NULL, "they stand"},
    {EXCUSE_CLAUSE, "doors.stand", NULL, NULL},
    {EXCUSE_CASE, "walls.stand/still", NULL, "they never move"},
    {EXCUSE_CASE, "walls.stand", NULL, NULL},
};

START_TEST(excuses_what_it_names)
{
    struct problems problems = {0};
    struct excuses excuses;
    CLEANUP(text) char *path = file("good/all.yaml");
    ck_assert(excuses_load(path, &problems, &excuses));
    const struct excuse *found = excuses_find(&excuses, table[_i].kind, table[_i].name, table[_i].document);
    ck_assert_pstr_eq(found ? found->reason : NULL, table[_i].reason);
    size_t used = 0;
    for (size_t i = 0; i < excuses.count; i++)
        used += excuses.items[i].used;
    ck_assert_uint_eq(used, found != NULL);
    excuses_fini(&excuses);
}
END_TEST

START_TEST(excuses_nothing_without_a_file)
{
    struct problems problems = {0};
    struct excuses excuses;
    CLEANUP(text) char *path = file("nowhere.yaml");
    ck_assert(excuses_load(path, &problems, &excuses));
    ck_assert_ptr_null(excuses_find(&excuses, EXCUSE_CALL, "GET /", NULL));
    excuses_fini(&excuses);
}
END_TEST

/* "# expect: LINE:COLUMN: text" in the first line says the only problem. */
static void check_bad(const char *path)
{
    struct problems problems = {0};
    struct excuses excuses;
    char line[512];
    CLEANUP(file) FILE *opened = fopen(path, "re");
    ck_assert_ptr_nonnull(opened);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, opened));
    line[strcspn(line, "\n")] = '\0';
    ck_assert(!excuses_load(path, &problems, &excuses));
    ck_assert_uint_eq(problems.count, 1);
    const struct err *problem = &problems.items[0];
    CLEANUP(text)
    char *said = mem_printf("# expect: %zu:%zu: %s", problem->line, problem->column, problem->text);
    ck_assert_msg(strncmp(said, line, strlen(line)) == 0, "%s: %s", path, said);
    problems_fini(&problems);
}

START_TEST(refuses_bad_lists)
{
    size_t count = 0;
    CLEANUP(text) char *folder = file("bad");
    DIR *entries = opendir(folder);
    ck_assert_ptr_nonnull(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (entry->d_name[0] == '.')
            continue;
        CLEANUP(text) char *path = mem_printf("%s/%s", folder, entry->d_name);
        check_bad(path);
        count++;
    }
    closedir(entries);
    ck_assert_uint_ge(count, BAD_LEAST);
}
END_TEST

int main(void)
{
    TCase *tests = tcase_create("excuses");
    tcase_add_loop_test(tests, excuses_what_it_names, 0, TESTING_COUNT(table));
    tcase_add_test(tests, excuses_nothing_without_a_file);
    tcase_add_test(tests, refuses_bad_lists);
    return testing_run("ledger", (TCase *const[]){tests, NULL});
}
