#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/spec/internal.h"

bool read_is_mapping(struct spec_context *context, const struct yaml_node *node, const char *what)
{
    if (node->kind == YAML_KIND_MAPPING)
        return true;
    problems_add(context->problems, node->place, "%s is %s, expected a mapping", what, yaml_kind_text(node));
    return false;
}

bool read_is_sequence(struct spec_context *context, const struct yaml_node *node, const char *what)
{
    if (node->kind != YAML_KIND_SEQUENCE)
        problems_add(context->problems, node->place, "%s is %s, expected a list", what, yaml_kind_text(node));
    else if (node->count == 0)
        problems_add(context->problems, node->place, "%s is an empty list, expected at least one item", what);
    else
        return true;
    return false;
}

void read_unknown_key(struct spec_context *context, const struct yaml_node *key, const char *what,
                      struct guess *guess)
{
    problems_add(context->problems, key->place, "unknown key \"%s\" in %s%s", key->text, what,
                 guess_end(guess));
}

static bool has_key(const struct spec_key *keys, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i].name, name) == 0)
            return true;
    }
    return false;
}

static void complain_key(struct spec_context *context, const struct yaml_node *key, const char *what,
                         const struct spec_key *keys, size_t count)
{
    struct guess guess;
    guess_init(&guess, key->text);
    for (size_t i = 0; i < count; i++)
        guess_offer(&guess, keys[i].name);
    read_unknown_key(context, key, what, &guess);
}

void read_keys(struct spec_context *context, const struct yaml_node *node, const char *what,
               const struct spec_key *keys, size_t count)
{
    for (size_t i = 0; i < node->count; i++) {
        if (!has_key(keys, count, node->keys[i].text))
            complain_key(context, &node->keys[i], what, keys, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (keys[i].mandatory && !yaml_get(node, keys[i].name))
            problems_add(context->problems, node->place, "%s without the mandatory key \"%s\"", what,
                         keys[i].name);
    }
}

/* "a string", also of a plain word that YAML gives no other type. */
static bool is_string(const struct yaml_node *node)
{
    return node->kind == YAML_KIND_SCALAR && strcmp(yaml_kind_text(node), "a string") == 0;
}

const char *read_string(struct spec_context *context, const struct yaml_node *node, const char *what)
{
    if (!node)
        return NULL;
    if (!is_string(node))
        problems_add(context->problems, node->place, "%s is %s, expected a string", what,
                     yaml_kind_text(node));
    else if (!*node->text)
        problems_add(context->problems, node->place, "%s is empty", what);
    else
        return node->text;
    return NULL;
}

char *read_template(struct spec_context *context, const struct yaml_node *node, const char *what)
{
    if (!node)
        return NULL;
    if (node->kind != YAML_KIND_SCALAR || strcmp(yaml_kind_text(node), "null") == 0) {
        problems_add(context->problems, node->place, "%s is %s, expected a text or a number", what,
                     yaml_kind_text(node));
        return NULL;
    }
    scope_check(context, node->text, node->place);
    return mem_dup(node->text);
}

json_t *read_value(struct spec_context *context, const struct yaml_node *node, const char *what)
{
    CLEANUP(text) char *text = read_template(context, node, what);
    return text ? yaml_to_json(node) : NULL;
}

char *read_size(struct spec_context *context, const struct yaml_node *node, const char *what)
{
    char *size = read_template(context, node, what);
    if (!size || strstr(size, "${"))
        return size;
    uint64_t bytes;
    if (!template_expand_size(size, NULL, &bytes, NULL))
        problems_add(context->problems, node->place,
                     "%s: \"%s\" is no size, expected bytes as 20, 64k, 1G or 1M + 1", what, size);
    return size;
}

char *read_literal(struct spec_context *context, const struct yaml_node *node, const char *what)
{
    const char *text = read_string(context, node, what);
    if (!text || !strchr(text, '$'))
        return mem_dup(text);
    struct err err = ERR_INIT;
    char *literal = template_expand(text, context->row, &err);
    context->row_counts = true;
    if (!literal)
        problems_add(
            context->problems, node->place,
            "%s \"%s\": %s; it must be known when the suite is loaded, so only keys of the matrix can "
            "stand in it",
            what, text, err.text);
    return literal;
}

bool read_duration(struct spec_context *context, const struct yaml_node *node, const char *what,
                   uint64_t *ret_ms)
{
    uint64_t duration_ms;
    if (!node)
        return false;
    bool good = node->kind == YAML_KIND_SCALAR && number_parse_duration_ms(node->text, &duration_ms) &&
                duration_ms > 0;
    if (good)
        *ret_ms = duration_ms;
    else
        problems_add(context->problems, node->place,
                     "%s is %s%s%s, expected a duration above 0 as 300ms, 2s or 1m", what,
                     node->text ? "\"" : "", node->text ? node->text : yaml_kind_text(node),
                     node->text ? "\"" : "");
    return good;
}

static bool is_word(const char *text)
{
    static const char letters_and_digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    return *text && strchr(letters_and_digits, *text) &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_.-")] == '\0';
}

void read_words(struct spec_context *context, const struct yaml_node *node, const char *what, char ***words,
                size_t *count)
{
    if (!node || !read_is_sequence(context, node, what))
        return;
    struct names seen = {0};
    for (size_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = &node->values[i];
        const char *word = read_string(context, item, what);
        if (!word)
            continue;
        if (!is_word(word))
            problems_add(context->problems, item->place,
                         "\"%s\" in %s is no word, expected lower-case letters, digits and . _ -", word,
                         what);
        else if (!names_add(&seen, word, item->place, NULL))
            problems_add(context->problems, item->place, "\"%s\" is in %s twice", word, what);
        else
            words_add(words, count, word);
    }
    names_fini(&seen);
}

bool read_is_name(const char *text)
{
    static const char characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    return *text && strchr(characters, *text) < characters + 52 && text[strspn(text, characters)] == '\0';
}

bool read_name(struct spec_context *context, const struct yaml_node *key, const char *what)
{
    if (read_is_name(key->text))
        return true;
    problems_add(context->problems, key->place,
                 "\"%s\" cannot name %s, expected letters, digits, _ and -, a letter first", key->text, what);
    return false;
}

static void check_json_key(struct spec_context *context, const struct yaml_node *key)
{
    if (strstr(key->text, "${"))
        problems_add(context->problems, key->place,
                     "\"%s\" is a key, and variables are replaced in values only", key->text);
}

void read_json_templates(struct spec_context *context, const struct yaml_node *node)
{
    if (is_string(node))
        scope_check(context, node->text, node->place);
    for (size_t i = 0; i < node->count; i++) {
        if (node->keys)
            check_json_key(context, &node->keys[i]);
        read_json_templates(context, &node->values[i]);
    }
}

void params_free(struct spec_param *params, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(params[i].name);
        json_decref(params[i].value);
    }
    free(params);
}

void pairs_free(struct spec_pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(pairs[i].name);
        free(pairs[i].value);
    }
    free(pairs);
}
