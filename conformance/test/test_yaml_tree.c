#include "conformance/spec/yaml_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/testing.h"
#include "conformance/test/test_spec.h"

static struct yaml_tree *parse(const char *text)
{
    struct err err = ERR_INIT;
    struct yaml_tree *tree = yaml_tree_parse(text, strlen(text), "t.yaml", &err);
    ck_assert_msg(tree != NULL, "%zu:%zu: %s", err.line, err.column, err.text);
    return tree;
}

/* --- plain scalars are typed by the core schema, quoted ones are strings --- */

static const struct {
    const char *yaml;
    const char *json;
    const char *kind;
} scalars[] = {
    {"a: text", "\"text\"", "a string"},
    {"a: ", "null", "null"},
    {"a: ~", "null", "null"},
    {"a: null", "null", "null"},
    {"a: nULL", "\"nULL\"", "a string"},
    {"a: true", "true", "a boolean"},
    {"a: FALSE", "false", "a boolean"},
    {"a: yes", "\"yes\"", "a string"},
    {"a: on", "\"on\"", "a string"},
    {"a: 17", "17", "an integer"},
    {"a: -17", "-17", "an integer"},
    {"a: +17", "17", "an integer"},
    {"a: 017", "17", "an integer"},
    {"a: 0x1F", "31", "an integer"},
    {"a: 0o17", "15", "an integer"},
    {"a: 0x", "\"0x\"", "a string"},
    {"a: 0o8", "\"0o8\"", "a string"},
    {"a: 1:30", "\"1:30\"", "a string"},
    {"a: 2026-11-21", "\"2026-11-21\"", "a string"},
    {"a: 9223372036854775807", "9223372036854775807", "an integer"},
    {"a: 9223372036854775808", "\"9223372036854775808\"", "an integer"},
    {"a: -99999999999999999999", "\"-99999999999999999999\"", "an integer"},
    {"a: 1.5", "1.5", "a number"},
    {"a: .5", "0.5", "a number"},
    {"a: 1.", "1.0", "a number"},
    {"a: 1e3", "1000.0", "a number"},
    {"a: 1e999", "\"1e999\"", "a number"},
    {"a: 1e", "\"1e\"", "a string"},
    {"a: .", "\".\"", "a string"},
    {"a: +", "\"+\"", "a string"},
    {"a: 64k", "\"64k\"", "a string"},
    {"a: .inf", "\".inf\"", "a string"},
    {"a: \"17\"", "\"17\"", "a string"},
    {"a: 'null'", "\"null\"", "a string"},
    {"a: \"\"", "\"\"", "a string"},
    {"a: |\n  17", "\"17\"", "a string"},
    {"a: ${id}", "\"${id}\"", "a string"},
    {"a: [1, {b: c}]", "[1,{\"b\":\"c\"}]", "a sequence"},
    {"a: {}", "{}", "a mapping"},
};

START_TEST(a_value_becomes_json)
{
    struct yaml_tree *tree = parse(scalars[_i].yaml);
    const struct yaml_node *node = yaml_get(&tree->root, "a");
    json_t *json = yaml_to_json(node);
    CLEANUP(text) char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    ck_assert_str_eq(text, scalars[_i].json);
    ck_assert_str_eq(yaml_kind_text(node), scalars[_i].kind);
    json_decref(json);
    yaml_tree_free(tree);
}
END_TEST

START_TEST(every_node_knows_its_place)
{
    struct yaml_tree *tree = parse("# comment\nfirst: 1\nsecond:\n  - x\n  - {k: \"\xc3\xa4\", deep: y}\n");
    const struct yaml_node *item = &yaml_get(&tree->root, "second")->values[1];
    const struct yaml_node *deep = yaml_get(item, "deep");
    ck_assert_str_eq(deep->place.file, "t.yaml");
    ck_assert_uint_eq(deep->place.line, 5);
    ck_assert_uint_eq(deep->place.column, 20); /* in characters: the umlaut is one */
    ck_assert_uint_eq(item->keys[1].place.column, 14);
    ck_assert_ptr_null(yaml_get(item, "absent"));
    ck_assert_ptr_null(yaml_get(deep, "no mapping"));
    ck_assert_ptr_null(yaml_get(NULL, "nothing"));
    yaml_tree_free(tree);
}
END_TEST

/* --- what is refused, and where --- */

static const struct {
    const char *yaml;
    size_t line;
    size_t column;
    const char *says;
} refused[] = {
    {"", 1, 1, "empty"},
    {"# only a comment\n", 2, 1, "empty"},
    {"a: 1\n---\nb: 2\n", 2, 1, "second document"},
    {"a: 1\n...\n---\n", 3, 1, "second document"},
    {"a: &x 1\n", 1, 4, "anchor"},
    {"a: &x [1]\n", 1, 4, "anchor"},
    {"a: &x {b: 1}\n", 1, 4, "anchor"},
    {"a: 1\nb: *x\n", 2, 4, "alias"},
    {"a: !!int 1\n", 1, 4, "tag"},
    {"a: ! 1\n", 1, 4, "tag"},
    {"a: !x [1]\n", 1, 4, "tag"},
    {"a: !x {b: 1}\n", 1, 4, "tag"},
    {"a: 1\nb: 2\na: 3\n", 3, 1, "\"a\" occurs twice in this mapping; the first is at 1:1"},
    {"a: 1\n\"a\": 3\n", 2, 1, "occurs twice"},
    {"{x: {b: 1, b: 2}}\n", 1, 12, "occurs twice"},
    {"[a]: 1\n", 1, 1, "a sequence as a key"},
    {"{a: 1}: 1\n", 1, 1, "a mapping as a key"},
    {"a: [1\n", 2, 1, "did not find expected"},
    {"a: 1\n b: 2\n", 2, 3, "mapping values are not allowed"},
    {"a: \"x\n", 2, 1, "end of stream"},
    {"a: \"\\0\"\n", 1, 4, "NUL"},
    {"a: \"\\ud800\"\n", 1, 7, "invalid Unicode"},
    {"a: @x\n", 1, 4, "cannot start any token"},
    {"a: \xff\n", 1, 4, "UTF-8"},
    {"a: \x01\n", 1, 4, "control characters"},
};

START_TEST(what_breaks_the_rules_is_refused_with_its_place)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(yaml_tree_parse(refused[_i].yaml, strlen(refused[_i].yaml), "t.yaml", &err));
    ck_assert_str_eq(err.source, "t.yaml");
    ck_assert_msg(strstr(err.text, refused[_i].says) != NULL, "\"%s\" of %s", err.text, refused[_i].yaml);
    ck_assert_uint_eq(err.line, refused[_i].line);
    ck_assert_uint_eq(err.column, refused[_i].column);
}
END_TEST

/* `depth` lists in each other. */
static struct yaml_tree *nested(size_t depth, struct err *err)
{
    char text[200] = "";
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    return yaml_tree_parse(text, 2 * depth, "t.yaml", err);
}

START_TEST(depth_is_bounded)
{
    struct err err = ERR_INIT;
    struct yaml_tree *tree = nested(YAML_TREE_DEPTH_MAX, &err);
    ck_assert_ptr_nonnull(tree);
    yaml_tree_free(tree);
    ck_assert_ptr_null(nested(YAML_TREE_DEPTH_MAX + 1, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    ck_assert_uint_eq(err.column, YAML_TREE_DEPTH_MAX + 1);
}
END_TEST

START_TEST(size_is_bounded)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(yaml_tree_parse("", YAML_TREE_FILE_MAX_BYTES + 1, "t.yaml", &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(yaml_tree_load("/no/such/file", "shown.yaml", &err));
    ck_assert_int_eq(err.code, ERR_IO);
    ck_assert_str_eq(err.source, "shown.yaml");
    ck_assert_ptr_nonnull(strstr(err.text, "cannot be opened"));
}
END_TEST

START_TEST(a_folder_is_no_file)
{
    struct err err = ERR_INIT;
    ck_assert_ptr_null(yaml_tree_load("/", "folder", &err));
    ck_assert_int_eq(err.code, ERR_IO);
}
END_TEST

TCase *yaml_tree_tests(void)
{
    TCase *tests = tcase_create("yaml_tree");
    tcase_add_loop_test(tests, a_value_becomes_json, 0, TESTING_COUNT(scalars));
    tcase_add_test(tests, every_node_knows_its_place);
    tcase_add_loop_test(tests, what_breaks_the_rules_is_refused_with_its_place, 0, TESTING_COUNT(refused));
    tcase_add_test(tests, depth_is_bounded);
    tcase_add_test(tests, size_is_bounded);
    tcase_add_test(tests, a_file_that_is_not_there_is_named);
    tcase_add_test(tests, a_folder_is_no_file);
    return tests;
}
