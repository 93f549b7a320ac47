#include "conformance/spec/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/testing.h"
#include "conformance/test/test_spec.h"

/* Text "abc", number 7, real 0.1, flag true, nothing null, list [1], size 64k, dollar "${text}". */
static struct vars *some_vars(const struct vars *outer)
{
    struct vars *vars = vars_new(outer);
    json_t *all =
        json_loads("{\"number\": 7, \"real\": 0.1, \"flag\": true, \"nothing\": null, \"list\": [1],"
                   " \"size\": \"64k\", \"image.id\": \"42\", \"dollar\": \"${text}\"}",
                   0, NULL);
    const char *name;
    json_t *value;
    json_object_foreach (all, name, value) {
        vars_set(vars, name, value);
    }
    json_decref(all);
    vars_set_text(vars, "text", "abc");
    return vars;
}

static const struct {
    const char *template;
    const char *expanded; /* NULL: refused */
    const char *says;
} expansions[] = {
    {"", "", NULL},
    {"plain", "plain", NULL},
    {"${text}", "abc", NULL},
    {"<${text}${number}>", "<abc7>", NULL},
    {"${image.id}", "42", NULL},
    {"${real} ${flag}", "0.1 true", NULL},
    {"$$", "$", NULL},
    {"$${text}", "${text}", NULL},
    {"$$$${text}", "$${text}", NULL},
    {"^a$", "^a$", NULL},
    {"$5", "$5", NULL},
    {"{text}", "{text}", NULL},
    {"${dollar}", "${text}", NULL},
    {"${absent}", NULL, "variable \"absent\" has no value"},
    {"${list}", NULL, "is no text, number or boolean"},
    {"${nothing}", NULL, "is no text, number or boolean"},
    {"${text", NULL, "no closing brace"},
    {"a ${", NULL, "no closing brace"},
    {"${}", NULL, "names no variable"},
    {"${te xt}", NULL, "\" \" in the name"},
    {"${${text}}", NULL, "\"$\" in the name"},
    {"$}", NULL, "\"$}\""},
};

START_TEST(a_template_expands)
{
    struct err err = ERR_INIT;
    struct vars *vars = some_vars(NULL);
    CLEANUP(text) char *expanded = template_expand(expansions[_i].template, vars, &err);
    if (expansions[_i].expanded)
        ck_assert_str_eq(expanded, expansions[_i].expanded);
    else
        ck_assert_ptr_null(expanded);
    ck_assert_int_eq(err.code == ERR_NONE, expansions[_i].says == NULL);
    if (expansions[_i].says)
        ck_assert_ptr_nonnull(strstr(err.text, expansions[_i].says));
    vars_free(vars);
}
END_TEST

static const struct {
    const char *json;
    const char *expanded; /* NULL: refused */
} json_expansions[] = {
    {"\"${number}\"", "7"},
    {"\"${list}\"", "[1]"},
    {"\"${nothing}\"", "null"},
    {"\" ${number}\"", "\" 7\""},
    {"\"${number}${number}\"", "\"77\""},
    {"\"$$\"", "\"$\""},
    {"\"\"", "\"\""},
    {"{\"${number}\":[\"${flag}\",{\"a\":\"${text}\"}]}", "{\"${number}\":[true,{\"a\":\"abc\"}]}"},
    {"[1,null,true,0.5]", "[1,null,true,0.5]"},
    {"\"${dollar}\"", "\"${text}\""},
    {"[\"${absent}\"]", NULL},
    {"{\"a\":{\"b\":\"${absent}\"}}", NULL},
    {"\"${list} \"", NULL},
    {"\"${\"", NULL},
};

START_TEST(json_expands_and_keeps_types)
{
    struct err err = ERR_INIT;
    struct vars *vars = some_vars(NULL);
    json_t *json = json_loads(json_expansions[_i].json, JSON_DECODE_ANY, NULL);
    json_t *expanded = template_expand_json(json, vars, &err);
    CLEANUP(text) char *text = expanded ? json_dumps(expanded, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    if (json_expansions[_i].expanded)
        ck_assert_str_eq(text, json_expansions[_i].expanded);
    ck_assert_int_eq(expanded == NULL, json_expansions[_i].expanded == NULL);
    ck_assert_int_eq(err.code == ERR_NONE, expanded != NULL);
    json_decref(expanded);
    json_decref(json);
    vars_free(vars);
}
END_TEST

static const struct {
    const char *text;
    bool good;
    uint64_t bytes;
} sizes[] = {
    {"0", true, 0},
    {"64k", true, 65536},
    {"${size}", true, 65536},
    {"${size} + 1", true, 65537},
    {"${size}+1", true, 65537},
    {" 1M - ${size} ", true, 983040},
    {"18446744073709551615", true, UINT64_MAX},
    {"18446744073709551615 + 1", false, 0},
    {"1 - 2", false, 0},
    {"1 + 2 + 3", false, 0},
    {"1 +", false, 0},
    {"- 1", false, 0},
    {"", false, 0},
    {"1 2", false, 0},
    {"1.5k", false, 0},
    {"0x10", false, 0},
    {"${text}", false, 0},
    {"${absent}", false, 0},
};

START_TEST(a_size_is_bytes_or_a_sum)
{
    struct err err = ERR_INIT;
    struct vars *vars = some_vars(NULL);
    uint64_t bytes = 12345;
    ck_assert_int_eq(template_expand_size(sizes[_i].text, vars, &bytes, &err), sizes[_i].good);
    ck_assert_uint_eq(bytes, sizes[_i].good ? sizes[_i].bytes : 12345);
    ck_assert_int_eq(err.code == ERR_NONE, sizes[_i].good);
    vars_free(vars);
}
END_TEST

START_TEST(inner_variables_hide_outer_ones)
{
    struct vars *outer = some_vars(NULL);
    struct vars *inner = vars_new(outer);
    vars_set_text(inner, "text", "inner");
    ck_assert_str_eq(json_string_value(vars_get(inner, "text")), "inner");
    ck_assert_str_eq(json_string_value(vars_get(outer, "text")), "abc");
    ck_assert_int_eq(json_integer_value(vars_get(inner, "number")), 7);
    ck_assert_ptr_null(vars_get(inner, "absent"));
    ck_assert_ptr_null(vars_get(NULL, "absent"));
    vars_free(inner);
    vars_free(outer);
    vars_free(NULL);
}
END_TEST

START_TEST(a_text_that_is_not_utf8_is_made_readable)
{
    struct vars *vars = vars_new(NULL);
    vars_set_text(vars, "latin", "caf\xe9");
    ck_assert_str_eq(json_string_value(vars_get(vars, "latin")), "caf?");
    vars_set_text(vars, "utf8", "caf\xc3\xa9");
    ck_assert_str_eq(json_string_value(vars_get(vars, "utf8")), "caf\xc3\xa9");
    vars_free(vars);
}
END_TEST

static void join(void *context, const char *name)
{
    strncat(context, name, 20);
    strncat(context, ";", 2);
}

START_TEST(scanning_visits_each_variable)
{
    char seen[100] = "";
    ck_assert(template_scan("a ${b.c} $${d} ${e}${e}", join, seen, NULL));
    ck_assert_str_eq(seen, "b.c;e;e;");
    ck_assert(template_scan("${x}", NULL, NULL, NULL));
    ck_assert(!template_scan("${x", NULL, NULL, NULL));
}
END_TEST

START_TEST(an_expansion_is_bounded)
{
    struct err err = ERR_INIT;
    struct vars *vars = vars_new(NULL);
    size_t length = (size_t)1 << 20;
    CLEANUP(text) char *long_text = malloc(length + 1);
    memset(long_text, 'x', length);
    long_text[length] = '\0';
    vars_set_text(vars, "x", long_text);
    char template[17 * 4 + 1] = "";
    for (int i = 0; i < 17; i++)
        memcpy(template + 4 * i, "${x}", 5);
    ck_assert_ptr_null(template_expand(template, vars, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    vars_free(vars);
}
END_TEST

TCase *template_tests(void)
{
    TCase *tests = tcase_create("template");
    tcase_add_loop_test(tests, a_template_expands, 0, TESTING_COUNT(expansions));
    tcase_add_loop_test(tests, json_expands_and_keeps_types, 0, TESTING_COUNT(json_expansions));
    tcase_add_loop_test(tests, a_size_is_bytes_or_a_sum, 0, TESTING_COUNT(sizes));
    tcase_add_test(tests, inner_variables_hide_outer_ones);
    tcase_add_test(tests, a_text_that_is_not_utf8_is_made_readable);
    tcase_add_test(tests, scanning_visits_each_variable);
    tcase_add_test(tests, an_expansion_is_bounded);
    return tests;
}
