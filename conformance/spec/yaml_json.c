/* What a plain scalar is, and a tree as JSON. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/spec/yaml_tree.h"

/* The core schema of YAML 1.2.2, chapter 10.3.2. */
enum scalar_type {
    SCALAR_STRING,
    SCALAR_NULL,
    SCALAR_BOOLEAN,
    SCALAR_INTEGER,
    SCALAR_NUMBER,
};

static const struct {
    const char *text;
    enum scalar_type type;
} words[] = {
    {"", SCALAR_NULL},         {"~", SCALAR_NULL},        {"null", SCALAR_NULL},     {"Null", SCALAR_NULL},
    {"NULL", SCALAR_NULL},     {"true", SCALAR_BOOLEAN},  {"True", SCALAR_BOOLEAN},  {"TRUE", SCALAR_BOOLEAN},
    {"false", SCALAR_BOOLEAN}, {"False", SCALAR_BOOLEAN}, {"FALSE", SCALAR_BOOLEAN},
};

static size_t digits(const char *text)
{
    return strspn(text, "0123456789");
}

static bool is_based_integer(const char *text)
{
    if (strncmp(text, "0x", 2) == 0)
        return text[2] && text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] == '\0';
    if (strncmp(text, "0o", 2) == 0)
        return text[2] && text[2 + strspn(text + 2, "01234567")] == '\0';
    return false;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )? */
static enum scalar_type type_of_number(const char *text)
{
    const char *at = text + (*text == '-' || *text == '+');
    size_t whole = digits(at);
    at += whole;
    if (whole && *at == '\0')
        return SCALAR_INTEGER;
    if (*at == '.') {
        size_t fraction = digits(++at);
        if (whole + fraction == 0)
            return SCALAR_STRING;
        at += fraction;
    } else if (whole == 0) {
        return SCALAR_STRING;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '-' || *at == '+';
        size_t exponent = digits(at);
        if (exponent == 0)
            return SCALAR_STRING;
        at += exponent;
    }
    return *at == '\0' ? SCALAR_NUMBER : SCALAR_STRING;
}

static enum scalar_type type_of(const struct yaml_node *node)
{
    if (node->quoted)
        return SCALAR_STRING;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(node->text, words[i].text) == 0)
            return words[i].type;
    }
    return is_based_integer(node->text) ? SCALAR_INTEGER : type_of_number(node->text);
}

static json_t *integer_to_json(const char *text)
{
    const char *digits_at = text;
    int base = 10;
    if (is_based_integer(text)) {
        base = text[1] == 'x' ? 16 : 8;
        digits_at += 2;
    }
    errno = 0;
    long long value = strtoll(digits_at, NULL, base);
    return errno == ERANGE ? json_string(text) : json_integer(value);
}

static json_t *number_to_json(const char *text)
{
    double value = strtod(text, NULL);
    return isfinite(value) ? json_real(value) : json_string(text);
}

static json_t *scalar_to_json(const struct yaml_node *node)
{
    switch (type_of(node)) {
    case SCALAR_NULL:
        return json_null();
    case SCALAR_BOOLEAN:
        return json_boolean(node->text[0] == 't' || node->text[0] == 'T');
    case SCALAR_INTEGER:
        return integer_to_json(node->text);
    case SCALAR_NUMBER:
        return number_to_json(node->text);
    case SCALAR_STRING:
        break;
    }
    return json_string(node->text);
}

json_t *yaml_to_json(const struct yaml_node *node)
{
    if (node->kind == YAML_KIND_SCALAR)
        return scalar_to_json(node);
    json_t *json = node->kind == YAML_KIND_MAPPING ? json_object() : json_array();
    for (size_t i = 0; i < node->count; i++) {
        json_t *value = yaml_to_json(&node->values[i]);
        if (node->kind == YAML_KIND_MAPPING)
            json_object_set_new(json, node->keys[i].text, value);
        else
            json_array_append_new(json, value);
    }
    return json;
}

const char *yaml_kind_text(const struct yaml_node *node)
{
    static const char *const scalars[] = {
        [SCALAR_STRING] = "a string",    [SCALAR_NULL] = "null",       [SCALAR_BOOLEAN] = "a boolean",
        [SCALAR_INTEGER] = "an integer", [SCALAR_NUMBER] = "a number",
    };
    if (node->kind == YAML_KIND_SCALAR)
        return scalars[type_of(node)];
    return node->kind == YAML_KIND_MAPPING ? "a mapping" : "a sequence";
}
