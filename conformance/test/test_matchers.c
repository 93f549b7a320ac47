#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/testing.h"
#include "conformance/case/files.h"
#include "conformance/match/match.h"
#include "conformance/test/test_judge.h"

/* ---- a matcher, told by YAML, over an answer ---- */

static void ignore_template(void *context, const char *text, struct yaml_place place)
{
    (void)context;
    (void)text;
    (void)place;
}

static bool parse_body(void *context, const struct yaml_node *node, struct spec_body *ret_body)
{
    (void)context;
    const struct yaml_node *size = yaml_get(node, "size");
    if (!size)
        return false;
    *ret_body =
        (struct spec_body){.kind = SPEC_BODY_GENERATED, .size = mem_dup(size->text), .seed = mem_dup("1")};
    return true;
}

struct told {
    struct yaml_tree *tree;
    const struct matcher *matcher;
    void *data;
    struct problems problems;
};

static struct told tell(const char *yaml)
{
    struct err err = ERR_INIT;
    struct told told = {.tree = yaml_tree_parse(yaml, strlen(yaml), "test", &err)};
    ck_assert_msg(told.tree != NULL, "%s: %s", yaml, err.text);
    told.matcher = matcher_find(told.tree->root.keys[0].text);
    ck_assert_ptr_nonnull(told.matcher);
    struct match_source source = {.node = &told.tree->root.values[0],
                                  .problems = &told.problems,
                                  .template_used = ignore_template,
                                  .body_parse = parse_body};
    told.data = told.matcher->parse(&source);
    return told;
}

static void told_fini(struct told *told)
{
    if (told->data)
        told->matcher->free(told->data);
    problems_fini(&told->problems);
    yaml_tree_free(told->tree);
}

struct seen {
    size_t count;
    char expected[400];
    char actual[400];
};

static void see(void *context, const char *expected, const char *actual)
{
    struct seen *seen = context;
    seen->count++;
    snprintf(seen->expected, sizeof seen->expected, "%s", expected);
    snprintf(seen->actual, sizeof seen->actual, "%s", actual);
}

static void run(const struct told *told, struct answer *answer, const struct vars *vars, struct seen *seen)
{
    struct err err = ERR_INIT;
    const struct match_report report = {see, seen};
    if (told->matcher->watch) {
        struct match_watch *watch = told->matcher->watch(told->data, vars, "", &err);
        ck_assert_msg(watch != NULL, "%s", err.text);
        size_t half = answer->body_kept / 2;
        watch->bytes(watch, answer->body, half);
        watch->bytes(watch, answer->body + half, answer->body_kept - half);
        watch->finish(watch, answer, &report);
    }
    if (told->matcher->check) {
        bool held = told->matcher->check(told->data, answer, vars, "", &report, &err);
        ck_assert(held == (seen->count == 0));
    }
    ck_assert_int_eq(err.code, ERR_NONE);
}

/* ---- the table ---- */

#define JSON                                                                                                 \
    "{\"id\": \"6d0a4a5c-6c4f-4d9d-9a6f-0e2d0f0e1a2b\", \"n\": 5, \"l\": [{\"a\": 1, \"b\": 2}], \"z\": "    \
    "null}"

static const struct {
    const char *yaml;
    const char *body;
    const char *expected; /* NULL: it holds */
    const char *actual;
} table[] = {
    {"status: 200", "", NULL, NULL},
    {"status: 2xx", "", NULL, NULL},
    {"status: [404, 2xx]", "", NULL, NULL},
    {"status: 404", "", "status 404", "status 200"},
    {"status: [404, 5xx]", "", "status one of 404, 5xx", "status 200"},
    {"headers: {x-one: first}", "", NULL, NULL},
    {"headers: {X-One: \"${word}\"}", "", NULL, NULL},
    {"headers: {X-One: {matches: \"f.*t\"}}", "", NULL, NULL},
    {"headers: {X-Two: {absent: true}, X-One: {present: true}}", "", NULL, NULL},
    {"headers: {X-One: other}", "", "header X-One: other", "header X-One: first"},
    {"headers: {X-One: {matches: irs}}", "", "header X-One that matches /irs/", "header X-One: first"},
    {"headers: {X-Two: x}", "", "header X-Two: x", "no header X-Two"},
    {"headers: {X-One: {absent: true}}", "", "no header X-One", "header X-One: first"},
    {"json: {/n: 5, /z: null, /l/0/a: 1}", JSON, NULL, NULL},
    {"json: {/n: {type: integer}, /id: {type: uuid}, /z: {type: string|null}}", JSON, NULL, NULL},
    {"json: {/n: {one_of: [4, 5]}, /l: {length: 1}, /none: {absent: true}}", JSON, NULL, NULL},
    {"json: {/l: {contains: {a: 1}}, /id: {matches: \"6d0.*\"}}", JSON, NULL, NULL},
    {"json: {/n: \"${five}\"}", JSON, NULL, NULL},
    {"json: {/n: 6}", JSON, "/n: 6", "/n: 5"},
    {"json: {/n: \"5\"}", JSON, "/n: \"5\"", "/n: 5"},
    {"json: {/z: {absent: true}}", JSON, "/z: nothing", "/z: null"},
    {"json: {/l: {contains: {a: 2}}}", JSON, "/l: an array with {\"a\":2}", "/l: [{\"a\":1,\"b\":2}]"},
    {"json: {/n: {one_of: [4]}}", JSON, "/n: one of [4]", "/n: 5"},
    {"json: {/n: {type: string}}", JSON, "/n: string", "/n: 5"},
    {"json: {/l: {lacks: {a: 2}}}", JSON, NULL, NULL},
    {"json: {/l: {lacks: {a: 1}}}", JSON, "/l: an array without {\"a\":1}", "/l: [{\"a\":1,\"b\":2}]"},
    {"json: {/n: {lacks: 1}}", JSON, "/n: an array without 1", "/n: 5"},
    {"json: {/none: {lacks: 1}}", JSON, "/none: an array without 1", "/none: nothing"},
    {"json: {\"\": {ascending: a}}", "[{\"a\": 1}, {\"a\": 1}, {\"a\": 10}]", NULL, NULL},
    {"json: {\"\": {descending: a}}", "[{\"a\": \"z\"}, {\"a\": \"b\"}, {\"a\": \"Z\"}]", NULL, NULL},
    {"json: {\"\": {ascending: a}}", "[]", NULL, NULL},
    {"json: {\"\": {ascending: a}}", "[{\"a\": 10}, {\"a\": 9}]",
     ": an array of objects in ascending order of \"a\"", ": [{\"a\":10},{\"a\":9}]"},
    {"json: {\"\": {descending: a}}", "[{\"a\": \"a\"}, {\"a\": \"b\"}]",
     ": an array of objects in descending order of \"a\"", ": [{\"a\":\"a\"},{\"a\":\"b\"}]"},
    {"json: {\"\": {ascending: a}}", "[{\"a\": 1}, {\"a\": \"b\"}]",
     ": an array of objects in ascending order of \"a\"", ": [{\"a\":1},{\"a\":\"b\"}]"},
    {"json: {\"\": {ascending: a}}", "[{\"b\": 1}]", ": an array of objects in ascending order of \"a\"",
     ": [{\"b\":1}]"},
    {"json: {\"\": {ascending: a}}", "{\"a\": 1}", ": an array of objects in ascending order of \"a\"",
     ": {\"a\":1}"},
    {"json: {/none: 1}", JSON, "/none: 1", "/none: nothing"},
    {"json: {/n: 5}", "no JSON", "/n: 5", "the body is no JSON"},
    {"shape: {id: uuid, n: integer, l: [{a: number}], none?: string}", JSON, NULL, NULL},
    {"shape: {l: [{a: string}]}", JSON, "a body of the shape {\"l\":[{\"a\":\"string\"}]}",
     "/l/0/a: 1 is not string"},
    {"shape: {none: any}", JSON, "a body of the shape {\"none\":\"any\"}", "/none: nothing"},
    {"length: 3", "abc", NULL, NULL},
    {"length: 4", "abc", "a body of 4 bytes", "a body of 3 bytes"},
    {"text: abc", "abc", NULL, NULL},
    {"text: {contains: b}", "abc", NULL, NULL},
    {"text: {matches: \"a.c\"}", "abc", NULL, NULL},
    {"text: ab", "abc", "a body that is \"ab\"", "\"abc\""},
    {"text: {matches: b}", "a\nc", "a body that matches /b/", "\"a\\nc\""},
    {"digest: {md5: 900150983cd24fb0d6963f7d28e17f72}", "abc", NULL, NULL},
    {"digest: {\"${algorithm}\": 900150983cd24fb0d6963f7d28e17f72}", "abc", NULL, NULL},
    {"digest: {md5: 0}", "abc", "a body with the md5 digest 0",
     "md5 digest 900150983cd24fb0d6963f7d28e17f72"},
    {"body: empty", "", NULL, NULL},
    {"body: empty", "abc", "a body of 0 bytes", "a body of 3 bytes"},
    {"body: {size: 3}", "abc", "bytes af at offset 0 of the body", "bytes 61"},
    {"image: {format: raw, sound: true, safe: true}", "abc", NULL, NULL},
    {"image: {virtual_size: 3, file_size: {at_least: 3, at_most: 1 + 2}}", "abc", NULL, NULL},
    {"image: {format: \"${word}\"}", "abc", "an image of the format first", "one that looks like raw"},
    {"image: {virtual_size: 4}", "abc", "a disk of 4 bytes", "a disk of 3 bytes"},
    {"image: {file_size: {at_least: 4}}", "abc", "a file of at least 4 bytes", "a file of 3 bytes"},
    {"image: {file_size: {at_most: 2}}", "abc", "a file of at most 2 bytes", "a file of 3 bytes"},
    {"image: {options: {static: on}}", "abc", "an image with static=on", "static=nothing"},
    {"image: {allocated: 3}", "abc", NULL, NULL}, /* a raw image has all of it */
    {"image: {allocated: 0}", "abc", "room in the file of 0 bytes", "room in the file of 3 bytes"},
    {"image: {content: {size: 1}}", "\xaf", NULL, NULL},
    {"image: {content: {size: 1}}", "abc", "byte 0 of the guest's disk to be af", "61"},
    {"image: {content: {size: 2}}", "\xaf", "byte 0 of the guest's disk to be af",
     "byte 0 of the guest's disk is not in the file"},
};

START_TEST(judges)
{
    struct told told = tell(table[_i].yaml);
    ck_assert_msg(told.data != NULL, "%s", table[_i].yaml);
    struct vars *vars = vars_new(NULL);
    vars_set_text(vars, "word", "first");
    vars_set_text(vars, "algorithm", "md5");
    json_t *five = json_integer(5);
    vars_set(vars, "five", five);
    json_decref(five);
    char name[] = "X-One";
    char value[] = "first";
    struct answer_header header = {name, value};
    struct answer answer = {.status = 200,
                            .headers = &header,
                            .header_count = 1,
                            .body_bytes = strlen(table[_i].body),
                            .body = mem_dup(table[_i].body),
                            .body_kept = strlen(table[_i].body)};
    answer_read_json(&answer);
    struct case_files files = {0};
    struct case_file file;
    ck_assert(case_file_open(&files, "body", &file, NULL));
    case_file_write(&file, answer.body, answer.body_kept);
    ck_assert(case_file_end(&file, NULL));
    answer.file = file.path;
    struct seen seen = {0};
    run(&told, &answer, vars, &seen);
    case_file_fini(&file);
    case_files_fini(&files);
    ck_assert_msg((seen.count == 0) == !table[_i].expected, "%s: %zu findings", table[_i].yaml, seen.count);
    if (table[_i].expected) {
        ck_assert_str_eq(seen.expected, table[_i].expected);
        ck_assert_str_eq(seen.actual, table[_i].actual);
    }
    json_decref(answer.json);
    free(answer.body);
    vars_free(vars);
    told_fini(&told);
}
END_TEST

/* ---- whether there is an image ---- */

static const struct {
    const char *yaml;
    int status;
    const char *expected; /* NULL: nothing is found */
    const char *actual;
} presence[] = {
    {"image: present", 200, NULL, NULL},
    {"image: present", 404, "an image", "status 404"},
    {"image: present", 500, "an image", "status 500"},
    {"image: none", 404, NULL, NULL},
    {"image: none", 409, NULL, NULL},
    {"image: none", 200, "no image", "a file of 0 bytes"},
    {"image: none", 500, "no image", "status 500"},
    {"image: {format: raw}", 404, "an image", "status 404"},
};

START_TEST(tells_whether_there_is_an_image)
{
    struct told told = tell(presence[_i].yaml);
    ck_assert(told.data);
    struct answer answer = {.status = presence[_i].status};
    struct vars *vars = vars_new(NULL);
    struct seen seen = {0};
    run(&told, &answer, vars, &seen);
    ck_assert_uint_eq(seen.count, presence[_i].expected ? 1 : 0);
    if (presence[_i].expected) {
        ck_assert_str_eq(seen.expected, presence[_i].expected);
        ck_assert_str_eq(seen.actual, presence[_i].actual);
    }
    vars_free(vars);
    told_fini(&told);
}
END_TEST

/* ---- what cannot be told ---- */

static const struct {
    const char *yaml;
    const char *fragment;
} mistakes[] = {
    {"status: 20", "expected a code"},
    {"status: 6xx", "expected a code"},
    {"status: []", "empty list"},
    {"status: {is: 200}", "expected a code"},
    {"headers: [a]", "expected a mapping"},
    {"headers: {A: {equal: x}}", "did you mean \"equals\"?"},
    {"headers: {A: {}}", "has 0 keys"},
    {"headers: {A: {equals: x, absent: true}}", "has 2 keys"},
    {"headers: {A: {absent: false}}", "can only be true"},
    {"headers: {A: {matches: \"(\"}}", "pattern"},
    {"json: 5", "expected a mapping"},
    {"json: {status: x}", "is no JSON pointer"},
    {"json: {/a: {typ: string}}", "did you mean \"type\"?"},
    {"json: {/a: {type: strin}}", "did you mean \"string\"?"},
    {"json: {/a: {one_of: 5}}", "expected a list"},
    {"shape: [string, string]", "a list of 2 shapes"},
    {"shape: {a: strin}", "did you mean \"string\"?"},
    {"json: {/a: {length: long}}", "expected a number"},
    {"body: {size: 5, range: all}", "expected FIRST-LAST"},
    {"body: {size: 5, range: 9-0}", "expected FIRST-LAST"},
    {"length: long", "expected bytes"},
    {"text: {contain: x}", "did you mean \"contains\"?"},
    {"digest: x", "expected a mapping"},
    {"digest: {md6: x}", "unknown digest"},
    {"image: qcow2", "expected a mapping"},
    {"image: absent", "present or none"},
    {"image: [none]", "present or none"},
    {"image: {none: true}", "unknown key \"none\""},
    {"image: {allocated: much}", "expected bytes"},
    {"image: {}", "expected a mapping"},
    {"image: {size: 1}", "unknown key \"size\""},
    {"image: {format: qed}", "no image format"},
    {"image: {sound: false}", "can only be true"},
    {"image: {safe: 1}", "can only be true"},
    {"image: {virtual_size: large}", "expected bytes"},
    {"image: {virtual_size: [1]}", "expected bytes"},
    {"image: {file_size: {}}", "expected bytes"},
    {"image: {file_size: {below: 1}}", "unknown key \"below\""},
    {"image: {options: []}", "expected a mapping"},
    {"image: {options: {static: [on]}}", "expected a text or a number"},
};

START_TEST(complains)
{
    struct told told = tell(mistakes[_i].yaml);
    ck_assert_msg(told.data == NULL, "%s", mistakes[_i].yaml);
    ck_assert_msg(told.problems.count > 0, "%s: no problem", mistakes[_i].yaml);
    const struct err *first = &told.problems.items[0];
    ck_assert_msg(strstr(first->text, mistakes[_i].fragment) != NULL, "%s: %s", mistakes[_i].yaml,
                  first->text);
    ck_assert_uint_eq(first->line, 1);
    told_fini(&told);
}
END_TEST

TCase *tests_of_matchers(void)
{
    TCase *tests = tcase_create("matchers");
    tcase_add_loop_test(tests, judges, 0, TESTING_COUNT(table));
    tcase_add_loop_test(tests, tells_whether_there_is_an_image, 0, TESTING_COUNT(presence));
    tcase_add_loop_test(tests, complains, 0, TESTING_COUNT(mistakes));
    return tests;
}
