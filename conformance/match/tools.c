#include "conformance/match/tools.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/nearest.h"

#define LINE_MAX_BYTES 200
#define KEYS_MAX       16

static void complain_key(const struct match_source *source, const struct yaml_node *key, const char *what,
                         const struct match_key *keys, size_t count)
{
    const char *names[KEYS_MAX + 1] = {0};
    for (size_t i = 0; i < count && i < KEYS_MAX; i++)
        names[i] = keys[i].name;
    const char *nearest = nearest_of(key->text, names);
    if (nearest)
        problems_add(source->problems, key->place, "unknown key \"%s\" in %s, did you mean \"%s\"?",
                     key->text, what, nearest);
    else
        problems_add(source->problems, key->place, "unknown key \"%s\" in %s", key->text, what);
}

bool match_read_key(const struct match_source *source, const struct yaml_node *node, const char *what,
                    const struct match_key *keys, size_t count, int *ret_kind,
                    const struct yaml_node **ret_value)
{
    size_t known = 0;
    for (size_t i = 0; i < node->count; i++) {
        size_t k = 0;
        while (k < count && strcmp(keys[k].name, node->keys[i].text) != 0)
            k++;
        if (k == count) {
            complain_key(source, &node->keys[i], what, keys, count);
            return false;
        }
        *ret_kind = keys[k].kind;
        *ret_value = &node->values[i];
        known++;
    }
    if (known != 1)
        problems_add(source->problems, node->place, "%s has %zu keys, expected one", what, known);
    return known == 1;
}

bool match_each_member(const struct match_source *source, const char *what, const char *of,
                       match_member_fn *take, void *context)
{
    const struct yaml_node *node = source->node;
    size_t before = source->problems->count;
    bool is_mapping = node->kind == YAML_KIND_MAPPING;
    if (!is_mapping)
        problems_add(source->problems, node->place, "%s is %s, expected a mapping%s", what,
                     yaml_kind_text(node), of);
    for (size_t i = 0; is_mapping && i < node->count; i++)
        take(source, &node->keys[i], &node->values[i], context);
    return source->problems->count == before;
}

char *match_read_template(const struct match_source *source, const struct yaml_node *node, const char *what)
{
    if (node->kind != YAML_KIND_SCALAR) {
        problems_add(source->problems, node->place, "%s is %s, expected a text or a number", what,
                     yaml_kind_text(node));
        return NULL;
    }
    source->template_used(source->context, node->text, node->place);
    return mem_dup(node->text);
}

bool match_read_true(const struct match_source *source, const struct yaml_node *node, const char *what)
{
    bool is_true = node->kind == YAML_KIND_SCALAR && !node->quoted && strcmp(node->text, "true") == 0;
    if (!is_true)
        problems_add(source->problems, node->place, "%s can only be true", what);
    return is_true;
}

void match_read_json(const struct match_source *source, const struct yaml_node *node)
{
    if (node->kind == YAML_KIND_SCALAR && strcmp(yaml_kind_text(node), "a string") == 0)
        source->template_used(source->context, node->text, node->place);
    for (size_t i = 0; i < node->count; i++)
        match_read_json(source, &node->values[i]);
}

void match_say(const struct match_report *report, char *expected, char *actual)
{
    report->finding(report->context, expected, actual);
    free(expected);
    free(actual);
}

char *match_quote(const char *text, size_t length)
{
    struct buf buf;
    buf_init(&buf, 4 * LINE_MAX_BYTES + 16);
    buf_putc(&buf, '"');
    for (size_t i = 0; i < length && i < LINE_MAX_BYTES; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\n')
            buf_puts(&buf, "\\n");
        else if (c < 0x20 || c == 0x7f)
            buf_printf(&buf, "\\x%02x", c);
        else
            buf_putc(&buf, (char)c);
    }
    buf_puts(&buf, length > LINE_MAX_BYTES ? "...\"" : "\"");
    return buf_take(&buf);
}

char *match_json_text(const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT) : NULL;
    if (!text)
        return mem_dup("nothing");
    if (strlen(text) > LINE_MAX_BYTES)
        memcpy(text + LINE_MAX_BYTES - 3, "...", 4);
    char *copy = mem_dup(text);
    free(text);
    return copy;
}
