#include <string.h>

#include "base/buf.h"
#include "base/testing.h"
#include "conformance/reference/test/test_reference.h"
#include "conformance/reference/values.h"

static const struct {
    const char *name;
    const char *description;
    const char *found; /* "=value" or ".field" each */
} table[] = {
    {"up to the end of the sentence", "A valid value is ``a``, ``b`` or ``c``. Never ``d``.", "=a=b=c"},
    {"one alone", "A valid value is ``a``.", "=a"},
    {"over two lines", "It is ``x``. A valid\nvalue is\n``a`` or\n``b``.\n``c`` is none.", "=a=b"},
    {"in quotes", "Valid values are 'a', 'b' (in lower case). 'c' is none.", "=a=b"},
    {"the list of a sentence", "Sorts by one of the following: ``a``, ``b.c``.  Default is ``d``.", "=a=b.c"},
    {"accepted ones", "Accepted values are ``a``, and ``b``.", "=a=b"},
    {"one of two", "Value is one of ``a``, ``b``", "=a=b"},
    {"examples of formats", "Example formats are: ``a`` or ``b``.\\ |end| ``c``", "=a=b"},
    {"without marks", "Possible values: a, b c, d\n``e``", "=a=b c=d"},
    {"a list", "Set it to one of these values:\n\n- ``a`` - first, not ``x``\n  and not ``y``.\n- ``b``\n",
     "=a=b"},
    {"a list with stars", "These values:\n* ``a``\n * ``b``\n", "=a=b"},
    {"a list whose lines were joined", "these values: ``a`` The first ``x``. ``b`` The second.", "=a=b"},
    {"fields", "Each has the following fields:\n\n- ``a``   - ``true`` if\n  ``false``\n- ``b`` - text\n",
     ".a.b"},
    {"fields, each alone on its line",
     "has the following fields:\n\n``a``\n    Text, ``x``.\n``b``\n    Text", ".a.b"},
    {"nothing announces them", "Such as ``a`` or ``b``.", ""},
    {"none", "A valid value is the name of a wall.", ""},
    {"prose", "It's the owner's value, one of many 'good ones'.", ""},
    {"marks with blanks in them", "A valid value is ``a b`` or ``c``.", "=c"},
    {"a mark that does not end", "A valid value is ``a`` or ``b", "=a"},
    {"an empty mark", "A valid value is ```` or ``a``.", "=a"},
    {"an empty list", "Possible values: , ,", ""},
    {"nothing after the phrase", "these values:", ""},
    {"nothing", "", ""},
};

static void note(void *context, const char *value, bool is_field)
{
    buf_printf(context, "%c%s", is_field ? '.' : '=', value);
}

START_TEST(finds_the_values)
{
    struct buf found;
    buf_init(&found, 4096);
    values_of_description(table[_i].description, note, &found);
    ck_assert_msg(strcmp(found.data, table[_i].found) == 0, "%s: %s", table[_i].name, found.data);
    buf_fini(&found);
}
END_TEST

START_TEST(leaves_out_what_is_too_long)
{
    struct buf found;
    struct buf description;
    buf_init(&found, 4096);
    buf_init(&description, 4096);
    buf_puts(&description, "Possible values: ");
    for (int i = 0; i < 500; i++)
        buf_putc(&description, 'a');
    buf_puts(&description, ", b");
    values_of_description(description.data, note, &found);
    ck_assert_str_eq(found.data, "=b");
    buf_fini(&description);
    buf_fini(&found);
}
END_TEST

TCase *values_tests(void)
{
    TCase *tests = tcase_create("values");
    tcase_add_loop_test(tests, finds_the_values, 0, TESTING_COUNT(table));
    tcase_add_test(tests, leaves_out_what_is_too_long);
    return tests;
}
