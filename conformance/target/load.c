/* target_load(): the file as a whole, and where the subject is. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "conformance/subject.h"
#include "conformance/target/reading.h"

static void read_subject(struct reading *reading, const struct yaml_node *node)
{
    reading->target->name = reading_text(reading, node, "subject");
}

static void read_url(struct reading *reading, const struct yaml_node *node)
{
    struct err err = ERR_INIT;
    char *text = reading_text(reading, node, "url");
    if (!text)
        return;
    reading->target->url = subject_service_url(text, &err);
    if (!reading->target->url)
        problems_add(reading->problems, node->place, "url: %s", err.text);
    free(text);
}

static void read_start(struct reading *reading, const struct yaml_node *node)
{
    static const char *const keys[] = {"program", "arguments", NULL};
    struct target *target = reading->target;
    if (!reading_is_mapping(reading, node, "start"))
        return;
    reading_keys(reading, node, "start", keys);
    target->program = reading_text(reading, yaml_get(node, "program"), "program");
    if (!yaml_get(node, "program"))
        problems_add(reading->problems, node->place, "start without the mandatory key \"program\"");
    if (yaml_get(node, "arguments"))
        reading_words(reading, yaml_get(node, "arguments"), "arguments", &target->arguments,
                      &target->argument_count);
}

static void read_timeout(struct reading *reading, const struct yaml_node *node)
{
    reading_duration(reading, node, "timeout", &reading->target->timeout_ms);
}

static void read_max_upload(struct reading *reading, const struct yaml_node *node)
{
    uint64_t bytes;
    if (node->text && number_parse_size(node->text, &bytes) && bytes > 0)
        reading->target->max_upload_bytes = bytes;
    else
        problems_add(reading->problems, node->place, "max_upload, expected a size above 0 as 100k or 64M");
}

/* Something in it must be the file, or each would be the same. */
static void read_command(struct reading *reading, const struct yaml_node *node)
{
    struct image_store *images = &reading->target->images;
    bool named = false;
    images->kind = IMAGE_STORE_COMMAND;
    reading_words(reading, node, "command", &images->command, &images->command_count);
    for (size_t i = 0; i < images->command_count; i++)
        named = named || strstr(images->command[i], IMAGE_STORE_PATH);
    if (!named)
        problems_add(reading->problems, node->place, "command, expected %s in one of its words",
                     IMAGE_STORE_PATH);
}

static void read_directory(struct reading *reading, const struct yaml_node *node)
{
    reading->target->images.kind = IMAGE_STORE_DIRECTORY;
    reading->target->images.directory = reading_text(reading, node, "directory");
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
    if (!reading_is_mapping(reading, node, "images"))
        return;
    reading_keys(reading, node, "images", keys);
    for (size_t i = 0; reading_has_one_key(reading, node, "images") && keys[i]; i++) {
        if (yaml_get(node, keys[i]))
            ways[i](reading, yaml_get(node, keys[i]));
    }
}

static void read_features(struct reading *reading, const struct yaml_node *node)
{
    reading_words(reading, node, "features", &reading->target->features, &reading->target->feature_count);
}

static void read_allow(struct reading *reading, const struct yaml_node *node)
{
    reading_words(reading, node, "allow", &reading->target->allowed, &reading->target->allowed_count);
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
        *texts[i].text = reading_text(reading, yaml_get(node, texts[i].key), texts[i].key);
    }
}

static void read_service(struct reading *reading, const struct yaml_node *node)
{
    static const char *const keys[] = {"type", "region", "interface", NULL};
    struct auth_service *service = &reading->target->service;
    const struct text_key texts[] = {
        {"type", &service->type}, {"region", &service->region}, {"interface", &service->interface}};
    if (!reading_is_mapping(reading, node, "service"))
        return;
    reading_keys(reading, node, "service", keys);
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
    if (!reading_is_mapping(reading, node, "tls"))
        return;
    reading_keys(reading, node, "tls", keys);
    read_texts(reading, node, texts, sizeof texts / sizeof *texts);
    const struct yaml_node *insecure = yaml_get(node, "insecure");
    target->insecure = insecure && reading_flag(reading, insecure, "insecure");
}

static const struct {
    const char *key;
    void (*read)(struct reading *reading, const struct yaml_node *node);
} parts[] = {
    {"subject", read_subject},
    {"url", read_url},
    {"start", read_start},
    {"service", read_service},
    {"timeout", read_timeout},
    {"max_upload", read_max_upload},
    {"tls", read_tls},
    {"identities", read_identities},
    {"images", read_images},
    {"allow", read_allow},
    {"features", read_features},
    {"limits", read_limits},
    {"conditions", read_conditions},
};

#define PART_COUNT (sizeof parts / sizeof *parts)

static bool has_catalog(const struct target *target)
{
    const struct target_identity *owner = target_identity(target, "owner");
    return owner && owner->auth;
}

static void read_all(struct reading *reading, const struct yaml_node *root)
{
    const char *keys[PART_COUNT + 1] = {NULL};
    if (!reading_is_mapping(reading, root, "the file"))
        return;
    for (size_t i = 0; i < PART_COUNT; i++)
        keys[i] = parts[i].key;
    reading_keys(reading, root, "a target file", keys);
    for (size_t i = 0; i < PART_COUNT; i++) {
        const struct yaml_node *node = yaml_get(root, parts[i].key);
        if (node)
            parts[i].read(reading, node);
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
