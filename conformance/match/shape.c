#include "conformance/match/shape.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "base/uuid.h"
#include "conformance/match/tools.h"

struct shape {
    json_t *form; /* words, mappings, lists of one */
    char *text;
};

/* ---- the words ---- */

static bool is_string(const json_t *value)
{
    return json_is_string(value);
}

static bool is_integer(const json_t *value)
{
    return json_is_integer(value);
}

static bool is_number(const json_t *value)
{
    return json_is_number(value);
}

static bool is_boolean(const json_t *value)
{
    return json_is_boolean(value);
}

static bool is_null(const json_t *value)
{
    return json_is_null(value);
}

static bool is_object(const json_t *value)
{
    return json_is_object(value);
}

static bool is_array(const json_t *value)
{
    return json_is_array(value);
}

static bool is_uuid(const json_t *value)
{
    return json_is_string(value) && uuid_is(json_string_value(value));
}

/* "2026-11-21T09:30:00Z", with an optional fraction and Z or an offset (ISO 8601). */
static bool is_time(const json_t *value)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    const char *text = json_string_value(value);
    if (!text)
        return false;
    for (size_t i = 0; form[i]; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !digit : text[i] != form[i])
            return false;
    }
    text += strlen(form);
    if (*text == '.')
        text += 1 + strspn(text + 1, "0123456789");
    return strcmp(text, "Z") == 0 || *text == '\0' || ((*text == '+' || *text == '-') && strlen(text) >= 3);
}

static bool is_any(const json_t *value)
{
    (void)value;
    return true;
}

static const struct {
    const char *name;
    bool (*holds)(const json_t *value);
} words[] = {
    {"string", is_string}, {"integer", is_integer}, {"number", is_number}, {"boolean", is_boolean},
    {"null", is_null},     {"object", is_object},   {"array", is_array},   {"uuid", is_uuid},
    {"time", is_time},     {"any", is_any},
};

#define WORD_COUNT (sizeof words / sizeof *words)

static size_t word_find(const char *text, size_t length)
{
    size_t i = 0;
    while (i < WORD_COUNT && !(strlen(words[i].name) == length && memcmp(words[i].name, text, length) == 0))
        i++;
    return i;
}

/* Takes "string|null" apart, with or without blanks. */
static const char *next_word(const char *at, const char **ret_word, size_t *ret_length)
{
    at += strspn(at, " |");
    *ret_word = at;
    *ret_length = strcspn(at, " |");
    return at + *ret_length;
}

/* ---- reading ---- */

static bool check_words(const struct match_source *source, const struct yaml_node *node)
{
    const char *word;
    size_t length;
    size_t count = 0;
    for (const char *at = next_word(node->text, &word, &length); length > 0;
         at = next_word(at, &word, &length), count++) {
        if (word_find(word, length) < WORD_COUNT)
            continue;
        char *unknown = mem_dup_n(word, length);
        const char *names[WORD_COUNT + 1] = {0};
        for (size_t i = 0; i < WORD_COUNT; i++)
            names[i] = words[i].name;
        const char *nearest = nearest_of(unknown, names);
        problems_add(source->problems, node->place, "unknown type \"%s\"%s%s%s", unknown,
                     nearest ? ", did you mean \""
                             : ", expected one of string, integer, number, boolean, null, "
                               "object, array, uuid, time, any",
                     nearest ? nearest : "", nearest ? "\"?" : "");
        free(unknown);
        return false;
    }
    return count > 0;
}

static bool check_form(const struct match_source *source, const struct yaml_node *node)
{
    bool sound = true;
    if (node->kind == YAML_KIND_SCALAR)
        return check_words(source, node);
    if (node->kind == YAML_KIND_SEQUENCE && node->count != 1) {
        problems_add(source->problems, node->place, "a list of %zu shapes, expected one: what each item is",
                     node->count);
        return false;
    }
    for (size_t i = 0; i < node->count; i++)
        sound = check_form(source, &node->values[i]) && sound;
    return sound;
}

/* Plain `null` is a word here. */
static json_t *form_of(const struct yaml_node *node)
{
    if (node->kind == YAML_KIND_SCALAR)
        return json_string(node->text);
    json_t *form = node->keys ? json_object() : json_array();
    for (size_t i = 0; i < node->count; i++) {
        if (node->keys)
            json_object_set_new(form, node->keys[i].text, form_of(&node->values[i]));
        else
            json_array_append_new(form, form_of(&node->values[i]));
    }
    return form;
}

struct shape *shape_parse(const struct match_source *source, const struct yaml_node *node)
{
    if (!check_form(source, node))
        return NULL;
    struct shape *shape = mem_alloc(sizeof *shape);
    shape->form = form_of(node);
    shape->text =
        json_is_string(shape->form) ? mem_dup(json_string_value(shape->form)) : match_json_text(shape->form);
    return shape;
}

void shape_free(struct shape *shape)
{
    if (!shape)
        return;
    json_decref(shape->form);
    free(shape->text);
    free(shape);
}

const char *shape_text(const struct shape *shape)
{
    return shape->text;
}

/* ---- judging ---- */

static char *difference(json_t *form, const json_t *value, const char *place);

static char *say_other(const char *place, const json_t *value, const char *words_text)
{
    char *found = match_json_text(value);
    char *text = mem_printf("%s: %s is not %s", *place ? place : "the body", found, words_text);
    free(found);
    return text;
}

static char *word_difference(const char *text, const json_t *value, const char *place)
{
    const char *word;
    size_t length;
    for (const char *at = next_word(text, &word, &length); length > 0; at = next_word(at, &word, &length)) {
        if (words[word_find(word, length)].holds(value))
            return NULL;
    }
    return say_other(place, value, text);
}

static char *member_difference(const char *name, json_t *form, const json_t *value, const char *place)
{
    size_t length = strlen(name);
    bool optional = length > 1 && name[length - 1] == '?';
    char *member = mem_dup_n(name, length - optional);
    char *inner = mem_printf("%s/%s", place, member);
    const json_t *found = json_object_get(value, member);
    char *text = found ? difference(form, found, inner) : optional ? NULL : mem_printf("%s: nothing", inner);
    free(inner);
    free(member);
    return text;
}

static char *object_difference(json_t *form, const json_t *value, const char *place)
{
    const char *name;
    json_t *member;
    if (!json_is_object(value))
        return say_other(place, value, "an object");
    json_object_foreach (form, name, member) {
        char *text = member_difference(name, member, value, place);
        if (text)
            return text;
    }
    return NULL;
}

static char *array_difference(const json_t *form, const json_t *value, const char *place)
{
    if (!json_is_array(value))
        return say_other(place, value, "an array");
    for (size_t i = 0; i < json_array_size(value); i++) {
        char *inner = mem_printf("%s/%zu", place, i);
        char *text = difference(json_array_get(form, 0), json_array_get(value, i), inner);
        free(inner);
        if (text)
            return text;
    }
    return NULL;
}

static char *difference(json_t *form, const json_t *value, const char *place)
{
    if (json_is_string(form))
        return word_difference(json_string_value(form), value, place);
    if (json_is_object(form))
        return object_difference(form, value, place);
    return array_difference(form, value, place);
}

char *shape_difference(const struct shape *shape, const json_t *value)
{
    return difference(shape->form, value, "");
}

bool shape_holds(const struct shape *shape, const json_t *value)
{
    char *text = shape_difference(shape, value);
    free(text);
    return !text;
}
