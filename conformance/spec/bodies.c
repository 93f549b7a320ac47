#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/spec/internal.h"

static void parse_seed(struct spec_context *context, const struct yaml_node *node, struct spec_body *body)
{
    uint64_t seed;
    body->seed = read_template(context, node, "seed");
    if (body->seed && !strstr(body->seed, "${") && !number_parse_u64(body->seed, &seed))
        problems_add(context->problems, node->place, "seed \"%s\", expected a whole number", body->seed);
}

static void parse_generated(struct spec_context *context, const struct yaml_node *node,
                            struct spec_body *body)
{
    const struct yaml_node *size = yaml_get(node, "size");
    const struct yaml_node *seed = yaml_get(node, "seed");
    const struct yaml_node *zeroes = yaml_get(node, "zeroes");
    body->kind = SPEC_BODY_GENERATED;
    body->size = read_size(context, size, "size");
    if (!seed == !zeroes)
        problems_add(context->problems, node->place, "a body of a size has either `seed` or `zeroes: true`");
    if (seed)
        parse_seed(context, seed, body);
    bool is_true = zeroes && zeroes->text && !zeroes->quoted && strcmp(zeroes->text, "true") == 0;
    if (zeroes && !is_true)
        problems_add(context->problems, zeroes->place, "zeroes can only be true");
}

/* Inside fixtures/, whatever it says. */
static bool is_below(const char *path)
{
    if (*path == '/')
        return false;
    for (const char *part = path; part; part = strchr(part, '/')) {
        part += *part == '/';
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            return false;
    }
    return true;
}

static void parse_file(struct spec_context *context, const struct yaml_node *node, struct spec_body *body)
{
    const struct yaml_node *file = yaml_get(node, "file");
    body->kind = SPEC_BODY_FILE;
    body->file = read_literal(context, file, "file");
    if (!body->file)
        return;
    if (!is_below(body->file)) {
        problems_add(context->problems, file->place, "file \"%s\" is not below the fixtures", body->file);
        return;
    }
    if (!context->fixtures)
        return;
    CLEANUP(text) char *path = mem_printf("%s/%s", context->fixtures, body->file);
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        problems_add(context->problems, file->place, "fixture \"%s\" is missing: there is no file %s",
                     body->file, path);
}

static void parse_text(struct spec_context *context, const struct yaml_node *node, struct spec_body *body)
{
    body->kind = SPEC_BODY_TEXT;
    body->text = read_template(context, yaml_get(node, "text"), "text");
}

static void parse_json(struct spec_context *context, const struct yaml_node *node, struct spec_body *body)
{
    body_json(context, yaml_get(node, "json"), body);
}

void body_json(struct spec_context *context, const struct yaml_node *node, struct spec_body *ret_body)
{
    ret_body->kind = SPEC_BODY_JSON;
    read_json_templates(context, node);
    ret_body->json = yaml_to_json(node);
}

static void parse_hex(struct spec_context *context, const struct yaml_node *node, struct spec_body *body)
{
    const struct yaml_node *hex = yaml_get(node, "hex");
    body->kind = SPEC_BODY_HEX;
    body->hex = read_literal(context, hex, "hex");
    if (body->hex && !body_hex(body->hex, NULL, NULL))
        problems_add(context->problems, hex->place, "hex \"%s\", expected pairs of hexadecimal digits",
                     body->hex);
}

static void parse_parts(struct spec_context *context, const struct yaml_node *node, struct spec_body *body)
{
    const struct yaml_node *parts = yaml_get(node, "parts");
    body->kind = SPEC_BODY_PARTS;
    if (!read_is_sequence(context, parts, "parts"))
        return;
    for (size_t i = 0; i < parts->count; i++)
        body_parse(context, &parts->values[i], mem_append(&body->parts, &body->part_count));
}

/* The key that makes a body of a kind, and what may stand beside it. */
static const struct {
    const char *key;
    struct spec_key keys[3];
    size_t key_count;
    void (*parse)(struct spec_context *context, const struct yaml_node *node, struct spec_body *body);
} kinds[] = {
    {"size", {{"size", true}, {"seed", false}, {"zeroes", false}}, 3, parse_generated},
    {"file", {{"file", true}}, 1, parse_file},
    {"text", {{"text", true}}, 1, parse_text},
    {"json", {{"json", true}}, 1, parse_json},
    {"hex", {{"hex", true}}, 1, parse_hex},
    {"parts", {{"parts", true}}, 1, parse_parts},
};

#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

static bool parse_mapping(struct spec_context *context, const struct yaml_node *node, bool with_range,
                          struct spec_body *ret_body)
{
    struct spec_body body = {0};
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (!yaml_get(node, kinds[i].key))
            continue;
        struct spec_key keys[4] = {{"range", false}};
        memcpy(&keys[1], kinds[i].keys, sizeof kinds[i].keys);
        size_t problems_before = context->problems->count;
        read_keys(context, node, "a body", with_range ? keys : keys + 1, kinds[i].key_count + with_range);
        kinds[i].parse(context, node, &body);
        if (context->problems->count == problems_before) {
            *ret_body = body;
            return true;
        }
        spec_body_fini(&body);
        return false;
    }
    problems_add(context->problems, node->place,
                 "a body without any of the keys size, file, text, json, hex and parts");
    return false;
}

static void check_json(struct spec_context *context, json_t *json, struct yaml_place place)
{
    const char *key;
    json_t *value;
    if (json_is_string(json))
        scope_check(context, json_string_value(json), place);
    for (size_t i = 0; i < json_array_size(json); i++)
        check_json(context, json_array_get(json, i), place);
    json_object_foreach (json, key, value) {
        check_json(context, value, place);
    }
}

/* Checks what a declared body mentions against what is known where it is used. */
static void check_use(struct spec_context *context, const struct spec_body *body, struct yaml_place place)
{
    const char *const texts[] = {body->size, body->seed, body->text};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i])
            scope_check(context, texts[i], place);
    }
    check_json(context, body->json, place);
    for (size_t i = 0; i < body->part_count; i++)
        check_use(context, &body->parts[i], place);
}

static struct spec_body copy_of(const struct spec_body *body)
{
    struct spec_body copy = {
        .kind = body->kind,
        .size = mem_dup(body->size),
        .seed = mem_dup(body->seed),
        .file = mem_dup(body->file),
        .text = mem_dup(body->text),
        .json = body->json ? json_deep_copy(body->json) : NULL,
        .hex = mem_dup(body->hex),
    };
    for (size_t i = 0; i < body->part_count; i++)
        *mem_append(&copy.parts, &copy.part_count) = copy_of(&body->parts[i]);
    return copy;
}

static bool parse_named(struct spec_context *context, const struct yaml_node *node,
                        struct spec_body *ret_body)
{
    CLEANUP(text) char *name = read_literal(context, node, "the name of a body");
    if (!name)
        return false;
    if (!context->api) {
        problems_add(context->problems, node->place, "body \"%s\": no body has a name here, write it out",
                     name);
        return false;
    }
    const struct names_entry *entry = names_find(&context->api->bodies, name);
    if (!entry) {
        struct guess guess;
        guess_init(&guess, name);
        guess_offer_names(&guess, &context->api->bodies);
        problems_add(context->problems, node->place, "unknown body \"%s\"%s", name, guess_end(&guess));
        return false;
    }
    check_use(context, entry->value, node->place);
    *ret_body = copy_of(entry->value);
    return true;
}

static bool parse(struct spec_context *context, const struct yaml_node *node, bool with_range,
                  struct spec_body *ret_body)
{
    if (node->kind == YAML_KIND_MAPPING)
        return parse_mapping(context, node, with_range, ret_body);
    if (node->kind == YAML_KIND_SCALAR)
        return parse_named(context, node, ret_body);
    problems_add(context->problems, node->place, "a body is a sequence, expected a mapping or a name");
    return false;
}

bool body_parse(struct spec_context *context, const struct yaml_node *node, struct spec_body *ret_body)
{
    return parse(context, node, false, ret_body);
}

bool body_parse_expected(void *context, const struct yaml_node *node, struct spec_body *ret_body)
{
    return parse(context, node, true, ret_body);
}

static void declare(struct spec_context *context, struct spec_api *api, const struct yaml_node *key,
                    const struct yaml_node *value)
{
    struct spec_body body = {0};
    if (read_is_mapping(context, value, "a declared body"))
        body_parse(context, value, &body);
    if (!read_name(context, key, "a body")) {
        spec_body_fini(&body);
        return;
    }
    /* The matcher `body` takes this word for no bytes at all. */
    if (strcmp(key->text, "empty") == 0)
        problems_add(context->problems, key->place,
                     "\"empty\" is the empty body already: choose another name");
    struct spec_body *declared = mem_alloc(sizeof *declared);
    *declared = body;
    if (names_add(&api->bodies, key->text, key->place, declared))
        return;
    const struct names_entry *first = names_find(&api->bodies, key->text);
    problems_add(context->problems, key->place, "body \"%s\" is declared twice, first at %s:%u:%u", key->text,
                 first->place.file, first->place.line, first->place.column);
    spec_body_fini(declared);
    free(declared);
}

void bodies_declare(struct spec_context *context, const struct spec_file *file, struct spec_api *api)
{
    const struct yaml_node *node = yaml_get(&file->tree->root, "bodies");
    if (!node || !read_is_mapping(context, node, "bodies"))
        return;
    for (size_t i = 0; i < node->count; i++)
        declare(context, api, &node->keys[i], &node->values[i]);
}

void spec_body_fini(struct spec_body *body)
{
    if (!body)
        return;
    free(body->size);
    free(body->seed);
    free(body->file);
    free(body->text);
    free(body->hex);
    for (size_t i = 0; i < body->part_count; i++)
        spec_body_fini(&body->parts[i]);
    free(body->parts);
    json_decref(body->json);
    *body = (struct spec_body){0};
}
