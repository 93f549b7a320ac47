#include "conformance/spec/template.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/checked.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"

/* A captured text may be as long as the part of an answer that is kept; a few of them must fit. */
#define EXPANDED_MAX_BYTES (16 * BUF_MIB)

struct vars {
    const struct vars *outer;
    json_t *values; /* object */
};

struct vars *vars_new(const struct vars *outer)
{
    struct vars *vars = mem_alloc(sizeof *vars);
    vars->outer = outer;
    vars->values = json_object();
    return vars;
}

void vars_free(struct vars *vars)
{
    if (!vars)
        return;
    json_decref(vars->values);
    free(vars);
}

void vars_set(struct vars *vars, const char *name, json_t *value)
{
    json_object_set(vars->values, name, value);
}

/* A text that is not UTF-8, as a header may be, with its strange bytes as question marks. */
static json_t *readable(const char *text)
{
    CLEANUP(text) char *copy = mem_dup(text);
    for (char *at = copy; *at; at++) {
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    }
    return json_string(copy);
}

void vars_set_text(struct vars *vars, const char *name, const char *text)
{
    json_t *value = json_string(text);
    json_object_set_new(vars->values, name, value ? value : readable(text));
}

json_t *vars_get(const struct vars *vars, const char *name)
{
    for (; vars; vars = vars->outer) {
        json_t *value = json_object_get(vars->values, name);
        if (value)
            return value;
    }
    return NULL;
}

/* One piece of a template: literal text, or the name of a variable. */
struct piece {
    const char *text;
    size_t length;
    bool variable;
};

static bool take_variable(const char **at, struct piece *ret_piece, struct err *err)
{
    static const char name_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
    const char *name = *at + 2;
    size_t length = strspn(name, name_characters);
    if (name[length] == '\0')
        return err_set(err, ERR_SYNTAX, "\"${%.*s\" has no closing brace", (int)length, name);
    if (name[length] != '}')
        return err_set(err, ERR_SYNTAX, "\"%c\" in the name of a variable after \"${%.*s\"", name[length],
                       (int)length, name);
    if (length == 0)
        return err_set(err, ERR_SYNTAX, "\"${}\" names no variable");
    *ret_piece = (struct piece){name, length, true};
    *at = name + length + 1;
    return true;
}

/* Cuts the next piece off *at. A dollar that neither names nor escapes stands for itself, so that a
 * pattern may end with one; before a closing brace it is a slip of the pen. */
static bool take_piece(const char **at, struct piece *ret_piece, struct err *err)
{
    const char *text = *at;
    if (text[0] == '$' && text[1] == '{')
        return take_variable(at, ret_piece, err);
    if (text[0] == '$' && text[1] == '}')
        return err_set(err, ERR_SYNTAX, "\"$}\": write \"${name}\" for a variable, \"$$\" for a dollar");
    if (text[0] == '$') {
        *ret_piece = (struct piece){text, 1, false};
        *at = text + (text[1] == '$' ? 2 : 1);
        return true;
    }
    *ret_piece = (struct piece){text, strcspn(text, "$"), false};
    *at = text + ret_piece->length;
    return true;
}

bool template_scan(const char *text, void (*visit)(void *context, const char *name), void *context,
                   struct err *err)
{
    while (*text) {
        struct piece piece;
        if (!take_piece(&text, &piece, err))
            return false;
        if (!piece.variable || !visit)
            continue;
        CLEANUP(text) char *name = mem_dup_n(piece.text, piece.length);
        visit(context, name);
    }
    return true;
}

/* The value of the variable that `piece` names: borrowed. */
static json_t *value_of(const struct piece *piece, const struct vars *vars, struct err *err)
{
    CLEANUP(text) char *name = mem_dup_n(piece->text, piece->length);
    json_t *value = vars_get(vars, name);
    if (!value)
        err_set(err, ERR_VALUE, "variable \"%s\" has no value", name);
    return value;
}

static bool append_value(struct buf *out, const struct piece *piece, json_t *value, struct err *err)
{
    if (json_is_string(value)) {
        buf_append(out, json_string_value(value), json_string_length(value));
        return true;
    }
    if (!json_is_number(value) && !json_is_boolean(value))
        return err_set(err, ERR_VALUE, "variable \"%.*s\" is no text, number or boolean", (int)piece->length,
                       piece->text);
    CLEANUP(text) char *written = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    buf_puts(out, written);
    return true;
}

static bool expand_into(struct buf *out, const char *text, const struct vars *vars, struct err *err)
{
    while (*text) {
        struct piece piece = {0};
        if (!take_piece(&text, &piece, err))
            return false;
        if (!piece.variable) {
            buf_append(out, piece.text, piece.length);
            continue;
        }
        json_t *value = value_of(&piece, vars, err);
        if (!value || !append_value(out, &piece, value, err))
            return false;
    }
    return !out->full || err_set(err, ERR_LIMIT, "a text grew past %zu bytes", out->limit);
}

char *template_expand(const char *text, const struct vars *vars, struct err *err)
{
    struct buf out;
    buf_init(&out, EXPANDED_MAX_BYTES);
    char *expanded = expand_into(&out, text, vars, err) ? buf_take(&out) : NULL;
    buf_fini(&out);
    return expanded;
}

static json_t *expand_string(const char *text, const struct vars *vars, struct err *err)
{
    const char *at = text;
    struct piece piece;
    if (*text == '\0')
        return json_string("");
    if (!take_piece(&at, &piece, err))
        return NULL;
    if (piece.variable && *at == '\0') {
        json_t *value = value_of(&piece, vars, err);
        return value ? json_deep_copy(value) : NULL;
    }
    CLEANUP(text) char *expanded = template_expand(text, vars, err);
    return expanded ? json_string(expanded) : NULL;
}

static json_t *expand_json(json_t *value, const struct vars *vars, struct err *err);

static json_t *expand_array(json_t *value, const struct vars *vars, struct err *err)
{
    json_t *array = json_array();
    for (size_t i = 0; i < json_array_size(value); i++) {
        json_t *item = expand_json(json_array_get(value, i), vars, err);
        if (!item) {
            json_decref(array);
            return NULL;
        }
        json_array_append_new(array, item);
    }
    return array;
}

static json_t *expand_object(json_t *value, const struct vars *vars, struct err *err)
{
    json_t *object = json_object();
    const char *key;
    json_t *inner;
    json_object_foreach (value, key, inner) {
        json_t *item = expand_json(inner, vars, err);
        if (!item) {
            json_decref(object);
            return NULL;
        }
        json_object_set_new(object, key, item);
    }
    return object;
}

static json_t *expand_json(json_t *value, const struct vars *vars, struct err *err)
{
    if (json_is_string(value))
        return expand_string(json_string_value(value), vars, err);
    if (json_is_array(value))
        return expand_array(value, vars, err);
    if (json_is_object(value))
        return expand_object(value, vars, err);
    return json_incref(value);
}

json_t *template_expand_json(const json_t *value, const struct vars *vars, struct err *err)
{
    json_t *own = json_deep_copy(value); /* jansson iterates over nothing const */
    json_t *expanded = expand_json(own, vars, err);
    json_decref(own);
    return expanded;
}

/* One SIZE with blanks around it. */
static bool parse_size(const char *text, size_t length, uint64_t *ret_bytes)
{
    while (length && *text == ' ') {
        text++;
        length--;
    }
    while (length && text[length - 1] == ' ')
        length--;
    CLEANUP(text) char *size = mem_dup_n(text, length);
    return number_parse_size(size, ret_bytes);
}

static bool parse_sum(const char *text, uint64_t *ret_bytes)
{
    size_t left_length = strcspn(text, "+-");
    uint64_t left;
    uint64_t right;
    if (!parse_size(text, left_length, &left))
        return false;
    if (text[left_length] == '\0') {
        *ret_bytes = left;
        return true;
    }
    const char *rest = text + left_length + 1;
    if (!parse_size(rest, strlen(rest), &right))
        return false;
    return text[left_length] == '+' ? add_u64(left, right, ret_bytes) : sub_u64(left, right, ret_bytes);
}

bool template_expand_size(const char *text, const struct vars *vars, uint64_t *ret_bytes, struct err *err)
{
    CLEANUP(text) char *expanded = template_expand(text, vars, err);
    if (!expanded)
        return false;
    return parse_sum(expanded, ret_bytes) ||
           err_set(err, ERR_VALUE, "\"%s\" is no size, expected bytes as 20, 64k, 1G or 1M + 1", expanded);
}
