/* clouds.yaml, secure.yaml and OS_ variables. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "base/testing.h"
#include "conformance/auth/clouds.h"
#include "conformance/test/test_judge.h"

/* All that a cloud says, in the order of the enum and the struct: "key=value" each, with a blank after it. */
static char *told_by(const struct cloud *cloud)
{
    const struct {
        const char *name;
        const char *value;
    } rest[] = {
        {"method", cloud->method},
        {"region", cloud->region},
        {"interface", cloud->interface},
        {"image", cloud->image_endpoint},
        {"ca", cloud->ca_file},
        {"cert", cloud->certificate},
        {"key", cloud->key},
        {"insecure", cloud->insecure ? "yes" : NULL},
    };
    struct buf buf;
    buf_init(&buf, BUF_KIB);
    for (size_t i = 0; i < AUTH_SETTING_COUNT; i++) {
        if (cloud->settings.values[i])
            buf_printf(&buf, "%s=%s ", auth_setting_keys[i], cloud->settings.values[i]);
    }
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        if (rest[i].value)
            buf_printf(&buf, "%s=%s ", rest[i].name, rest[i].value);
    }
    buf_putc(&buf, '.');
    return buf_take(&buf);
}

static const struct {
    const char *name;
    const char *clouds;
    const char *secure; /* NULL: says nothing */
    const char *told;   /* NULL: refused */
    const char *fragment;
} files[] = {
    {"a password", "clouds: {lab: {auth: {auth_url: 'http://k', username: u, password: p}}}", NULL,
     "auth_url=http://k username=u password=p .", ""},
    {"the secret beside it", "clouds: {lab: {auth: {username: u}}}", "clouds: {lab: {auth: {password: p}}}",
     "username=u password=p .", ""},
    {"what is secure comes last", "clouds: {lab: {auth: {password: old}, region_name: r}}",
     "clouds: {lab: {auth: {password: new}, region_name: s}}", "password=new region=s .", ""},
    {"secrets of another cloud", "clouds: {lab: {auth: {username: u}}}",
     "clouds: {far: {auth: {password: p}}}", "username=u .", ""},
    {"all else",
     "clouds: {lab: {auth_type: v3applicationcredential, region_name: r, interface: internal, "
     "image_endpoint_override: 'http://i', cacert: /a, cert: /b, key: /c, verify: False}}",
     NULL,
     "method=application_credential region=r interface=internal image=http://i ca=/a cert=/b key=/c "
     "insecure=yes .",
     ""},
    {"verified", "clouds: {lab: {verify: true}}", NULL, ".", ""},
    {"a method of nobody's", "clouds: {lab: {auth_type: v3oidc}}", NULL, "method=v3oidc .", ""},
    {"numbers are texts", "clouds: {lab: {auth: {username: 007, password: 1e3}}}", NULL,
     "username=007 password=1e3 .", ""},
    {"null says nothing",
     "clouds: {lab: {auth: {username: null, password: ~, project_name: }, region_name: null}}", NULL, ".",
     ""},
    {"null in quotes is a name", "clouds: {lab: {auth: {username: 'null'}}}", NULL, "username=null .", ""},
    {"keys of others",
     "clouds: {lab: {auth: {colour: red}, profile: p, regions: [a, b], networks: [{name: n}]}}", NULL, ".",
     ""},
    {"lists and mappings are no texts",
     "clouds: {lab: {auth: {username: [a], password: {b: c}}, cacert: [d]}}", NULL, ".", ""},
    {"auth is a text", "clouds: {lab: {auth: password}}", NULL, ".", ""},
    {"auth is a list", "clouds: {lab: {auth: [username, u]}}", NULL, ".", ""},
    {"a cloud that is a text", "clouds: {lab: fine}", NULL, ".", ""},
    {"a cloud that is a list", "clouds: {lab: [auth]}", NULL, ".", ""},
    {"a secure file of a list", "clouds: {lab: {}}", "[clouds]", ".", ""},
    {"no such cloud", "clouds: {far: {}}", NULL, NULL, "has no cloud 'lab'"},
    {"a cloud of the secure file alone", "clouds: {}", "clouds: {lab: {}}", NULL,
     "clouds.yaml has no cloud 'lab'"},
    {"no clouds", "cloud: {lab: {}}", NULL, NULL, "has no cloud 'lab'"},
    {"clouds that are a list", "clouds: [lab]", NULL, NULL, "has no cloud 'lab'"},
    {"clouds that are a text", "clouds: lab", NULL, NULL, "has no cloud 'lab'"},
    {"a file that is a list", "[clouds, lab]", NULL, NULL, "has no cloud 'lab'"},
    {"a file that is a text", "lab", NULL, NULL, "has no cloud 'lab'"},
    {"an empty file", "", NULL, NULL, "clouds.yaml"},
    {"no YAML", "clouds: {lab: {", NULL, NULL, "clouds.yaml"},
    {"the same cloud twice", "clouds: {lab: {}, lab: {}}", NULL, NULL, "clouds.yaml"},
    {"no UTF-8", "clouds: {lab: {auth: {password: \xe9}}}", NULL, NULL, "clouds.yaml"},
    {"a secure file that is no YAML", "clouds: {lab: {}}", "clouds: [", NULL, "secure.yaml"},
    {"a secure file with a NUL", "clouds: {lab: {}}", "clouds: \"\\0\"", NULL, "secure.yaml"},
};

static void write_file(const char *path, const char *text)
{
    FILE *out = fopen(path, "we");
    fputs(text ? text : "{}", out);
    fclose(out);
}

static bool load(const char *clouds_text, const char *secure_text, struct cloud *ret_cloud, struct err *err)
{
    CLEANUP(text) char *folder = temporary_folder();
    CLEANUP(text) char *clouds = mem_printf("%s/clouds.yaml", folder);
    CLEANUP(text) char *secure = mem_printf("%s/secure.yaml", folder);
    write_file(clouds, clouds_text);
    write_file(secure, secure_text);
    setenv("OS_CLIENT_CONFIG_FILE", clouds, 1);
    setenv("OS_CLIENT_SECURE_FILE", secure, 1);
    bool loaded = cloud_load("lab", ret_cloud, err);
    unsetenv("OS_CLIENT_CONFIG_FILE");
    unsetenv("OS_CLIENT_SECURE_FILE");
    unlink(clouds);
    unlink(secure);
    rmdir(folder);
    return loaded;
}

START_TEST(reads_clouds)
{
    struct err err = ERR_INIT;
    struct cloud cloud;
    bool loaded = load(files[_i].clouds, files[_i].secure, &cloud, &err);
    CLEANUP(text) char *told = loaded ? told_by(&cloud) : NULL;
    ck_assert_msg(loaded == (files[_i].told != NULL), "%s: %s", files[_i].name, err.text);
    ck_assert_pstr_eq(told, files[_i].told);
    ck_assert_msg(strstr(err.text, files[_i].fragment) || strstr(err.source, files[_i].fragment), "%s: %s",
                  files[_i].name, err.text);
    if (loaded)
        cloud_fini(&cloud);
}
END_TEST

START_TEST(a_missing_file_is_told)
{
    struct err err = ERR_INIT;
    struct cloud cloud;
    setenv("OS_CLIENT_CONFIG_FILE", "/no/such/clouds.yaml", 1);
    ck_assert(!cloud_load("lab", &cloud, &err));
    ck_assert_msg(strstr(err.text, "/no/such/clouds.yaml") || strstr(err.source, "/no/such/clouds.yaml"),
                  "%s", err.text);
    unsetenv("OS_CLIENT_CONFIG_FILE");
}
END_TEST

static const struct {
    const char *name;
    const char *variables[6]; /* name, value in turn */
    const char *told;
} environments[] = {
    {"nothing", {NULL}, "."},
    {"a password", {"OS_USERNAME", "u", "OS_PASSWORD", "p"}, "username=u password=p ."},
    {"empty ones", {"OS_USERNAME", "", "OS_CACERT", "", "OS_AUTH_TYPE", ""}, "."},
    {"a method and a region", {"OS_AUTH_TYPE", "v3token", "OS_REGION_NAME", "r"}, "method=token region=r ."},
    {"not verified", {"OS_INSECURE", "True"}, "insecure=yes ."},
    {"not verified, as a number", {"OS_INSECURE", "1"}, "insecure=yes ."},
    {"verified", {"OS_INSECURE", "0"}, "."},
    {"a word that is none", {"OS_INSECURE", "please"}, "."},
    {"files of TLS", {"OS_CACERT", "/a", "OS_CERT", "/b", "OS_KEY", "/c"}, "ca=/a cert=/b key=/c ."},
};

static void forget_environment(void)
{
    static const char *const names[] = {
#define SETTING(symbol, key, variable, secret) variable,
#include "conformance/auth/settings.def"
#undef SETTING
        "OS_REGION_NAME", "OS_INTERFACE", "OS_IMAGE_ENDPOINT_OVERRIDE", "OS_CACERT", "OS_CERT", "OS_KEY",
        "OS_AUTH_TYPE",   "OS_INSECURE"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unsetenv(names[i]);
}

START_TEST(reads_the_environment)
{
    struct err err = ERR_INIT;
    struct cloud cloud;
    forget_environment();
    for (size_t i = 0; i < 6 && environments[_i].variables[i]; i += 2)
        setenv(environments[_i].variables[i], environments[_i].variables[i + 1], 1);
    ck_assert(cloud_load(CLOUD_OF_ENVIRONMENT, &cloud, &err));
    CLEANUP(text) char *told = told_by(&cloud);
    forget_environment();
    ck_assert_str_eq(told, environments[_i].told);
    cloud_fini(&cloud);
}
END_TEST

TCase *tests_of_clouds(void)
{
    TCase *tests = tcase_create("clouds");
    tcase_add_loop_test(tests, reads_clouds, 0, TESTING_COUNT(files));
    tcase_add_test(tests, a_missing_file_is_told);
    tcase_add_loop_test(tests, reads_the_environment, 0, TESTING_COUNT(environments));
    return tests;
}
