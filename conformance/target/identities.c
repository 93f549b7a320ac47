/* `identities` of a target file: who asks, and how each proves it. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/target/reading.h"

static void read_auth(struct reading *reading, const struct yaml_node *node, struct target_identity *identity)
{
    struct auth_settings settings = {0};
    struct err err = ERR_INIT;
    const char *keys[AUTH_SETTING_COUNT + 2] = {"method"};
    memcpy(keys + 1, auth_setting_keys, sizeof auth_setting_keys);
    if (!reading_is_mapping(reading, node, "auth"))
        return;
    size_t before = reading->problems->count;
    reading_keys(reading, node, "auth", keys);
    for (size_t i = 0; i < node->count; i++) {
        char *value = reading_secret(reading, &node->values[i], node->keys[i].text);
        auth_settings_set(&settings, node->keys[i].text, value);
        if (value)
            explicit_bzero(value, strlen(value));
        free(value);
    }
    const struct yaml_node *method = yaml_get(node, "method");
    if (reading->problems->count == before)
        identity->auth = auth_new(&settings, method ? method->text : NULL, &err);
    if (err.code != ERR_NONE)
        problems_add(reading->problems, node->place, "auth: %s", err.text);
    auth_settings_fini(&settings);
}

/* One of `token`, `auth` and `cloud` at most. */
static void read_credentials(struct reading *reading, const struct yaml_node *node,
                             struct target_identity *identity)
{
    const struct yaml_node *token = yaml_get(node, "token");
    const struct yaml_node *auth = yaml_get(node, "auth");
    const struct yaml_node *cloud = yaml_get(node, "cloud");
    struct err err = ERR_INIT;
    if ((token != NULL) + (auth != NULL) + (cloud != NULL) > 1)
        problems_add(reading->problems, node->place, "an identity has one of `token`, `auth` and `cloud`");
    bool elsewhere = token && token->kind == YAML_KIND_MAPPING;
    identity->token =
        elsewhere ? reading_secret(reading, token, "token") : reading_template(reading, token, "token");
    if (auth)
        read_auth(reading, auth, identity);
    CLEANUP(text) char *name = reading_text(reading, cloud, "cloud");
    if (cloud && name && !auth && !target_use_cloud(reading->target, identity, name, &err))
        problems_add(reading->problems, cloud->place, "cloud: %s", err.text);
}

static struct basic_login *read_basic(struct reading *reading, const struct yaml_node *node)
{
    static const char *const keys[] = {"user", "password", NULL};
    if (!node || !reading_is_mapping(reading, node, "basic"))
        return NULL;
    reading_keys(reading, node, "basic", keys);
    struct basic_login *login = mem_alloc(sizeof *login);
    login->user = reading_text(reading, yaml_get(node, "user"), "user");
    if (login->user && !basic_login_takes(login->user))
        problems_add(reading->problems, node->place, "user \"%s\": a user has no colon", login->user);
    for (size_t i = 0; keys[i]; i++) {
        if (!yaml_get(node, keys[i]))
            problems_add(reading->problems, node->place, "basic without the mandatory key \"%s\"", keys[i]);
    }
    if (yaml_get(node, "password"))
        login->password = reading_secret(reading, yaml_get(node, "password"), "password");
    return login;
}

static void read_identity(struct reading *reading, const struct yaml_node *key, const struct yaml_node *node)
{
    static const char *const keys[] = {"token", "auth", "cloud", "basic", "project", NULL};
    if (!reading_is_mapping(reading, node, "an identity"))
        return;
    reading_keys(reading, node, "an identity", keys);
    struct target_identity *identity =
        mem_append(&reading->target->identities, &reading->target->identity_count);
    identity->name = mem_dup(key->text);
    read_credentials(reading, node, identity);
    identity->project = reading_template(reading, yaml_get(node, "project"), "project");
    identity->basic = read_basic(reading, yaml_get(node, "basic"));
    if (strcmp(key->text, "anonymous") == 0)
        problems_add(reading->problems, key->place, "anonymous has no token: it need not be named");
}

void read_identities(struct reading *reading, const struct yaml_node *node)
{
    if (!reading_is_mapping(reading, node, "identities"))
        return;
    for (size_t i = 0; i < node->count; i++)
        read_identity(reading, &node->keys[i], &node->values[i]);
}
