/* What a good suite looks like in memory, and how folders of files become one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/spec/internal.h"
#include "conformance/test/suite_folder.h"
#include "conformance/test/test_spec.h"

#define CASE_HEAD                                                                                            \
    "section: S\nreference: r.inc\ncalls: {show: 'GET /i/{image_id}', list: GET /i}\n"                       \
    "bodies: {text: {text: '${case.id}'}}\n"                                                                 \
    "givens:\n"                                                                                              \
    "  one:\n    says: x\n    params: {p: 1}\n    needs: {limits: [cap], conditions: [full]}\n"              \
    "    steps:\n      - send: {call: list, as: admin}\n        capture: {id: {json: /id}}\n"                \
    "        cleanup: {call: list, as: reader}\n"                                                            \
    "  two: {says: x, after: one, params: {p: 2, q: 3}}\n"                                                   \
    "clauses:\n  - id: a.b\n    kind: rule\n    level: should\n    from: Head / Item / 3\n    says: x\n"     \
    "    cases:\n"

static struct spec_suite *load(const char *text)
{
    struct problems problems = {0};
    struct spec_suite *suite = spec_load_bytes(text, strlen(text), NULL, &problems);
    for (size_t i = 0; i < problems.count; i++)
        ck_abort_msg("%zu:%zu: %s", problems.items[i].line, problems.items[i].column, problems.items[i].text);
    return suite;
}

static const struct spec_clause *first_clause(const struct spec_suite *suite)
{
    return suite->files[0]->clauses[0];
}

static char *joined(char *const *words, size_t count)
{
    char *text = mem_dup("");
    for (size_t i = 0; i < count; i++) {
        char *longer = mem_printf("%s%s%s", text, i ? "," : "", words[i]);
        free(text);
        text = longer;
    }
    return text;
}

static void assert_words(char *const *words, size_t count, const char *expected)
{
    CLEANUP(text) char *text = joined(words, count);
    ck_assert_str_eq(text, expected);
}

START_TEST(a_clause_says_where_it_comes_from)
{
    struct spec_suite *suite = load(CASE_HEAD "      - name: A  case, really!\n        send: {call: list}\n"
                                              "        expect: {status: 200}\n");
    const struct spec_clause *clause = first_clause(suite);
    ck_assert_str_eq(clause->heading, "Head");
    ck_assert_str_eq(clause->item, "Item / 3");
    ck_assert_str_eq(clause->document, "r.inc");
    ck_assert_str_eq(spec_level_name(clause->level), "should");
    ck_assert_str_eq(clause->cases[0].id, "a.b/a-case-really");
    ck_assert_str_eq(clause->cases[0].name, "A  case, really!");
    ck_assert_ptr_eq(clause->cases[0].clause, clause);
    ck_assert_str_eq(clause->cases[0].parts->clauses[0], "a.b");
    ck_assert_ptr_null(spec_case_row(&clause->cases[0]));
    ck_assert_uint_eq(clause->cases[0].parts->step_count, 1);
    ck_assert_str_eq(clause->cases[0].parts->steps[0].send.path, "/i");
    spec_suite_free(suite);
}
END_TEST

START_TEST(needs_are_complete)
{
    struct spec_suite *suite = load(
        CASE_HEAD
        "      - name: x\n        needs: {features: [f], identities: [stranger], limits: [quota]}\n"
        "        given: two\n"
        "        send: {call: list, as: anonymous, body: text, query: {a: '${identity.other.project}'}}\n"
        "        expect: {status: 200, length: '${limits.cap}'}\n");
    const struct spec_needs *needs = &first_clause(suite)->cases[0].parts->needs;
    assert_words(needs->features, needs->feature_count, "f");
    assert_words(needs->limits, needs->limit_count, "quota,cap");
    assert_words(needs->conditions, needs->condition_count, "full");
    assert_words(needs->identities, needs->identity_count, "stranger,admin,reader,other");
    spec_suite_free(suite);
}
END_TEST

START_TEST(the_owner_is_needed_when_nobody_else_is_named)
{
    struct spec_suite *suite =
        load(CASE_HEAD "      - name: x\n        send: {call: list}\n        expect: {status: 200}\n");
    const struct spec_needs *needs = &first_clause(suite)->cases[0].parts->needs;
    assert_words(needs->identities, needs->identity_count, "owner");
    spec_suite_free(suite);
}
END_TEST

START_TEST(a_matrix_makes_a_case_of_each_row)
{
    struct spec_suite *suite =
        load(CASE_HEAD
             "      - name: by ${who} ${n}\n        matrix: [{who: admin, n: 1}, {n: 2, who: other}]\n"
             "        send: {call: list, as: '${who}', query: {n: '${n}'}}\n        expect: {status: 200}\n");
    const struct spec_clause *clause = first_clause(suite);
    ck_assert_uint_eq(clause->case_count, 2);
    ck_assert_str_eq(clause->cases[0].id, "a.b/by-admin-1");
    ck_assert_str_eq(clause->cases[1].name, "by other 2");
    ck_assert_str_eq(clause->cases[1].parts->steps[0].send.identity, "other");
    ck_assert_str_eq(clause->cases[1].parts->steps[0].send.query[0].value, "${n}");
    json_t *row = spec_case_row(&clause->cases[1]);
    ck_assert_int_eq(json_integer_value(json_object_get(row, "n")), 2);
    json_decref(row);
    ck_assert_uint_lt(clause->cases[0].place.column, clause->cases[1].place.column);
    spec_suite_free(suite);
}
END_TEST

/* Unless the values of a row count while it is read. */
START_TEST(rows_of_a_matrix_share_their_parts)
{
    struct spec_suite *suite = load(
        CASE_HEAD "      - name: number ${n}\n        matrix: [{who: admin, n: 1}, {who: other, n: 2}]\n"
                  "        send: {call: list, query: {who: '${who}'}}\n        expect: {status: 200}\n"
                  "      - name: as ${who} ${n}\n        matrix: [{who: admin, n: 1}, {who: other, n: 2}]\n"
                  "        send: {call: list, as: '${who}'}\n        expect: {status: 200}\n");
    const struct spec_case *cases = first_clause(suite)->cases;
    ck_assert_uint_eq(first_clause(suite)->case_count, 4);
    ck_assert_ptr_eq(cases[0].parts, cases[1].parts);
    ck_assert_ptr_ne(cases[0].parts, cases[2].parts);
    ck_assert_ptr_ne(cases[2].parts, cases[3].parts);
    ck_assert_str_eq(cases[3].parts->needs.identities[0], "other");
    spec_suite_free(suite);
}
END_TEST

START_TEST(givens_chain_and_take_arguments)
{
    struct spec_suite *suite = load(
        CASE_HEAD
        "      - name: x\n        given: {g: {is: two, p: 5}}\n"
        "        send: {call: show, image_id: '${g.id} ${g.p} ${g.q}'}\n        expect: {status: 200}\n");
    const struct spec_given_use *use = &first_clause(suite)->cases[0].parts->givens[0];
    ck_assert_str_eq(use->name, "g");
    ck_assert_str_eq(use->given->name, "two");
    ck_assert_str_eq(use->given->after->name, "one");
    ck_assert_uint_eq(use->given->param_count, 2);
    ck_assert_str_eq(use->args[0].name, "p");
    ck_assert_int_eq(json_integer_value(use->args[0].value), 5);
    spec_suite_free(suite);
}
END_TEST

/* --- folders --- */

/* b.yaml declares what a.yaml uses. */
static char *make_two(const char *status)
{
    char *root = suite_folder_make();
    CLEANUP(text)
    char *text = mem_printf(
        "section: S\nreference: r\nclauses:\n  - id: %s\n    kind: rule\n    level: observed\n    says: x\n"
        "    cases:\n      - name: n\n        tags: [slow]\n        send: {call: list}\n        expect: "
        "{status: %s}\n",
        "a.one", status);
    suite_folder_put(root, "images-v2/a.yaml", text);
    suite_folder_put(
        root, "images-v2/b.yaml",
        "section: S\nreference: r\ncalls: {list: GET /}\nclauses:\n  - id: b.one\n    kind: rule\n"
        "    level: observed\n    says: x\n    cases:\n      - name: n\n        proves: [a.one]\n"
        "        send: {call: list}\n        expect: {clause: a.one, status: 200}\n");
    return root;
}

static char *digest_of(const char *root)
{
    struct problems problems = {0};
    struct spec_suite *suite = spec_load(root, NULL, &problems);
    ck_assert_ptr_nonnull(suite);
    char *digest = mem_dup(suite->digest);
    spec_suite_free(suite);
    return digest;
}

START_TEST(files_of_an_api_share_and_the_digest_is_of_all)
{
    char *root = make_two("200");
    CLEANUP(text) char *first = digest_of(root);
    CLEANUP(text) char *again = digest_of(root);
    ck_assert_uint_eq(strlen(first), 64);
    ck_assert_str_eq(first, again);
    suite_folder_drop(root);
    root = make_two("201");
    CLEANUP(text) char *changed = digest_of(root);
    ck_assert_str_ne(first, changed);
    suite_folder_drop(root);
}
END_TEST

START_TEST(named_files_are_checked_with_their_neighbours_and_come_first)
{
    struct problems problems = {0};
    char *root = make_two("wrong");
    suite_folder_put(root, "images-v2/b.yaml", "calls: {list: get}\n");
    CLEANUP(text) char *first = mem_printf("%s/images-v2/b.yaml", root);
    ck_assert_ptr_null(spec_load_files(&first, 1, NULL, &problems));
    ck_assert_uint_ge(problems.count, 2);
    ck_assert_str_eq(problems.items[0].source, first);
    ck_assert_str_ne(problems.items[problems.count - 1].source, first);
    problems_fini(&problems);
    suite_folder_drop(root);
}
END_TEST

START_TEST(named_files_load)
{
    struct problems problems = {0};
    char *root = make_two("200");
    CLEANUP(text) char *one = mem_printf("%s/images-v2/a.yaml", root);
    CLEANUP(text) char *two = mem_printf("%s/images-v2/b.yaml", root);
    struct spec_suite *suite = spec_load_files((char *[]){one, two}, 2, NULL, &problems);
    ck_assert_ptr_nonnull(suite);
    ck_assert_uint_eq(suite->file_count, 2);
    ck_assert_str_eq(suite->files[0]->name, "images-v2/a.yaml");
    spec_suite_free(suite);
    suite_folder_drop(root);
}
END_TEST

START_TEST(a_named_file_that_is_missing_is_told)
{
    struct problems problems = {0};
    char path[] = "/no/such/folder/x.yaml";
    ck_assert_ptr_null(spec_load_files((char *[]){path}, 1, NULL, &problems));
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_str_eq(problems.items[0].source, path);
    problems_fini(&problems);
}
END_TEST

START_TEST(a_root_without_clauses_is_told)
{
    struct problems problems = {0};
    char *root = suite_folder_make();
    ck_assert_ptr_null(spec_load(root, NULL, &problems));
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_ptr_nonnull(strstr(problems.items[0].text, "no clauses"));
    problems_fini(&problems);
    suite_folder_drop(root);
}
END_TEST

START_TEST(a_file_that_would_not_be_read_is_told)
{
    struct problems problems = {0};
    char *root = make_two("200");
    suite_folder_put(root, "images-v2/c.yml", "{}\n");
    ck_assert_ptr_null(spec_load(root, NULL, &problems));
    ck_assert_uint_eq(problems.count, 1);
    ck_assert_ptr_nonnull(strstr(problems.items[0].text, ".yaml at its end"));
    problems_fini(&problems);
    suite_folder_drop(root);
}
END_TEST

/* --- selection --- */

static const struct {
    const char *only;
    const char *tag;
    const char *api;
    const char *selected;
} selections[] = {
    {NULL, NULL, NULL, "a.one/n,b.one/n"},
    {"a.*", NULL, NULL, "a.one/n,b.one/n"}, /* b.one/n proves a.one too */
    {"b.one", NULL, NULL, "b.one/n"},
    {"*/n", NULL, NULL, "a.one/n,b.one/n"},
    {"a.one/*", NULL, NULL, "a.one/n"},
    {"a.on", NULL, NULL, ""},
    {NULL, "slow", NULL, "a.one/n"},
    {NULL, "slo", NULL, ""},
    {"b.*", "slow", NULL, ""},
    {NULL, NULL, "images-v2", "a.one/n,b.one/n"},
    {NULL, NULL, "images-v1", ""},
};

START_TEST(cases_are_selected_in_the_order_of_the_suite)
{
    struct problems problems = {0};
    char *root = make_two("200");
    struct spec_suite *suite = spec_load(root, NULL, &problems);
    CLEANUP(text) char *only = mem_dup(selections[_i].only);
    CLEANUP(text) char *tag = mem_dup(selections[_i].tag);
    CLEANUP(text) char *api = mem_dup(selections[_i].api);
    struct spec_selection selection = {.only = &only,
                                       .only_count = only != NULL,
                                       .tags = &tag,
                                       .tag_count = tag != NULL,
                                       .apis = &api,
                                       .api_count = api != NULL};
    size_t count;
    const struct spec_case **cases = spec_select(suite, &selection, &count);
    char **ids = mem_alloc((count + 1) * sizeof *ids);
    for (size_t i = 0; i < count; i++)
        ids[i] = cases[i]->id;
    assert_words(ids, count, selections[_i].selected);
    free(ids);
    free(cases);
    spec_suite_free(suite);
    suite_folder_drop(root);
}
END_TEST

START_TEST(the_suite_of_the_project_loads)
{
    struct problems problems = {0};
    struct spec_suite *suite = spec_load(test_specs(), NULL, &problems);
    for (size_t i = 0; i < problems.count; i++)
        ck_abort_msg("%s:%zu:%zu: %s", problems.items[i].source, problems.items[i].line,
                     problems.items[i].column, problems.items[i].text);
    ck_assert_uint_ge(suite->file_count, 1);
    spec_suite_free(suite);
    spec_suite_free(NULL);
}
END_TEST

TCase *spec_suite_tests(void)
{
    TCase *tests = tcase_create("spec_suite");
    tcase_add_test(tests, a_clause_says_where_it_comes_from);
    tcase_add_test(tests, needs_are_complete);
    tcase_add_test(tests, the_owner_is_needed_when_nobody_else_is_named);
    tcase_add_test(tests, a_matrix_makes_a_case_of_each_row);
    tcase_add_test(tests, rows_of_a_matrix_share_their_parts);
    tcase_add_test(tests, givens_chain_and_take_arguments);
    tcase_add_test(tests, files_of_an_api_share_and_the_digest_is_of_all);
    tcase_add_test(tests, named_files_are_checked_with_their_neighbours_and_come_first);
    tcase_add_test(tests, named_files_load);
    tcase_add_test(tests, a_named_file_that_is_missing_is_told);
    tcase_add_test(tests, a_root_without_clauses_is_told);
    tcase_add_test(tests, a_file_that_would_not_be_read_is_told);
    tcase_add_loop_test(tests, cases_are_selected_in_the_order_of_the_suite, 0, TESTING_COUNT(selections));
    tcase_add_test(tests, the_suite_of_the_project_loads);
    return tests;
}
