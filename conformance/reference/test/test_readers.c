/* Whole documents: good/<name> becomes exactly the atoms of good/<name>.atoms, bad/<name> exactly the
 * problems that its own head expects. */
#include <dirent.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/reference/reference.h"
#include "conformance/reference/test/test_reference.h"

#define GOOD_LEAST 8 /* a table that was not found must not look like one that passed */
#define BAD_LEAST  35

static struct table_maps load_maps(void)
{
    struct table_maps maps;
    struct problems problems = {0};
    CLEANUP(text) char *folder = reference_file("maps/good");
    table_maps_load(folder, &problems, &maps);
    ck_assert_msg(problems.count == 0, "%s", problems.count ? problems.items[0].text : "");
    return maps;
}

static char *shown(const struct reference_document *document)
{
    struct buf text;
    buf_init(&text, BUF_MIB);
    for (size_t i = 0; i < document->atoms.count; i++) {
        const struct atom *atom = &document->atoms.items[i];
        buf_printf(&text, "%zu %s: %s | %s\n", atom->line, atom_kind_shown(atom->kind), atom->key,
                   atom->text);
    }
    return buf_take(&text);
}

static char *read_text(const char *path)
{
    struct buf text;
    char bytes[4096];
    CLEANUP(file) FILE *file = fopen(path, "re");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    buf_init(&text, BUF_MIB);
    for (size_t count; (count = fread(bytes, 1, sizeof bytes, file)) > 0;)
        buf_append(&text, bytes, count);
    return buf_take(&text);
}

START_TEST(read_good_documents)
{
    struct problems problems = {0};
    struct table_maps maps = load_maps();
    CLEANUP(text) char *folder = reference_file("good");
    struct reference *reference = reference_load(folder, &maps, &problems);
    ck_assert_msg(reference != NULL, "%s", problems.count ? problems.items[0].text : "");
    ck_assert_uint_ge(reference->count, GOOD_LEAST);
    for (size_t i = 0; i < reference->count; i++) {
        const struct reference_document *document = &reference->documents[i];
        CLEANUP(text) char *path = mem_printf("%s/%s.atoms", folder, document->name);
        CLEANUP(text) char *expected = read_text(path);
        CLEANUP(text) char *actual = shown(document);
        ck_assert_msg(strcmp(expected, actual) == 0, "%s: expected\n%sgot\n%s", document->name, expected,
                      actual);
        ck_assert_int_eq(document->grammar != NULL, *expected != '\0');
    }
    reference_free(reference);
    table_maps_fini(&maps);
}
END_TEST

static void check_bad(const char *folder, const char *name, const struct table_maps *maps)
{
    struct problems problems = {0};
    CLEANUP(text) char *path = mem_printf("%s/%s", folder, name);
    ck_assert_ptr_null(reference_load(path, maps, &problems));
    check_expected(path, &problems);
    for (size_t i = 0; i < problems.count; i++)
        ck_assert_str_eq(problems.items[i].source, name);
    problems_fini(&problems);
}

START_TEST(refuse_bad_documents)
{
    /* By their names alone, as documents that are read singly have them. */
    static struct table_map one = {.kind = ATOM_REQUEST};
    struct table_maps_file files[] = {
        {.document = (char[]){"text-map-too-short.txt"}, .tables = &one, .table_count = 1},
        {.document = (char[]){"text-row-without-name.txt"}, .tables = &one, .table_count = 1}};
    const struct table_maps maps = {files, sizeof files / sizeof *files};
    size_t count = 0;
    one.call = (char[]){"GET /v1/windows"};
    CLEANUP(text) char *folder = reference_file("bad");
    DIR *entries = opendir(folder);
    ck_assert_ptr_nonnull(entries);
    for (struct dirent *entry = readdir(entries); entry; entry = readdir(entries)) {
        if (entry->d_name[0] == '.' || text_ends_with(entry->d_name, ".yaml"))
            continue;
        check_bad(folder, entry->d_name, &maps);
        count++;
    }
    closedir(entries);
    ck_assert_uint_ge(count, BAD_LEAST);
}
END_TEST

static void check_refused(const char *path, const char *text)
{
    struct problems problems = {0};
    ck_assert_ptr_null(reference_load(path, NULL, &problems));
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_msg(strstr(problems.items[0].text, text), "%s: %s", path, problems.items[0].text);
    problems_fini(&problems);
}

START_TEST(refuse_what_is_no_reference)
{
    CLEANUP(text) char *nowhere = reference_file("nowhere");
    CLEANUP(text) char *nothing = reference_file("maps/bad/no-tables");
    check_refused(nowhere, "cannot be opened");
    check_refused(nothing, "there is no *.inc");
}
END_TEST

START_TEST(refuse_a_map_with_a_table_too_many)
{
    struct problems problems = {0};
    struct table_maps maps = load_maps();
    struct table_maps_file *file = &maps.files[maps.count - 1];
    struct table_map *further = mem_append(&file->tables, &file->table_count);
    *further = (struct table_map){mem_dup("GET /v1/doors"), ATOM_REQUEST, {.file = "a.map.yaml", .line = 9}};
    CLEANUP(text) char *folder = reference_file("good");
    ck_assert_ptr_null(reference_load(folder, &maps, &problems));
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_uint_eq(problems.items[0].line, 9);
    problems_fini(&problems);
    table_maps_fini(&maps);
}
END_TEST

TCase *readers_tests(void)
{
    TCase *tests = tcase_create("readers");
    tcase_add_test(tests, read_good_documents);
    tcase_add_test(tests, refuse_bad_documents);
    tcase_add_test(tests, refuse_what_is_no_reference);
    tcase_add_test(tests, refuse_a_map_with_a_table_too_many);
    return tests;
}
