/* target_describe(): what a transcript keeps of a target. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/case/evidence.h"
#include "conformance/target/target.h"

static const char redacted[] = "<redacted>";

static json_t *basic_json(const struct basic_login *basic)
{
    return json_pack("{s:s, s:s}", "user", basic->user, "password", redacted);
}

/* A command may have credentials in any of its words, but for the program. */
static json_t *images_json(const struct image_store *images)
{
    switch (images->kind) {
    case IMAGE_STORE_DIRECTORY:
        return json_pack("{s:s}", "directory", images->directory);
    case IMAGE_STORE_COMMAND:
        return json_pack("{s:[s, s]}", "command", images->command[0], IMAGE_STORE_PATH);
    case IMAGE_STORE_DOWNLOAD:
        break;
    }
    return json_pack("{s:b}", "download", true);
}

static json_t *identities_json(const struct target *target)
{
    json_t *identities = json_object();
    for (size_t i = 0; i < target->identity_count; i++) {
        const struct target_identity *identity = &target->identities[i];
        json_t *members = json_object();
        if (identity->token || identity->auth)
            json_object_set_new(members, "token", json_string(redacted));
        if (identity->project)
            json_object_set_new(members, "project", json_string(identity->project));
        if (identity->basic)
            json_object_set_new(members, "basic", basic_json(identity->basic));
        json_object_set_new(identities, identity->name, members);
    }
    return identities;
}

static json_t *words_json(char *const *words, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

/* ---- what the author wrote may have credentials in it anywhere ---- */

static json_t *without_secrets(json_t *value, const struct secrets *secrets);

static json_t *members_without_secrets(json_t *object, const struct secrets *secrets)
{
    json_t *copy = json_object();
    const char *name;
    json_t *value;
    json_object_foreach (object, name, value) {
        bool secret = evidence_is_secret_header(name);
        json_object_set_new(copy, name, secret ? json_string(redacted) : without_secrets(value, secrets));
    }
    return copy;
}

static json_t *without_secrets(json_t *value, const struct secrets *secrets)
{
    if (json_is_object(value))
        return members_without_secrets(value, secrets);
    if (json_is_array(value)) {
        json_t *copy = json_array();
        for (size_t i = 0; i < json_array_size(value); i++)
            json_array_append_new(copy, without_secrets(json_array_get(value, i), secrets));
        return copy;
    }
    if (!json_is_string(value))
        return json_deep_copy(value);
    char *text = evidence_redact(json_string_value(value), secrets);
    json_t *copy = json_string(text);
    free(text);
    return copy;
}

/* A program of a hook may have credentials in its arguments. */
static void forget_arguments(json_t *states)
{
    static const char *const hooks[] = {"enter", "leave"};
    const char *name;
    json_t *state;
    json_object_foreach (states, name, state) {
        for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++) {
            json_t *run = json_object_get(json_object_get(state, hooks[i]), "run");
            while (json_array_size(run) > 1)
                json_array_remove(run, json_array_size(run) - 1);
        }
    }
}

/* Limits and conditions, with what is sent to bring them about. */
static void add_states(const struct target *target, json_t *description)
{
    static const char *const names[] = {"limits", "conditions"};
    struct secrets secrets = {0};
    for (size_t i = 0; i < target->identity_count; i++) {
        const struct basic_login *basic = target->identities[i].basic;
        secrets_add(&secrets, target->identities[i].token);
        secrets_add(&secrets, basic ? basic->password : NULL);
        secrets_add_auth(&secrets, target->identities[i].auth);
    }
    for (size_t i = 0; target->tree && i < sizeof names / sizeof *names; i++) {
        const struct yaml_node *node = yaml_get(&target->tree->root, names[i]);
        json_t *states = node ? yaml_to_json(node) : NULL;
        forget_arguments(states);
        if (states)
            json_object_set_new(description, names[i], without_secrets(states, &secrets));
        json_decref(states);
    }
    secrets_fini(&secrets);
}

char *target_describe(const struct target *target)
{
    json_t *description =
        json_pack("{s:s, s:s, s:o, s:o, s:o}", "subject", target->name, "url", target->url, "identities",
                  identities_json(target), "images", images_json(&target->images), "features",
                  words_json(target->features, target->feature_count));
    if (target->insecure)
        json_object_set_new(description, "tls", json_pack("{s:b}", "insecure", true));
    json_object_set_new(description, "allow", words_json(target->allowed, target->allowed_count));
    if (target->max_upload_bytes)
        json_object_set_new(description, "max_upload", json_integer((json_int_t)target->max_upload_bytes));
    add_states(target, description);
    char *text = json_dumps(description, JSON_COMPACT);
    json_decref(description);
    return text;
}
