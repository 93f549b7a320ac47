#include "conformance/target/target.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/number.h"
#include "conformance/auth/secret.h"
#include "conformance/subject.h"

#define TIMEOUT_DEFAULT_MS 30000

/* ---- reading the file ---- */

struct reading {
    struct target *target;
    struct problems *problems;
};

static bool is_mapping(struct reading *reading, const struct yaml_node *node, const char *what)
{
    if (node->kind == YAML_KIND_MAPPING)
        return true;
    problems_add(reading->problems, node->place, "%s is %s, expected a mapping", what, yaml_kind_text(node));
    return false;
}

static char *read_text(struct reading *reading, const struct yaml_node *node, const char *what)
{
    if (!node)
        return NULL;
    if (node->kind == YAML_KIND_SCALAR && *node->text)
        return mem_dup(node->text);
    problems_add(reading->problems, node->place, "%s is %s, expected a text", what,
                 node->text ? "empty" : yaml_kind_text(node));
    return NULL;
}

/* A text with ${variables}, which are replaced when a case runs. */
static char *read_template(struct reading *reading, const struct yaml_node *node, const char *what)
{
    struct err err = ERR_INIT;
    char *text = read_text(reading, node, what);
    if (text && !template_scan(text, NULL, NULL, &err))
        problems_add(reading->problems, node->place, "%s: %s", what, err.text);
    return text;
}

static void complain_key(struct reading *reading, const struct yaml_node *key, const char *what,
                         const char *const *keys)
{
    const char *nearest = nearest_of(key->text, keys);
    problems_add(reading->problems, key->place, "unknown key \"%s\" in %s%s%s%s", key->text, what,
                 nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

/* `keys` is NULL-terminated. */
static void check_keys(struct reading *reading, const struct yaml_node *node, const char *what,
                       const char *const *keys)
{
    for (size_t i = 0; i < node->count; i++) {
        size_t k = 0;
        while (keys[k] && strcmp(keys[k], node->keys[i].text) != 0)
            k++;
        if (!keys[k])
            complain_key(reading, &node->keys[i], what, keys);
    }
}

static void read_subject(struct reading *reading, const struct yaml_node *node)
{
    reading->target->name = read_text(reading, node, "subject");
}

static void read_url(struct reading *reading, const struct yaml_node *node)
{
    struct err err = ERR_INIT;
    char *text = read_text(reading, node, "url");
    if (!text)
        return;
    reading->target->url = subject_base_url(text, &err);
    if (!reading->target->url)
        problems_add(reading->problems, node->place, "url: %s", err.text);
    free(text);
}

static void read_words(struct reading *reading, const struct yaml_node *node, const char *what, char ***words,
                       size_t *count)
{
    if (node->kind != YAML_KIND_SEQUENCE) {
        problems_add(reading->problems, node->place, "%s is %s, expected a list", what, yaml_kind_text(node));
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        char *word = read_text(reading, &node->values[i], what);
        if (word)
            *mem_append(words, count) = word;
    }
}

static void read_start(struct reading *reading, const struct yaml_node *node)
{
    static const char *const keys[] = {"program", "arguments", NULL};
    struct target *target = reading->target;
    if (!is_mapping(reading, node, "start"))
        return;
    check_keys(reading, node, "start", keys);
    target->program = read_text(reading, yaml_get(node, "program"), "program");
    if (!yaml_get(node, "program"))
        problems_add(reading->problems, node->place, "start without the mandatory key \"program\"");
    if (yaml_get(node, "arguments"))
        read_words(reading, yaml_get(node, "arguments"), "arguments", &target->arguments,
                   &target->argument_count);
}

static void read_timeout(struct reading *reading, const struct yaml_node *node)
{
    uint64_t timeout_ms;
    if (node->text && number_parse_duration_ms(node->text, &timeout_ms) && timeout_ms > 0)
        reading->target->timeout_ms = timeout_ms;
    else
        problems_add(reading->problems, node->place, "timeout, expected a duration above 0 as 500ms or 30s");
}

static bool has_one_key(struct reading *reading, const struct yaml_node *node, const char *what)
{
    if (node->count == 1)
        return true;
    problems_add(reading->problems, node->place, "%s with %zu keys, expected one", what, node->count);
    return false;
}

/* A text, or where it is: {env: NAME}, {file: PATH}. What it is, is no one's business; where it is not, that
 * is told when the subject is to be asked. NULL after a problem. */
static char *read_secret(struct reading *reading, const struct yaml_node *node, const char *what)
{
    static const char *const keys[] = {"env", "file", NULL};
    if (node->kind != YAML_KIND_MAPPING)
        return read_text(reading, node, what);
    check_keys(reading, node, what, keys);
    if (!has_one_key(reading, node, what))
        return NULL;
    struct err *err = &reading->target->unavailable;
    CLEANUP(text) char *variable = read_text(reading, yaml_get(node, "env"), "env");
    CLEANUP(text) char *path = read_text(reading, yaml_get(node, "file"), "file");
    char *text = path ? secret_read(path, err) : variable ? secret_of_environment(variable, err) : NULL;
    return text ? text : mem_dup("unavailable");
}

static void read_auth(struct reading *reading, const struct yaml_node *node, struct target_identity *identity)
{
    struct auth_settings settings = {0};
    struct err err = ERR_INIT;
    const char *keys[AUTH_SETTING_COUNT + 2] = {"method"};
    memcpy(keys + 1, auth_setting_keys, sizeof auth_setting_keys);
    if (!is_mapping(reading, node, "auth"))
        return;
    size_t before = reading->problems->count;
    check_keys(reading, node, "auth", keys);
    for (size_t i = 0; i < node->count; i++) {
        char *value = read_secret(reading, &node->values[i], node->keys[i].text);
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
    identity->token = read_template(reading, token, "token");
    if (auth)
        read_auth(reading, auth, identity);
    CLEANUP(text) char *name = read_text(reading, cloud, "cloud");
    if (name && !auth && !target_use_cloud(reading->target, identity, name, &err))
        problems_add(reading->problems, cloud->place, "cloud: %s", err.text);
}

static struct basic_login *read_basic(struct reading *reading, const struct yaml_node *node)
{
    static const char *const keys[] = {"user", "password", NULL};
    if (!node || !is_mapping(reading, node, "basic"))
        return NULL;
    check_keys(reading, node, "basic", keys);
    struct basic_login *login = mem_alloc(sizeof *login);
    login->user = read_text(reading, yaml_get(node, "user"), "user");
    if (login->user && !basic_login_takes(login->user))
        problems_add(reading->problems, node->place, "user \"%s\": a user has no colon", login->user);
    for (size_t i = 0; keys[i]; i++) {
        if (!yaml_get(node, keys[i]))
            problems_add(reading->problems, node->place, "basic without the mandatory key \"%s\"", keys[i]);
    }
    if (yaml_get(node, "password"))
        login->password = read_secret(reading, yaml_get(node, "password"), "password");
    return login;
}

static void read_identity(struct reading *reading, const struct yaml_node *key, const struct yaml_node *node)
{
    static const char *const keys[] = {"token", "auth", "cloud", "basic", "project", NULL};
    if (!is_mapping(reading, node, "an identity"))
        return;
    check_keys(reading, node, "an identity", keys);
    struct target_identity *identity =
        mem_append(&reading->target->identities, &reading->target->identity_count);
    identity->name = mem_dup(key->text);
    read_credentials(reading, node, identity);
    identity->project = read_template(reading, yaml_get(node, "project"), "project");
    identity->basic = read_basic(reading, yaml_get(node, "basic"));
    if (strcmp(key->text, "anonymous") == 0)
        problems_add(reading->problems, key->place, "anonymous has no token: it need not be named");
}

static void read_identities(struct reading *reading, const struct yaml_node *node)
{
    if (!is_mapping(reading, node, "identities"))
        return;
    for (size_t i = 0; i < node->count; i++)
        read_identity(reading, &node->keys[i], &node->values[i]);
}

/* Something in it must be the file, or each would be the same. */
static void read_command(struct reading *reading, const struct yaml_node *node)
{
    struct image_store *images = &reading->target->images;
    bool named = false;
    images->kind = IMAGE_STORE_COMMAND;
    read_words(reading, node, "command", &images->command, &images->command_count);
    for (size_t i = 0; i < images->command_count; i++)
        named = named || strstr(images->command[i], IMAGE_STORE_PATH);
    if (!named)
        problems_add(reading->problems, node->place, "command, expected %s in one of its words",
                     IMAGE_STORE_PATH);
}

static void read_directory(struct reading *reading, const struct yaml_node *node)
{
    reading->target->images.kind = IMAGE_STORE_DIRECTORY;
    reading->target->images.directory = read_text(reading, node, "directory");
}

static void read_download(struct reading *reading, const struct yaml_node *node)
{
    if (!node->text || strcmp(node->text, "true") != 0)
        problems_add(reading->problems, node->place, "download, expected true");
}

static void read_images(struct reading *reading, const struct yaml_node *node)
{
    static const char *const keys[] = {"download", "directory", "command", NULL};
    static void (*const ways[])(struct reading * reading,
                                const struct yaml_node *node) = {read_download, read_directory, read_command};
    if (!is_mapping(reading, node, "images"))
        return;
    check_keys(reading, node, "images", keys);
    for (size_t i = 0; has_one_key(reading, node, "images") && keys[i]; i++) {
        if (yaml_get(node, keys[i]))
            ways[i](reading, yaml_get(node, keys[i]));
    }
}

static void read_features(struct reading *reading, const struct yaml_node *node)
{
    read_words(reading, node, "features", &reading->target->features, &reading->target->feature_count);
}

static struct spec_send *read_hook(struct reading *reading, const struct yaml_node *node)
{
    if (!node)
        return NULL;
    struct spec_send *send = mem_alloc(sizeof *send);
    if (spec_send_parse(node, reading->problems, send))
        return send;
    free(send);
    return NULL;
}

static void read_state(struct reading *reading, const struct yaml_node *key, const struct yaml_node *node,
                       bool is_limit, struct target_state *state)
{
    static const char *const limit_keys[] = {"value", "enter", "leave", NULL};
    const char *const *keys = is_limit ? limit_keys : limit_keys + 1;
    state->name = mem_dup(key->text);
    state->place = key->place;
    if (!is_mapping(reading, node, is_limit ? "a limit" : "a condition"))
        return;
    check_keys(reading, node, is_limit ? "a limit" : "a condition", keys);
    state->value = read_template(reading, yaml_get(node, "value"), "value");
    if (is_limit && !yaml_get(node, "value"))
        problems_add(reading->problems, node->place, "a limit without the mandatory key \"value\"");
    state->enter = read_hook(reading, yaml_get(node, "enter"));
    state->leave = read_hook(reading, yaml_get(node, "leave"));
}

static void read_limits(struct reading *reading, const struct yaml_node *node)
{
    struct target *target = reading->target;
    for (size_t i = 0; is_mapping(reading, node, "limits") && i < node->count; i++)
        read_state(reading, &node->keys[i], &node->values[i], true,
                   mem_append(&target->limits, &target->limit_count));
}

static void read_conditions(struct reading *reading, const struct yaml_node *node)
{
    struct target *target = reading->target;
    for (size_t i = 0; is_mapping(reading, node, "conditions") && i < node->count; i++)
        read_state(reading, &node->keys[i], &node->values[i], false,
                   mem_append(&target->conditions, &target->condition_count));
}

/* Keys of texts: each is put where it belongs. */
struct text_key {
    const char *key;
    char **text;
};

static void read_texts(struct reading *reading, const struct yaml_node *node, const struct text_key *texts,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(*texts[i].text);
        *texts[i].text = read_text(reading, yaml_get(node, texts[i].key), texts[i].key);
    }
}

static void read_service(struct reading *reading, const struct yaml_node *node)
{
    static const char *const keys[] = {"type", "region", "interface", NULL};
    struct auth_service *service = &reading->target->service;
    const struct text_key texts[] = {
        {"type", &service->type}, {"region", &service->region}, {"interface", &service->interface}};
    if (!is_mapping(reading, node, "service"))
        return;
    check_keys(reading, node, "service", keys);
    read_texts(reading, node, texts, sizeof texts / sizeof *texts);
    if (!service->type)
        service->type = mem_dup("image");
}

static void read_tls(struct reading *reading, const struct yaml_node *node)
{
    static const char *const keys[] = {"ca", "certificate", "key", "insecure", NULL};
    struct target *target = reading->target;
    const struct text_key texts[] = {
        {"ca", &target->ca_file}, {"certificate", &target->certificate}, {"key", &target->key}};
    if (!is_mapping(reading, node, "tls"))
        return;
    check_keys(reading, node, "tls", keys);
    read_texts(reading, node, texts, sizeof texts / sizeof *texts);
    const struct yaml_node *insecure = yaml_get(node, "insecure");
    bool is_true = insecure && insecure->text && strcmp(insecure->text, "true") == 0;
    if (insecure && !is_true && !(insecure->text && strcmp(insecure->text, "false") == 0))
        problems_add(reading->problems, insecure->place, "insecure, expected true or false");
    target->insecure = is_true;
}

static const char *const keys[] = {"subject",    "url",    "start",    "service", "timeout",    "tls",
                                   "identities", "images", "features", "limits",  "conditions", NULL};

static void (*const readers[])(struct reading *reading, const struct yaml_node *node) = {
    read_subject,    read_url,    read_start,    read_service, read_timeout,   read_tls,
    read_identities, read_images, read_features, read_limits,  read_conditions};

static bool has_catalog(const struct target *target)
{
    const struct target_identity *owner = target_identity(target, "owner");
    return owner && owner->auth;
}

static void read_all(struct reading *reading, const struct yaml_node *root)
{
    if (!is_mapping(reading, root, "the file"))
        return;
    check_keys(reading, root, "a target file", keys);
    for (size_t i = 0; keys[i]; i++) {
        const struct yaml_node *node = yaml_get(root, keys[i]);
        if (node)
            readers[i](reading, node);
    }
    if ((yaml_get(root, "url") != NULL) + (yaml_get(root, "start") != NULL) +
            (yaml_get(root, "service") != NULL) !=
        1)
        problems_add(reading->problems, root->place, "a target has either `url`, `start` or `service`");
    if (yaml_get(root, "service") && !has_catalog(reading->target))
        problems_add(reading->problems, yaml_get(root, "service")->place,
                     "service: only an owner with `auth` or `cloud` has a catalog");
    if (!yaml_get(root, "subject"))
        problems_add(reading->problems, root->place, "a target file without the mandatory key \"subject\"");
}

static struct target *target_new(void)
{
    struct target *target = mem_alloc(sizeof *target);
    target->timeout_ms = TIMEOUT_DEFAULT_MS;
    return target;
}

/* Takes the tree. */
static struct target *read_tree(struct yaml_tree *tree, struct problems *problems)
{
    struct reading reading = {target_new(), problems};
    reading.target->tree = tree;
    read_all(&reading, &tree->root);
    problems_sort(problems);
    if (problems->count == 0)
        return reading.target;
    target_free(reading.target);
    return NULL;
}

struct target *target_load(const char *path, struct problems *problems)
{
    struct err err = ERR_INIT;
    struct yaml_tree *tree = yaml_tree_load(path, path, &err);
    if (tree)
        return read_tree(tree, problems);
    problems_add_err(problems, &err);
    return NULL;
}

struct target *target_from_description(const char *description, struct err *err)
{
    struct problems problems = {0};
    struct yaml_tree *tree =
        yaml_tree_parse(description, strlen(description), "the subject's description", err);
    struct target *target = tree ? read_tree(tree, &problems) : NULL;
    if (tree && !target)
        err_set(err, ERR_SYNTAX, "the subject's description: %s", problems.items[0].text);
    problems_fini(&problems);
    return target;
}

/* ---- without a file ---- */

struct target *target_from_url(const char *url, const char *token, struct err *err)
{
    char *base = subject_base_url(url, err);
    if (!base)
        return NULL;
    struct target *target = target_new();
    target->name = mem_dup(base);
    target->url = base;
    target_offer(target, "community-images");
    if (token) {
        struct target_identity *owner = mem_append(&target->identities, &target->identity_count);
        owner->name = mem_dup("owner");
        owner->token = mem_dup(token);
    }
    return target;
}

struct target *target_from_cloud(const char *name, struct err *err)
{
    struct target *target = target_new();
    struct target_identity *owner = mem_append(&target->identities, &target->identity_count);
    owner->name = mem_dup("owner");
    target->name = mem_printf("cloud %s", name);
    target->service.type = mem_dup("image");
    target_offer(target, "community-images");
    if (target_use_cloud(target, owner, name, err))
        return target;
    target_free(target);
    return NULL;
}

static void states_free(struct target_state *states, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct spec_send *hooks[] = {states[i].enter, states[i].leave};
        for (size_t k = 0; k < 2; k++) {
            if (hooks[k])
                spec_send_fini(hooks[k]);
            free(hooks[k]);
        }
        free(states[i].name);
        free(states[i].value);
    }
    free(states);
}

static void words_free(char **words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    free(words);
}

void target_free(struct target *target)
{
    if (!target)
        return;
    for (size_t i = 0; i < target->identity_count; i++) {
        free(target->identities[i].name);
        free(target->identities[i].token);
        free(target->identities[i].project);
        basic_login_free(target->identities[i].basic);
        auth_free(target->identities[i].auth);
    }
    free(target->identities);
    image_store_fini(&target->images);
    states_free(target->limits, target->limit_count);
    states_free(target->conditions, target->condition_count);
    words_free(target->features, target->feature_count);
    words_free(target->arguments, target->argument_count);
    char *const texts[] = {target->service.type, target->service.region, target->service.interface,
                           target->ca_file,      target->certificate,    target->key};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(target->name);
    free(target->url);
    free(target->program);
    yaml_tree_free(target->tree);
    free(target);
}

bool target_has_secrets(const struct target *target, struct err *err)
{
    const struct err *unavailable = &target->unavailable;
    return unavailable->code == ERR_NONE || err_set(err, unavailable->code, "%s", unavailable->text);
}

/* ---- asking ---- */

const struct target_identity *target_identity(const struct target *target, const char *name)
{
    for (size_t i = 0; i < target->identity_count; i++) {
        if (strcmp(target->identities[i].name, name) == 0)
            return &target->identities[i];
    }
    return NULL;
}

static const struct target_state *find_state(const struct target_state *states, size_t count,
                                             const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(states[i].name, name) == 0)
            return &states[i];
    }
    return NULL;
}

const struct target_state *target_limit(const struct target *target, const char *name)
{
    return find_state(target->limits, target->limit_count, name);
}

const struct target_state *target_condition(const struct target *target, const char *name)
{
    return find_state(target->conditions, target->condition_count, name);
}

bool target_offers(const struct target *target, const char *feature)
{
    for (size_t i = 0; i < target->feature_count; i++) {
        if (strcmp(target->features[i], feature) == 0)
            return true;
    }
    return false;
}

void target_offer(struct target *target, const char *feature)
{
    if (!target_offers(target, feature))
        *mem_append(&target->features, &target->feature_count) = mem_dup(feature);
}

static bool has_identity(const struct target *target, const char *name)
{
    return target_identity(target, name);
}

static bool has_limit(const struct target *target, const char *name)
{
    return target_limit(target, name);
}

static bool has_condition(const struct target *target, const char *name)
{
    return target_condition(target, name);
}

char *target_lacks(const struct target *target, const char *api, const struct spec_needs *needs)
{
    const struct {
        const char *what;
        bool (*has)(const struct target *target, const char *name);
        const char *const *names;
        size_t count;
    } lists[] = {
        {"API", target_offers, &api, 1},
        {"feature", target_offers, (const char *const *)needs->features, needs->feature_count},
        {"identity", has_identity, (const char *const *)needs->identities, needs->identity_count},
        {"limit", has_limit, (const char *const *)needs->limits, needs->limit_count},
        {"condition", has_condition, (const char *const *)needs->conditions, needs->condition_count},
    };
    struct buf buf;
    buf_init(&buf, 4 * BUF_KIB);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (size_t k = 0; k < lists[i].count; k++) {
            if (!lists[i].has(target, lists[i].names[k]))
                buf_printf(&buf, "%sno %s %s", buf.length ? ", " : "", lists[i].what, lists[i].names[k]);
        }
    }
    if (buf.length > 0)
        return buf_take(&buf);
    buf_fini(&buf);
    return NULL;
}
