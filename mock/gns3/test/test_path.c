#include "base/buf.h"
#include "base/testing.h"
#include "mock/gns3/path.h"
#include "mock/test/test_mock.h"

static const struct {
    const char *text;
    const char *shown;
    const char *real;
} paths[] = {
    {"x", "/i/QEMU/x", "/i/QEMU/x"},
    {"a/b/x", "/i/QEMU/x", "/i/QEMU/x"},
    {"../../x", "/i/QEMU/x", "/i/QEMU/x"},
    {"", "/i/QEMU/", "/i/QEMU"},
    {"a/", "/i/QEMU/", "/i/QEMU"},
    {".", "/i/QEMU/.", "/i/QEMU"},
    {"..", "/i/QEMU/..", "/i"},
    {"...", "/i/QEMU/...", "/i/QEMU/..."},
    {"/", "/", "/"},
    {"//", "//", "/"},
    {"/..", "/..", "/"},
    {"/../../x", "/../../x", "/x"},
    {"/a/../b//c/./d/", "/a/../b//c/./d/", "/b/c/d"},
    {"/i/QEMU/../../etc/x", "/i/QEMU/../../etc/x", "/etc/x"},
    {"/..a/b..", "/..a/b..", "/..a/b.."},
};

START_TEST(paths_lead_where_they_do)
{
    struct gns3_path path;
    gns3_path_init(&path, "/i/QEMU", paths[_i].text);
    ck_assert_str_eq(path.shown, paths[_i].shown);
    ck_assert_str_eq(path.real, paths[_i].real);
    ck_assert(gns3_path_fits(&path));
    gns3_path_fini(&path);
}
END_TEST

static const struct {
    size_t repeated;
    const char *piece;
    bool fits;
} lengths[] = {
    {255, "a", true},     {256, "a", false},  {1000, "a", false},  {1364, "/aa", true},
    {1366, "/aa", false}, {2047, "/a", true}, {2048, "/a", false},
};

START_TEST(lengths_are_those_of_a_file_system)
{
    struct gns3_path path;
    struct buf text;
    buf_init(&text, BUF_MIB);
    for (size_t i = 0; i < lengths[_i].repeated; i++)
        buf_puts(&text, lengths[_i].piece);
    gns3_path_init(&path, "/i", text.data);
    ck_assert_msg(gns3_path_fits(&path) == lengths[_i].fits, "%zu of %s", lengths[_i].repeated,
                  lengths[_i].piece);
    gns3_path_fini(&path);
    buf_fini(&text);
}
END_TEST

static const struct {
    const char *path;
    const char *below; /* NULL: outside */
} belows[] = {
    {"/i", ""},  {"/i/x", "x"},  {"/i/x/y", "x/y"}, {"/ix", NULL},
    {"/", NULL}, {"/j/x", NULL}, {"/j/i/x", NULL},
};

START_TEST(what_is_below_a_root)
{
    const char *below = gns3_path_below("/i", belows[_i].path);
    ck_assert_msg(!below == !belows[_i].below, "%s", belows[_i].path);
    if (below)
        ck_assert_str_eq(below, belows[_i].below);
}
END_TEST

TCase *gns3_path_tests(void)
{
    TCase *tests = tcase_create("gns3 path");
    tcase_add_loop_test(tests, paths_lead_where_they_do, 0, TESTING_COUNT(paths));
    tcase_add_loop_test(tests, lengths_are_those_of_a_file_system, 0, TESTING_COUNT(lengths));
    tcase_add_loop_test(tests, what_is_below_a_root, 0, TESTING_COUNT(belows));
    return tests;
}
