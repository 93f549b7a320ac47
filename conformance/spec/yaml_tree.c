#include "conformance/spec/yaml_tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/cleanup.h"
#include "base/mem.h"

struct reader {
    yaml_parser_t parser;
    const char *file;
    const char *bytes;
    size_t length;
    size_t depth;
    struct err *err;
};

static bool refuse(struct reader *reader, yaml_mark_t mark, const char *what)
{
    return err_set_at(reader->err, ERR_SYNTAX, reader->file, mark.line + 1, mark.column + 1, "%s", what);
}

/* Where a byte stands. libyaml reads ahead: its marks are behind a byte that cannot be read. */
static yaml_mark_t mark_of(const struct reader *reader, size_t offset)
{
    yaml_mark_t mark = {0};
    for (size_t i = 0; i < offset && i < reader->length; i++) {
        unsigned char byte = (unsigned char)reader->bytes[i];
        if (byte == '\n') {
            mark.line++;
            mark.column = 0;
        } else if ((byte & 0xC0) != 0x80) { /* no continuation of a character */
            mark.column++;
        }
    }
    return mark;
}

/* What libyaml says, with the place of the mistake rather than of the construct around it. */
static bool refuse_syntax(struct reader *reader)
{
    const yaml_parser_t *parser = &reader->parser;
    const char *problem = parser->problem ? parser->problem : "not YAML";
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_READER_ERROR)
        mark = mark_of(reader, parser->problem_offset);
    if (!parser->context)
        return refuse(reader, mark, problem);
    return err_set_at(reader->err, ERR_SYNTAX, reader->file, mark.line + 1, mark.column + 1,
                      "%s (%s, line %zu)", problem, parser->context, parser->context_mark.line + 1);
}

static bool next_event(struct reader *reader, yaml_event_t *ret_event)
{
    if (!yaml_parser_parse(&reader->parser, ret_event))
        return refuse_syntax(reader);
    return true;
}

static void node_fini(struct yaml_node *node)
{
    free(node->text);
    for (size_t i = 0; i < node->count; i++) {
        if (node->keys)
            node_fini(&node->keys[i]);
        node_fini(&node->values[i]);
    }
    free(node->keys);
    free(node->values);
}

static bool read_event(struct reader *reader, const yaml_event_t *event, struct yaml_node *node);

static bool read_scalar(struct reader *reader, const yaml_event_t *event, struct yaml_node *node)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    if (memchr(text, '\0', length))
        return refuse(reader, event->start_mark, "a text with a NUL character inside");
    node->kind = YAML_KIND_SCALAR;
    node->text = mem_dup_n(text, length);
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return true;
}

/* Reads the next node into `node`; *ret_ended instead when the collection is over. */
static bool read_next(struct reader *reader, struct yaml_node *node, bool *ret_ended)
{
    yaml_event_t event;
    if (!next_event(reader, &event))
        return false;
    bool ended = event.type == YAML_SEQUENCE_END_EVENT || event.type == YAML_MAPPING_END_EVENT;
    bool done = ended || read_event(reader, &event, node);
    yaml_event_delete(&event);
    *ret_ended = ended;
    return done;
}

static bool read_sequence(struct reader *reader, struct yaml_node *node)
{
    node->kind = YAML_KIND_SEQUENCE;
    for (;;) {
        struct yaml_node item = {0};
        bool ended = false;
        bool done = read_next(reader, &item, &ended);
        if (ended)
            return true;
        *mem_append(&node->values, &node->count) = item;
        if (!done)
            return false;
    }
}

static int compare_keys(const void *left, const void *right)
{
    const struct yaml_node *const *a = left;
    const struct yaml_node *const *b = right;
    int order = strcmp((*a)->text, (*b)->text);
    if (order)
        return order;
    return *a < *b ? -1 : *a > *b;
}

/* Sorted, because a hostile file may have a hundred thousand keys in one mapping. */
static bool refuse_repeats(struct reader *reader, const struct yaml_node *node)
{
    const struct yaml_node **sorted = mem_alloc(node->count * sizeof(const struct yaml_node *));
    for (size_t i = 0; i < node->count; i++)
        sorted[i] = &node->keys[i];
    qsort(sorted, node->count, sizeof *sorted, compare_keys);
    bool unique = true;
    for (size_t i = 1; i < node->count && unique; i++) {
        const struct yaml_node *first = sorted[i - 1];
        const struct yaml_node *again = sorted[i];
        if (strcmp(first->text, again->text) == 0)
            unique = err_set_at(reader->err, ERR_SYNTAX, reader->file, again->place.line, again->place.column,
                                "key \"%s\" occurs twice in this mapping; the first is at %u:%u", again->text,
                                first->place.line, first->place.column);
    }
    free(sorted);
    return unique;
}

static bool check_key(struct reader *reader, const struct yaml_node *key)
{
    if (key->kind == YAML_KIND_SCALAR)
        return true;
    return err_set_at(reader->err, ERR_SYNTAX, reader->file, key->place.line, key->place.column,
                      "%s as a key, expected a text", yaml_kind_text(key));
}

static bool read_mapping(struct reader *reader, struct yaml_node *node)
{
    node->kind = YAML_KIND_MAPPING;
    for (;;) {
        struct yaml_node key = {0};
        struct yaml_node value = {0};
        bool ended = false;
        bool done = read_next(reader, &key, &ended);
        if (ended)
            return refuse_repeats(reader, node);
        done = done && check_key(reader, &key) && read_next(reader, &value, &ended);
        size_t count = node->count;
        *mem_append(&node->keys, &count) = key;
        *mem_append(&node->values, &node->count) = value;
        if (!done)
            return false;
    }
}

static bool refuse_decoration(struct reader *reader, const yaml_event_t *event, const yaml_char_t *anchor,
                              const yaml_char_t *tag)
{
    if (anchor)
        return refuse(reader, event->start_mark, "an anchor (&): write the value out where it is needed");
    if (tag)
        return refuse(reader, event->start_mark,
                      "a tag (!): quote a text that begins with an exclamation mark");
    return true;
}

static bool read_collection(struct reader *reader, const yaml_event_t *event, struct yaml_node *node,
                            bool (*read)(struct reader *reader, struct yaml_node *node))
{
    if (reader->depth == YAML_TREE_DEPTH_MAX)
        return err_set_at(reader->err, ERR_LIMIT, reader->file, event->start_mark.line + 1,
                          event->start_mark.column + 1, "nested deeper than %d levels", YAML_TREE_DEPTH_MAX);
    reader->depth++;
    bool done = read(reader, node);
    reader->depth--;
    return done;
}

/* On failure `node` is half-built, and still freed by node_fini. */
static bool read_event(struct reader *reader, const yaml_event_t *event, struct yaml_node *node)
{
    node->place = (struct yaml_place){reader->file, (unsigned)event->start_mark.line + 1,
                                      (unsigned)event->start_mark.column + 1};
    if (event->type == YAML_ALIAS_EVENT)
        return refuse(reader, event->start_mark, "an alias (*): write the value out, or quote the text");
    if (event->type == YAML_SCALAR_EVENT)
        return refuse_decoration(reader, event, event->data.scalar.anchor, event->data.scalar.tag) &&
               read_scalar(reader, event, node);
    if (event->type == YAML_SEQUENCE_START_EVENT)
        return refuse_decoration(reader, event, event->data.sequence_start.anchor,
                                 event->data.sequence_start.tag) &&
               read_collection(reader, event, node, read_sequence);
    return refuse_decoration(reader, event, event->data.mapping_start.anchor,
                             event->data.mapping_start.tag) &&
           read_collection(reader, event, node, read_mapping);
}

/* Takes one event that carries nothing; false with `err` set when it is not of `type`. */
static bool expect_event(struct reader *reader, yaml_event_type_t type, const char *otherwise)
{
    yaml_event_t event;
    if (!next_event(reader, &event))
        return false;
    bool expected = event.type == type || refuse(reader, event.start_mark, otherwise);
    yaml_event_delete(&event);
    return expected;
}

static bool read_document(struct reader *reader, struct yaml_node *root)
{
    bool ended = false;
    return expect_event(reader, YAML_STREAM_START_EVENT, "not a YAML stream") &&
           expect_event(reader, YAML_DOCUMENT_START_EVENT, "the file is empty, expected a mapping") &&
           read_next(reader, root, &ended) &&
           expect_event(reader, YAML_DOCUMENT_END_EVENT, "not a document") &&
           expect_event(reader, YAML_STREAM_END_EVENT, "a second document, expected one document a file");
}

struct yaml_tree *yaml_tree_parse(const char *bytes, size_t length, const char *name, struct err *err)
{
    if (length > YAML_TREE_FILE_MAX_BYTES) {
        err_set_at(err, ERR_LIMIT, name, 0, 0, "larger than %u bytes", YAML_TREE_FILE_MAX_BYTES);
        return NULL;
    }
    struct yaml_tree *tree = mem_alloc(sizeof *tree);
    tree->file = mem_dup(name);
    struct reader reader = {.file = tree->file, .bytes = bytes, .length = length, .err = err};
    if (!yaml_parser_initialize(&reader.parser))
        abort();
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes, length);
    bool done = read_document(&reader, &tree->root);
    yaml_parser_delete(&reader.parser);
    if (done)
        return tree;
    yaml_tree_free(tree);
    return NULL;
}

char *yaml_tree_read(const char *path, const char *name, size_t *ret_length, struct err *err)
{
    CLEANUP(file) FILE *file = fopen(path, "rb");
    if (!file) {
        err_set_at(err, ERR_IO, name, 0, 0, "cannot be opened: %s", strerror(errno));
        return NULL;
    }
    size_t room = YAML_TREE_FILE_MAX_BYTES + 1; /* one more, so that yaml_tree_parse sees what is too large */
    char *bytes = mem_alloc(room);
    size_t length = fread(bytes, 1, room, file);
    if (ferror(file)) {
        err_set_at(err, ERR_IO, name, 0, 0, "cannot be read: %s", strerror(errno));
        free(bytes);
        return NULL;
    }
    *ret_length = length;
    return bytes;
}

struct yaml_tree *yaml_tree_load(const char *path, const char *name, struct err *err)
{
    size_t length;
    CLEANUP(text) char *bytes = yaml_tree_read(path, name, &length, err);
    return bytes ? yaml_tree_parse(bytes, length, name, err) : NULL;
}

void yaml_tree_free(struct yaml_tree *tree)
{
    if (!tree)
        return;
    node_fini(&tree->root);
    free(tree->file);
    free(tree);
}

const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
    if (!node || node->kind != YAML_KIND_MAPPING)
        return NULL;
    for (size_t i = 0; i < node->count; i++) {
        if (strcmp(node->keys[i].text, key) == 0)
            return &node->values[i];
    }
    return NULL;
}
