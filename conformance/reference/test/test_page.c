#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/testing.h"
#include "conformance/reference/page.h"
#include "conformance/reference/test/test_reference.h"

/* Each line as NUMBER/INDENT, with ~ before it when it comes after an empty one. */
static const struct {
    const char *name;
    const char *bytes;
    const char *lines;
} table[] = {
    {"nothing", "", ""},
    {"empty lines", "\n\n \n", ""},
    {"a line without its end", "a", " 1/0a"},
    {"blanks around", "  a \r\n\tb\n", " 1/2a 2/1b"},
    {"an empty line between", "a\n\nb\n", " 1/0a ~3/0b"},
    {"an empty line before all", "\na\n", " ~2/0a"},
    {"a gutter", "a\n|\nb\n|\n|\nc\n", " 1/0a 3/0b ~6/0c"},
    {"a wider gutter", "a\n|\n|\nb\n|\n|\n|\n|\nc\n", " 1/0a 4/0b ~9/0c"},
    {"bars with text", "| a\n|b|\n", " 1/0| a 2/0|b|"},
};

START_TEST(splits_into_lines)
{
    struct page page;
    struct buf lines;
    buf_init(&lines, 4096);
    ck_assert(page_parse("name", table[_i].bytes, strlen(table[_i].bytes), &page, NULL));
    for (size_t i = 0; i < page.count; i++)
        buf_printf(&lines, " %s%zu/%zu%s", page.lines[i].after_blank ? "~" : "", page.lines[i].number,
                   page.lines[i].indent, page.lines[i].text);
    ck_assert_msg(strcmp(lines.data, table[_i].lines) == 0, "%s: %s", table[_i].name, lines.data);
    buf_fini(&lines);
    page_fini(&page);
}
END_TEST

START_TEST(refuses_too_much)
{
    struct page page;
    struct err err = ERR_INIT;
    char *bytes = mem_alloc(PAGE_MAX_BYTES + 1);
    memset(bytes, '\n', PAGE_MAX_BYTES + 1);
    ck_assert(page_parse("name", bytes, PAGE_MAX_BYTES, &page, &err));
    page_fini(&page);
    ck_assert(!page_parse("name", bytes, PAGE_MAX_BYTES + 1, &page, &err));
    ck_assert_int_eq(err.code, ERR_LIMIT);
    free(bytes);
}
END_TEST

static const struct {
    const char *text;
    const char *after; /* NULL: no item */
} bullets[] = {
    {"- a", "a"},   {"* a", "a"}, {"-   a b", "a b"}, {"1. a", "a"},   {"12.  a", "a"}, {"-a", NULL},
    {"-", NULL},    {"- ", NULL}, {"**a**", NULL},    {"1 a", NULL},   {"1.", NULL},    {"1.a", NULL},
    {"a. b", NULL}, {"", NULL},   {"1), a", NULL},    {"--- a", NULL},
};

START_TEST(knows_items)
{
    ck_assert_pstr_eq(text_after_bullet(bullets[_i].text), bullets[_i].after);
}
END_TEST

static const struct {
    const char *bytes;
    bool underlined;
} titles[] = {
    {"Walls\n*****\n", true},  {"Walls\n***\n", true},    {"Walls\n**********\n", true},
    {"Walls\n**\n", false},    {"Walls\n**-**\n", false}, {"Walls and doors\n****\n", false},
    {"*****\n*****\n", false}, {"Walls\naaaaa\n", false},
};

START_TEST(knows_underlines)
{
    struct page page;
    ck_assert(page_parse("name", titles[_i].bytes, strlen(titles[_i].bytes), &page, NULL));
    ck_assert(page_is_underline(&page, 1) == titles[_i].underlined);
    ck_assert(!page_is_underline(&page, 0));
    page_fini(&page);
}
END_TEST

TCase *page_tests(void)
{
    TCase *tests = tcase_create("page");
    tcase_add_loop_test(tests, splits_into_lines, 0, TESTING_COUNT(table));
    tcase_add_test(tests, refuses_too_much);
    tcase_add_loop_test(tests, knows_items, 0, TESTING_COUNT(bullets));
    tcase_add_loop_test(tests, knows_underlines, 0, TESTING_COUNT(titles));
    return tests;
}
