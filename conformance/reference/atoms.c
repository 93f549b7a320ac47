#include "conformance/reference/atoms.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "conformance/reference/page.h"

#define NAME_MAX_WORDS   5
#define NAME_MAX_BYTES   80
#define NAME_HASH_DIGITS 6

static const struct {
    const char *word;
    const char *shown;
} kinds[] = {
#define ATOM_KIND(name, word, shown) {word, shown},
#include "conformance/reference/atom_kinds.def"
#undef ATOM_KIND
};

const char *atom_kind_word(enum atom_kind kind)
{
    return kinds[kind].word;
}

const char *atom_kind_shown(enum atom_kind kind)
{
    return kinds[kind].shown;
}

static void atom_fini(struct atom *atom)
{
    free(atom->key);
    free(atom->call);
    free(atom->text);
    free(atom->entry);
}

bool atoms_take(struct atoms *atoms, struct atom *atom)
{
    if (!atoms->index)
        atoms->index = json_object();
    bool known = json_object_get(atoms->index, atom->key) != NULL;
    bool room = atoms->count < ATOMS_MAX;
    if (known || !room) {
        atom_fini(atom);
        return room;
    }
    json_object_set_new(atoms->index, atom->key, json_true());
    *mem_append(&atoms->items, &atoms->count) = *atom;
    return true;
}

void atoms_fini(struct atoms *atoms)
{
    for (size_t i = 0; i < atoms->count; i++)
        atom_fini(&atoms->items[i]);
    free(atoms->items);
    json_decref(atoms->index);
    *atoms = (struct atoms){0};
}

/* ---- keys ---- */

char *atom_key(const char *call, enum atom_kind kind, const char *name)
{
    if (kind == ATOM_CALL)
        return mem_dup(call);
    return mem_printf("%s%s%s %s", call ? call : "", call ? " " : "", atom_kind_word(kind), name);
}

static bool is_markup(char c)
{
    return c == '`' || c == '*';
}

/* The sentence as it sounds: without markup, with single blanks. */
static void put_plain(struct buf *out, const char *sentence)
{
    bool blank = false;
    for (const char *at = sentence; *at; at++) {
        if (isspace((unsigned char)*at)) {
            blank = out->length > 0;
        } else if (!is_markup(*at)) {
            if (blank)
                buf_putc(out, ' ');
            buf_putc(out, *at);
            blank = false;
        }
    }
}

/* The first words, in lower case, of letters and digits only. */
static void put_words(struct buf *out, const char *plain)
{
    unsigned words = 1;
    for (const char *at = plain; *at; at++) {
        if (isalnum((unsigned char)*at)) {
            buf_putc(out, (char)tolower((unsigned char)*at));
        } else if (out->length > 0 && out->data[out->length - 1] != '-') {
            if (words++ == NAME_MAX_WORDS)
                return;
            buf_putc(out, '-');
        }
    }
}

char *atom_sentence_name(const char *sentence)
{
    char hex[DIGEST_HEX_SIZE];
    struct buf plain;
    struct buf words;
    buf_init(&plain, PAGE_MAX_BYTES);
    buf_init(&words, NAME_MAX_BYTES);
    put_plain(&plain, sentence);
    put_words(&words, plain.data);
    struct digest *digest = digest_new(DIGEST_SHA256);
    digest_update(digest, plain.data, plain.length);
    digest_finish(digest, hex);
    digest_free(digest);
    while (words.length > 0 && words.data[words.length - 1] == '-')
        words.data[--words.length] = '\0';
    char *name = mem_printf("%s~%.*s", words.data, NAME_HASH_DIGITS, hex);
    buf_fini(&plain);
    buf_fini(&words);
    return name;
}

/* The length of "METHOD /path" at the beginning of a text, 0 when it does not begin so. */
static size_t call_length(const char *text)
{
    size_t method = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    size_t blanks = strspn(text + method, " ");
    const char *path = text + method + blanks;
    if (method == 0 || blanks == 0 || *path != '/')
        return 0;
    return method + blanks + strcspn(path, " ");
}

/* Appends a path whose {parameters} have lost their names. */
static void put_path(struct buf *out, const char *path, size_t length)
{
    bool in_name = false;
    for (size_t i = 0; i < length; i++) {
        in_name = in_name && path[i] != '}';
        if (!in_name)
            buf_putc(out, path[i]);
        in_name = in_name || path[i] == '{';
    }
}

/* "METHOD /path" of which `length` bytes are text: owned. */
static char *canonical_call(const char *text, size_t length)
{
    struct buf call;
    const char *path = strchr(text, '/');
    buf_init(&call, PAGE_LINE_MAX_BYTES);
    buf_append(&call, text, strcspn(text, " "));
    buf_putc(&call, ' ');
    put_path(&call, path, length - (size_t)(path - text));
    return buf_take(&call);
}

char *atom_call(const char *text)
{
    size_t length = call_length(text);
    return length > 0 && text[length] == '\0' ? canonical_call(text, length) : NULL;
}

static bool starts_with_kind(const char *text)
{
    size_t length = strcspn(text, " ");
    for (size_t i = ATOM_CALL + 1; i < ATOM_KIND_COUNT; i++) {
        if (strlen(kinds[i].word) == length && strncmp(kinds[i].word, text, length) == 0)
            return text[length] == ' ' && text[length + 1] != '\0';
    }
    return false;
}

char *atom_key_of_citation(const char *citation, const char *call)
{
    size_t length = call_length(citation);
    if (length > 0) {
        const char *rest = citation + length;
        if (*rest && !starts_with_kind(rest + 1))
            return NULL;
        CLEANUP(text) char *own = canonical_call(citation, length);
        return mem_printf("%s%s", own, rest);
    }
    if (!starts_with_kind(citation))
        return NULL;
    CLEANUP(text) char *own = call && !text_starts_with(citation, "value ") ? atom_call(call) : NULL;
    return own ? mem_printf("%s %s", own, citation) : mem_dup(citation);
}
