#include "conformance/match/image_facts.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/formats/check_image.h"
#include "conformance/match/tools.h"

static void free_bounds(struct image_bounds *bounds)
{
    free(bounds->exact);
    free(bounds->at_least);
    free(bounds->at_most);
}

void image_facts_free(struct image_facts *facts)
{
    free(facts->format);
    free_bounds(&facts->virtual_size);
    free_bounds(&facts->file_size);
    free_bounds(&facts->allocated);
    for (size_t i = 0; i < facts->option_count; i++) {
        free(facts->options[i].name);
        free(facts->options[i].value);
    }
    free(facts->options);
    spec_body_fini(facts->content);
    free(facts->content);
    free(facts);
}

static bool is_template(const char *text)
{
    return strstr(text, "${");
}

static bool parse_format(const struct match_source *source, const struct yaml_node *node,
                         struct image_facts *facts)
{
    facts->format = match_read_template(source, node, "a format");
    if (!facts->format || is_template(facts->format) || format_named(facts->format))
        return facts->format;
    problems_add(source->problems, node->place, "there is no image format \"%s\"", facts->format);
    return false;
}

static bool parse_sound(const struct match_source *source, const struct yaml_node *node,
                        struct image_facts *facts)
{
    facts->sound = match_read_true(source, node, "sound");
    return facts->sound;
}

static bool parse_safe(const struct match_source *source, const struct yaml_node *node,
                       struct image_facts *facts)
{
    facts->safe = match_read_true(source, node, "safe");
    return facts->safe;
}

/* NULL after complaining. */
static char *parse_bytes(const struct match_source *source, const struct yaml_node *node)
{
    uint64_t bytes;
    char *text = match_read_template(source, node, "a size");
    if (!text || is_template(text) || template_expand_size(text, NULL, &bytes, NULL))
        return text;
    problems_add(source->problems, node->place, "size \"%s\", expected bytes as 20 or 64k", text);
    free(text);
    return NULL;
}

static bool parse_bounds(const struct match_source *source, const struct yaml_node *node,
                         struct image_bounds *bounds)
{
    if (node->kind == YAML_KIND_SCALAR)
        return (bounds->exact = parse_bytes(source, node)) != NULL;
    for (size_t i = 0; node->kind == YAML_KIND_MAPPING && i < node->count; i++) {
        bool least = strcmp(node->keys[i].text, "at_least") == 0;
        char **bound = least ? &bounds->at_least : &bounds->at_most;
        if (!least && strcmp(node->keys[i].text, "at_most") != 0) {
            problems_add(source->problems, node->keys[i].place,
                         "unknown key \"%s\", expected at_least or at_most", node->keys[i].text);
            return false;
        }
        *bound = parse_bytes(source, &node->values[i]);
        if (!*bound)
            return false;
    }
    if (bounds->at_least || bounds->at_most)
        return true;
    problems_add(source->problems, node->place, "a size, expected bytes or {at_least: , at_most: }");
    return false;
}

static bool parse_virtual_size(const struct match_source *source, const struct yaml_node *node,
                               struct image_facts *facts)
{
    return parse_bounds(source, node, &facts->virtual_size);
}

static bool parse_file_size(const struct match_source *source, const struct yaml_node *node,
                            struct image_facts *facts)
{
    return parse_bounds(source, node, &facts->file_size);
}

static bool parse_allocated(const struct match_source *source, const struct yaml_node *node,
                            struct image_facts *facts)
{
    return parse_bounds(source, node, &facts->allocated);
}

static bool parse_options(const struct match_source *source, const struct yaml_node *node,
                          struct image_facts *facts)
{
    if (node->kind != YAML_KIND_MAPPING || node->count == 0) {
        problems_add(source->problems, node->place, "options, expected a mapping of options to their values");
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        char *value = match_read_template(source, &node->values[i], "the value of an option");
        if (!value)
            return false;
        *mem_append(&facts->options, &facts->option_count) =
            (struct image_option){mem_dup(node->keys[i].text), value};
    }
    return true;
}

static bool parse_content(const struct match_source *source, const struct yaml_node *node,
                          struct image_facts *facts)
{
    facts->content = mem_alloc(sizeof *facts->content);
    return source->body_parse(source->context, node, facts->content);
}

static const struct {
    const char *name;
    bool (*parse)(const struct match_source *source, const struct yaml_node *node, struct image_facts *facts);
} keys[] = {
    {"format", parse_format},       {"sound", parse_sound},
    {"safe", parse_safe},           {"virtual_size", parse_virtual_size},
    {"file_size", parse_file_size}, {"allocated", parse_allocated},
    {"options", parse_options},     {"content", parse_content},
};

static bool parse_key(const struct match_source *source, const struct yaml_node *key,
                      const struct yaml_node *value, struct image_facts *facts)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i].name, key->text) == 0)
            return keys[i].parse(source, value, facts);
    }
    problems_add(source->problems, key->place,
                 "unknown key \"%s\" in image, expected format, sound, safe, virtual_size, file_size, "
                 "allocated, options or content",
                 key->text);
    return false;
}

/* NULL when it is another word, or no word. */
static struct image_facts *parse_word(const struct yaml_node *node)
{
    bool present = node->text && strcmp(node->text, "present") == 0;
    bool none = node->text && strcmp(node->text, "none") == 0;
    if (!present && !none)
        return NULL;
    struct image_facts *facts = mem_alloc(sizeof *facts);
    facts->about = present ? IMAGE_PRESENCE : IMAGE_ABSENCE;
    return facts;
}

struct image_facts *image_facts_parse(const struct match_source *source)
{
    const struct yaml_node *node = source->node;
    struct image_facts *known = parse_word(node);
    if (known)
        return known;
    if (node->kind != YAML_KIND_MAPPING || node->count == 0) {
        problems_add(source->problems, node->place,
                     "image, expected a mapping of what is known of it, present or none");
        return NULL;
    }
    struct image_facts *facts = mem_alloc(sizeof *facts);
    bool good = true;
    for (size_t i = 0; i < node->count; i++)
        good = parse_key(source, &node->keys[i], &node->values[i], facts) && good;
    if (good)
        return facts;
    image_facts_free(facts);
    return NULL;
}
