#include "conformance/reference/values.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define VALUE_MAX_BYTES 128

enum list_kind {
    LIST_SENTENCE, /* values up to the end of the sentence */
    LIST_VALUES,   /* values as items up to the end of the description */
    LIST_FIELDS,   /* fields as items up to the end of the description */
    LIST_PLAIN,    /* values without marks, commas between them */
};

/* What announces values; the first that matches counts. In lower case. */
static const struct {
    const char *phrase;
    enum list_kind kind;
} phrases[] = {
    {"following fields:", LIST_FIELDS},      {"these values:", LIST_VALUES},
    {"possible values:", LIST_PLAIN},        {"valid value", LIST_SENTENCE},
    {"accepted values", LIST_SENTENCE},      {"value is one of", LIST_SENTENCE},
    {"one of the following", LIST_SENTENCE}, {"formats are", LIST_SENTENCE},
};

struct scan {
    const char *description;
    values_visit_fn *visit;
    void *context;
};

static void visit(const struct scan *scan, const char *value, size_t length, bool is_field)
{
    char text[VALUE_MAX_BYTES];
    if (length == 0 || length >= sizeof text)
        return;
    memcpy(text, value, length);
    text[length] = '\0';
    scan->visit(scan->context, text, is_field);
}

/* The value in ``marks`` or 'quotes' at `at`; its end behind the closing mark, NULL when there is none. */
static const char *marked(const char *at, const char **ret_value, size_t *ret_length)
{
    const char *mark = strncmp(at, "``", 2) == 0 ? "``" : *at == '\'' ? "'" : NULL;
    if (!mark)
        return NULL;
    const char *value = at + strlen(mark);
    const char *end = strstr(value, mark);
    size_t length = end ? (size_t)(end - value) : 0;
    if (length == 0 || strcspn(value, " \n") < length)
        return NULL;
    *ret_value = value;
    *ret_length = length;
    return end + strlen(mark);
}

static bool ends_sentence(const char *at)
{
    return *at == '.' && strchr(" \n\\", at[1]);
}

static const char *scan_sentence(const struct scan *scan, const char *at)
{
    while (*at && !ends_sentence(at)) {
        const char *value;
        size_t length;
        const char *after = marked(at, &value, &length);
        if (after)
            visit(scan, value, length, false);
        at = after ? after : at + 1;
    }
    return at;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

enum item_form {
    ITEM_NONE,
    ITEM_ALONE,    /* on its line */
    ITEM_SENTENCE, /* after the end of another */
    ITEM_BULLET,
};

static const char *before_blanks(const struct scan *scan, const char *at)
{
    while (at > scan->description && is_blank(at[-1]))
        at--;
    return at;
}

static bool begins_line(const struct scan *scan, const char *at)
{
    return at == scan->description || at[-1] == '\n';
}

/* How the marked word from `at` to `after` begins an item. */
static enum item_form item_form(const struct scan *scan, const char *at, const char *after)
{
    const char *before = before_blanks(scan, at);
    if (begins_line(scan, before))
        return *after == '\n' || *after == '\0' ? ITEM_ALONE : ITEM_NONE;
    if (before[-1] == ':' || before[-1] == '.')
        return ITEM_SENTENCE;
    bool dash = before[-1] == '-' || before[-1] == '*';
    return dash && begins_line(scan, before_blanks(scan, before - 1)) ? ITEM_BULLET : ITEM_NONE;
}

/* All items of a list are of the form of its first. */
static const char *scan_items(const struct scan *scan, const char *at, bool is_field)
{
    enum item_form form = ITEM_NONE;
    while (*at) {
        const char *value;
        size_t length;
        const char *after = marked(at, &value, &length);
        enum item_form found = after ? item_form(scan, at, after) : ITEM_NONE;
        if (found != ITEM_NONE && (form == ITEM_NONE || form == found)) {
            visit(scan, value, length, is_field);
            form = found;
        }
        at = after ? after : at + 1;
    }
    return at;
}

static const char *scan_plain(const struct scan *scan, const char *at)
{
    while (*at && *at != '\n') {
        at += strspn(at, " ,");
        size_t length = strcspn(at, ",\n");
        visit(scan, at, length, false);
        at += length;
    }
    return at;
}

static bool phrase_at(const char *at, enum list_kind *ret_kind, size_t *ret_length)
{
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++) {
        size_t length = strlen(phrases[i].phrase);
        if (strncasecmp(at, phrases[i].phrase, length) == 0) {
            *ret_kind = phrases[i].kind;
            *ret_length = length;
            return true;
        }
    }
    return false;
}

/* The description with lines joined, so that a phrase may be broken over two of them: newlines stay before
 * items, and after a line that ends with a mark, which may be an item alone on its line. Owned. */
static char *joined(const char *description)
{
    char *text = mem_dup(description);
    for (char *at = text; *at; at++) {
        const char *next = at + 1 + strspn(at + 1, " \t");
        bool after_mark = at > text && at[-1] == '`';
        if (*at == '\n' && !after_mark && !strchr("-*`\n", *next))
            *at = ' ';
    }
    return text;
}

void values_of_description(const char *description, values_visit_fn *visitor, void *context)
{
    char *text = joined(description);
    const struct scan scan = {text, visitor, context};
    enum list_kind kind;
    size_t length;
    for (const char *at = text; *at;) {
        if (!phrase_at(at, &kind, &length)) {
            at++;
            continue;
        }
        at += length;
        if (kind == LIST_SENTENCE)
            at = scan_sentence(&scan, at);
        else if (kind == LIST_PLAIN)
            at = scan_plain(&scan, at);
        else
            at = scan_items(&scan, at, kind == LIST_FIELDS);
    }
    free(text);
}
