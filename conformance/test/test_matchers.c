/* A few matchers that judge nothing, so that the loader can be tested alone: each reads its value as
 * the real one of that name does in so far as the loader has a part in it. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/match.h"

struct data {
    struct spec_body body;
};

static void data_free(void *data)
{
    spec_body_fini(&((struct data *)data)->body);
    free(data);
}

/* Tells the loader of every template in the value. */
static void tell_templates(const struct match_source *source, const struct yaml_node *node)
{
    if (node->text && strcmp(yaml_kind_text(node), "a string") == 0)
        source->template_used(source->context, node->text, node->place);
    for (size_t i = 0; i < node->count; i++)
        tell_templates(source, &node->values[i]);
}

static bool is_status(const struct yaml_node *node)
{
    if (!node->text || node->quoted)
        return node->text && strncmp(node->text, "${", 2) == 0;
    bool digits = strspn(node->text, "0123456789") == 3 && node->text[3] == '\0';
    bool in_class = strlen(node->text) == 3 && strcmp(node->text + 1, "xx") == 0;
    return (digits || in_class) && node->text[0] >= '1' && node->text[0] <= '5';
}

static void *parse_status(const struct match_source *source)
{
    const struct yaml_node *node = source->node;
    bool good = node->kind == YAML_KIND_SEQUENCE ? node->count > 0 : is_status(node);
    for (size_t i = 0; i < node->count && good; i++)
        good = is_status(&node->values[i]);
    if (!good) {
        problems_add(source->problems, node->place, "status, expected a code or a list of codes");
        return NULL;
    }
    tell_templates(source, node);
    return mem_alloc(sizeof(struct data));
}

static void *parse_mapping(const struct match_source *source)
{
    if (source->node->kind != YAML_KIND_MAPPING) {
        problems_add(source->problems, source->node->place, "%s, expected a mapping",
                     yaml_kind_text(source->node));
        return NULL;
    }
    tell_templates(source, source->node);
    return mem_alloc(sizeof(struct data));
}

static void *parse_anything(const struct match_source *source)
{
    tell_templates(source, source->node);
    return mem_alloc(sizeof(struct data));
}

static void *parse_body(const struct match_source *source)
{
    struct data *data = mem_alloc(sizeof *data);
    bool empty = source->node->text && strcmp(source->node->text, "empty") == 0;
    if (empty || source->body_parse(source->context, source->node, &data->body))
        return data;
    data_free(data);
    return NULL;
}

static const struct matcher matchers[] = {
    {.name = "status", .parse = parse_status, .free = data_free},
    {.name = "headers", .parse = parse_mapping, .free = data_free},
    {.name = "json", .parse = parse_mapping, .free = data_free},
    {.name = "shape", .parse = parse_anything, .free = data_free},
    {.name = "body", .parse = parse_body, .free = data_free},
    {.name = "length", .parse = parse_anything, .free = data_free},
    {.name = "digest", .parse = parse_mapping, .free = data_free},
    {.name = "text", .parse = parse_anything, .free = data_free},
};

const struct matcher *const *matcher_all(void)
{
    static const struct matcher *const all[] = {&matchers[0], &matchers[1], &matchers[2],
                                                &matchers[3], &matchers[4], &matchers[5],
                                                &matchers[6], &matchers[7], NULL};
    return all;
}

const struct matcher *matcher_find(const char *name)
{
    for (const struct matcher *const *matcher = matcher_all(); *matcher; matcher++) {
        if (strcmp((*matcher)->name, name) == 0)
            return *matcher;
    }
    return NULL;
}
