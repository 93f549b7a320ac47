/* The small values of a target file, and what is wrong with them. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/number.h"
#include "conformance/auth/secret.h"
#include "conformance/target/reading.h"

bool reading_is_mapping(struct reading *reading, const struct yaml_node *node, const char *what)
{
    if (node->kind == YAML_KIND_MAPPING)
        return true;
    problems_add(reading->problems, node->place, "%s is %s, expected a mapping", what, yaml_kind_text(node));
    return false;
}

char *reading_text(struct reading *reading, const struct yaml_node *node, const char *what)
{
    if (!node)
        return NULL;
    if (node->kind == YAML_KIND_SCALAR && *node->text)
        return mem_dup(node->text);
    problems_add(reading->problems, node->place, "%s is %s, expected a text", what,
                 node->text ? "empty" : yaml_kind_text(node));
    return NULL;
}

void reading_check_template(struct reading *reading, const struct yaml_node *node, const char *what,
                            const char *text)
{
    struct err err = ERR_INIT;
    if (!template_scan(text, NULL, NULL, &err))
        problems_add(reading->problems, node->place, "%s: %s", what, err.text);
}

char *reading_template(struct reading *reading, const struct yaml_node *node, const char *what)
{
    char *text = reading_text(reading, node, what);
    if (text)
        reading_check_template(reading, node, what, text);
    return text;
}

void reading_duration(struct reading *reading, const struct yaml_node *node, const char *what,
                      uint64_t *ret_ms)
{
    uint64_t ms;
    if (node->text && number_parse_duration_ms(node->text, &ms) && ms > 0)
        *ret_ms = ms;
    else
        problems_add(reading->problems, node->place, "%s, expected a duration above 0 as 500ms or 30s", what);
}

bool reading_flag(struct reading *reading, const struct yaml_node *node, const char *what)
{
    bool is_true = node->text && strcmp(node->text, "true") == 0;
    if (!is_true && !(node->text && strcmp(node->text, "false") == 0))
        problems_add(reading->problems, node->place, "%s, expected true or false", what);
    return is_true;
}

static void complain_key(struct reading *reading, const struct yaml_node *key, const char *what,
                         const char *const *keys)
{
    const char *nearest = nearest_of(key->text, keys);
    problems_add(reading->problems, key->place, "unknown key \"%s\" in %s%s%s%s", key->text, what,
                 nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
}

void reading_keys(struct reading *reading, const struct yaml_node *node, const char *what,
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

void reading_words(struct reading *reading, const struct yaml_node *node, const char *what, char ***words,
                   size_t *count)
{
    if (node->kind != YAML_KIND_SEQUENCE) {
        problems_add(reading->problems, node->place, "%s is %s, expected a list", what, yaml_kind_text(node));
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        char *word = reading_text(reading, &node->values[i], what);
        if (word)
            *mem_append(words, count) = word;
    }
}

bool reading_has_one_key(struct reading *reading, const struct yaml_node *node, const char *what)
{
    if (node->count == 1)
        return true;
    problems_add(reading->problems, node->place, "%s with %zu keys, expected one", what, node->count);
    return false;
}

char *reading_secret(struct reading *reading, const struct yaml_node *node, const char *what)
{
    static const char *const keys[] = {"env", "file", NULL};
    if (node->kind != YAML_KIND_MAPPING)
        return reading_text(reading, node, what);
    reading_keys(reading, node, what, keys);
    if (!reading_has_one_key(reading, node, what))
        return NULL;
    struct err *err = &reading->target->unavailable;
    CLEANUP(text) char *variable = reading_text(reading, yaml_get(node, "env"), "env");
    CLEANUP(text) char *path = reading_text(reading, yaml_get(node, "file"), "file");
    char *text = path ? secret_read(path, err) : variable ? secret_of_environment(variable, err) : NULL;
    return text ? text : mem_dup("unavailable");
}
