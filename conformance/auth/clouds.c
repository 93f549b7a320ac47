#include "conformance/auth/clouds.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec/yaml_tree.h"

/* ---- the files ---- */

/* `ending` is "/clouds" or "/secure"; owned, NULL when there is no such file. */
static char *find_file(const char *variable, const char *ending)
{
    const char *said = getenv(variable);
    const char *home = getenv("HOME");
    if (said && *said)
        return mem_dup(said);
    char *folders[] = {mem_dup("."), home ? mem_printf("%s/.config/openstack", home) : NULL,
                       mem_dup("/etc/openstack")};
    static const char *const suffixes[] = {"yaml", "yml"};
    char *found = NULL;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        for (size_t k = 0; folders[i] && !found && k < sizeof suffixes / sizeof *suffixes; k++) {
            char *path = mem_printf("%s%s.%s", folders[i], ending, suffixes[k]);
            if (access(path, R_OK) == 0)
                found = TAKE(path);
            free(path);
        }
        free(folders[i]);
    }
    return found;
}

static const struct yaml_node *cloud_of(const struct yaml_tree *tree, const char *name)
{
    const struct yaml_node *clouds = tree ? yaml_get(&tree->root, "clouds") : NULL;
    return clouds ? yaml_get(clouds, name) : NULL;
}

/* ---- what is read ---- */

/* NULL for what says nothing: null as well as no value at all. */
static const char *said_by(const struct yaml_node *value)
{
    bool says = value && value->text && *value->text && strcmp(yaml_kind_text(value), "null") != 0;
    return says ? value->text : NULL;
}

static const char *text_of(const struct yaml_node *node, const char *key)
{
    return said_by(yaml_get(node, key));
}

/* The names that auth_type has beside those of the Identity API: all but the token's begin with "v3". */
static char *method_of(const char *type)
{
    static const struct {
        const char *type;
        const char *method;
    } types[] = {
        {"v3password", "password"},
        {"v3token", "token"},
        {"v3applicationcredential", "application_credential"},
        {"password", "password"},
        {"token", "token"},
        {"application_credential", "application_credential"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (strcmp(types[i].type, type) == 0)
            return mem_dup(types[i].method);
    }
    return mem_dup(type);
}

static void read_text(const struct yaml_node *node, const char *key, char **text)
{
    const char *said = text_of(node, key);
    if (!said)
        return;
    free(*text);
    *text = mem_dup(said);
}

/* Later files say anew. */
static void read_cloud(const struct yaml_node *node, struct cloud *cloud)
{
    const struct yaml_node *auth = yaml_get(node, "auth");
    for (size_t i = 0; auth && auth->kind == YAML_KIND_MAPPING && i < auth->count; i++) {
        if (said_by(&auth->values[i]))
            auth_settings_set(&cloud->settings, auth->keys[i].text, auth->values[i].text);
    }
    const char *type = text_of(node, "auth_type");
    if (type) {
        free(cloud->method);
        cloud->method = method_of(type);
    }
    read_text(node, "region_name", &cloud->region);
    read_text(node, "interface", &cloud->interface);
    read_text(node, "image_endpoint_override", &cloud->image_endpoint);
    read_text(node, "cacert", &cloud->ca_file);
    read_text(node, "cert", &cloud->certificate);
    read_text(node, "key", &cloud->key);
    const char *verify = text_of(node, "verify");
    if (verify)
        cloud->insecure = strcasecmp(verify, "false") == 0;
}

static void read_environment(struct cloud *cloud)
{
    const struct {
        const char *variable;
        char **text;
    } texts[] = {
        {"OS_REGION_NAME", &cloud->region},
        {"OS_INTERFACE", &cloud->interface},
        {"OS_IMAGE_ENDPOINT_OVERRIDE", &cloud->image_endpoint},
        {"OS_CACERT", &cloud->ca_file},
        {"OS_CERT", &cloud->certificate},
        {"OS_KEY", &cloud->key},
    };
    auth_settings_from_environment(&cloud->settings);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *value = getenv(texts[i].variable);
        *texts[i].text = value && *value ? mem_dup(value) : NULL;
    }
    const char *type = getenv("OS_AUTH_TYPE");
    cloud->method = type && *type ? method_of(type) : NULL;
    const char *insecure = getenv("OS_INSECURE");
    cloud->insecure = insecure && (strcmp(insecure, "1") == 0 || strcasecmp(insecure, "true") == 0);
}

/* ---- the whole ---- */

static bool read_file(const char *path, const char *name, bool must_have, struct cloud *cloud,
                      struct err *err)
{
    struct yaml_tree *tree = yaml_tree_load(path, path, err);
    const struct yaml_node *node = cloud_of(tree, name);
    if (node)
        read_cloud(node, cloud);
    bool done = tree && (node || !must_have);
    yaml_tree_free(tree);
    return done || err_set(err, ERR_VALUE, "%s has no cloud '%s'", path, name);
}

bool cloud_load(const char *name, struct cloud *ret_cloud, struct err *err)
{
    struct cloud cloud = {0};
    bool loaded = true;
    if (strcmp(name, CLOUD_OF_ENVIRONMENT) == 0) {
        read_environment(&cloud);
    } else {
        CLEANUP(text) char *clouds = find_file("OS_CLIENT_CONFIG_FILE", "/clouds");
        CLEANUP(text) char *secure = find_file("OS_CLIENT_SECURE_FILE", "/secure");
        if (!clouds)
            return err_set(err, ERR_IO,
                           "there is no clouds.yaml, neither here nor in ~/.config/openstack "
                           "nor in /etc/openstack");
        loaded = read_file(clouds, name, true, &cloud, err) &&
                 (!secure || read_file(secure, name, false, &cloud, err));
    }
    if (loaded)
        *ret_cloud = cloud;
    else
        cloud_fini(&cloud);
    return loaded;
}

void cloud_fini(struct cloud *cloud)
{
    auth_settings_fini(&cloud->settings);
    free(cloud->method);
    free(cloud->region);
    free(cloud->interface);
    free(cloud->image_endpoint);
    free(cloud->ca_file);
    free(cloud->certificate);
    free(cloud->key);
    *cloud = (struct cloud){0};
}
