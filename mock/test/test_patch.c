#include "mock/patch.h"

#include "base/buf.h"
#include "base/testing.h"
#include "mock/attributes.h"
#include "mock/test/test_mock.h"

static const struct {
    enum patch_version version;
    const char *document;
    int status; /* 0: applied */
} table[] = {
    {PATCH_V21, "[]", 0},
    {PATCH_V21, "[{'op':'replace','path':'/name','value':'x'}]", 0},
    {PATCH_V21, "[{'op':'replace','path':'/name','value':null}]", 0},
    {PATCH_V21, "[{'op':'add','path':'/new','value':'x'},{'op':'remove','path':'/new'}]", 0},
    {PATCH_V21, "[{'op':'replace','path':'/old','value':'x'}]", 0},
    {PATCH_V21, "[{'op':'add','path':'/a~1b~0c','value':'x'}]", 0},
    {PATCH_V20, "[{'replace':'/name','value':'x'}]", 0},
    {PATCH_V20, "[{'remove':'/old'}]", 0},
    {PATCH_V21, "{}", 400},
    {PATCH_V21, "null", 400},
    {PATCH_V21, "[1]", 400},
    {PATCH_V21, "[{}]", 400},
    {PATCH_V21, "[{'op':'move','path':'/name','value':'x'}]", 400},
    {PATCH_V21, "[{'op':1,'path':'/name','value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','path':1,'value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','path':'/new'}]", 400},
    {PATCH_V21, "[{'op':'add','path':'','value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','path':'/','value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','path':'new','value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','path':'/new/x','value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','path':'/new/','value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','path':'/new~','value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','path':'/new~2','value':'x'}]", 400},
    {PATCH_V21, "[{'op':'add','path':'/new','value':1}]", 400},
    {PATCH_V21, "[{'op':'replace','path':'/min_ram','value':-1}]", 400},
    {PATCH_V21, "[{'op':'replace','path':'/visibility','value':'secret'}]", 400},
    {PATCH_V21, "[{'replace':'/name','value':'x'}]", 400},
    {PATCH_V20, "[{'op':'replace','path':'/name','value':'x'}]", 400},
    {PATCH_V20, "[{'replace':'/name','add':'/name','value':'x'}]", 400},
    {PATCH_V20, "[{'replace':1,'value':'x'}]", 400},
    {PATCH_V21, "[{'op':'replace','path':'/status','value':'active'}]", 403},
    {PATCH_V21, "[{'op':'replace','path':'/id','value':'x'}]", 403},
    {PATCH_V21, "[{'op':'add','path':'/deleted','value':'x'}]", 403},
    {PATCH_V21, "[{'op':'add','path':'/os_glance_x','value':'x'}]", 403},
    {PATCH_V21, "[{'op':'add','path':'/locations','value':[]}]", 403},
    {PATCH_V21, "[{'op':'remove','path':'/name'}]", 403},
    {PATCH_V21, "[{'op':'remove','path':'/new'}]", 409},
    {PATCH_V21, "[{'op':'replace','path':'/new','value':'x'}]", 409},
};

static json_t *document_of(const char *text)
{
    struct buf json;
    buf_init(&json, BUF_KIB);
    for (; *text; text++)
        buf_putc(&json, *text == '\'' ? '"' : *text);
    json_t *document = json_loads(json.data, JSON_DECODE_ANY, NULL);
    buf_fini(&json);
    return document;
}

START_TEST(applies_or_says_why_not)
{
    json_t *attributes = attributes_default("p");
    json_t *document = document_of(table[_i].document);
    struct refusal refusal = {0};
    json_object_set_new(attributes, "old", json_string("value"));
    bool applied = patch_apply(attributes, document, table[_i].version, &refusal);
    ck_assert_msg(applied == !table[_i].status, "%s", table[_i].document);
    ck_assert_msg(refusal.status == table[_i].status, "%s: %d", table[_i].document, refusal.status);
    json_decref(document);
    json_decref(attributes);
}
END_TEST

START_TEST(escapes_are_decoded)
{
    json_t *attributes = attributes_default("p");
    json_t *document = document_of("[{'op':'add','path':'/a~1b~0c','value':'x'}]");
    struct refusal refusal;
    ck_assert(patch_apply(attributes, document, PATCH_V21, &refusal));
    ck_assert_str_eq(json_string_value(json_object_get(attributes, "a/b~c")), "x");
    json_decref(document);
    json_decref(attributes);
}
END_TEST

static const struct {
    const char *type;
    bool good;
} types[] = {
    {"application/openstack-images-v2.1-json-patch", true},
    {"application/openstack-images-v2.0-json-patch; charset=UTF-8", true},
    {"APPLICATION/openstack-images-v2.1-json-patch", true},
    {"application/openstack-images-v2.2-json-patch", false},
    {"application/openstack-images-v2.1-json-patches", false},
    {"application/json", false},
    {"", false},
    {NULL, false},
};

START_TEST(knows_its_media_types)
{
    enum patch_version version;
    ck_assert_msg(patch_version_parse(types[_i].type, &version) == types[_i].good, "row %d", _i);
}
END_TEST

TCase *patch_tests(void)
{
    TCase *tests = tcase_create("patch");
    tcase_add_loop_test(tests, applies_or_says_why_not, 0, TESTING_COUNT(table));
    tcase_add_loop_test(tests, knows_its_media_types, 0, TESTING_COUNT(types));
    tcase_add_test(tests, escapes_are_decoded);
    return tests;
}
