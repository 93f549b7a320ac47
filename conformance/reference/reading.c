#include "conformance/reference/reading.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/reference/values.h"

#define TEXT_MAX_BYTES 400

void reading_complain(struct reading *reading, size_t line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    CLEANUP(text) char *text = mem_vprintf(format, args);
    va_end(args);
    problems_add(reading->problems, (struct yaml_place){.file = reading->page->name, .line = (unsigned)line},
                 "%s", text);
}

/* As much of a text as is shown, and no part of a character. */
static size_t shown_length(const char *text)
{
    size_t length = strnlen(text, TEXT_MAX_BYTES);
    while (length > 0 && (text[length] & 0xC0) == 0x80)
        length--;
    return length;
}

/* `key` is taken. */
static void add_entry(struct reading *reading, enum atom_kind kind, size_t line, char *key, const char *text,
                      const char *entry)
{
    struct buf shown;
    buf_init(&shown, TEXT_MAX_BYTES);
    buf_append(&shown, text, shown_length(text));
    struct atom atom = {kind, key, mem_dup(reading->call), buf_take(&shown), mem_dup(entry), line};
    if (!atoms_take(reading->atoms, &atom))
        reading_complain(reading, line, "more than %d atoms in one document", ATOMS_MAX);
}

/* `key` is taken. */
static void add(struct reading *reading, enum atom_kind kind, size_t line, char *key, const char *text)
{
    add_entry(reading, kind, line, key, text, NULL);
}

void reading_begin_call(struct reading *reading, size_t line, const char *text)
{
    reading_end_call(reading);
    reading->call = atom_call(text);
    if (reading->call)
        add(reading, ATOM_CALL, line, atom_key(reading->call, ATOM_CALL, NULL), text);
    else
        reading_complain(reading, line, "\"%.80s\" is no call, expected METHOD /path", text);
}

void reading_end_call(struct reading *reading)
{
    free(TAKE(reading->call));
}

/* Whether there is a call for `what` to belong to. */
static bool has_call(struct reading *reading, size_t line, const char *what)
{
    if (!reading->call)
        reading_complain(reading, line, "%s before any call", what);
    return reading->call;
}

static void add_status(struct reading *reading, size_t line, const char *code, size_t length)
{
    uint64_t status;
    if (!number_parse_u64_n(code, length, &status) || status < 100 || status > 599) {
        reading_complain(reading, line, "\"%.*s\" is no status code, expected 100 to 599",
                         (int)(length < 40 ? length : 40), code);
        return;
    }
    CLEANUP(text) char *name = mem_dup_n(code, length);
    add(reading, ATOM_STATUS, line, atom_key(reading->call, ATOM_STATUS, name), name);
}

void reading_add_statuses(struct reading *reading, size_t line, const char *codes)
{
    static const char separators[] = " ,";
    if (!has_call(reading, line, "a status code"))
        return;
    for (const char *at = codes + strspn(codes, separators); *at; at += strspn(at, separators)) {
        size_t length = strcspn(at, separators);
        add_status(reading, line, at, length);
        at += length;
    }
}

/* What the values of a description belong to. */
struct field_values {
    struct reading *reading;
    const struct reading_field *field;
};

static void add_field_value(void *context, const char *value, bool is_field)
{
    const struct field_values *values = context;
    const struct reading_field *field = values->field;
    CLEANUP(text) char *name = mem_printf("%s%c%s", field->name, is_field ? '.' : '=', value);
    add(values->reading, is_field ? field->kind : ATOM_VALUE, field->line,
        atom_key(values->reading->call, field->kind, name), name);
}

static char *field_text(const struct reading_field *field)
{
    const char *const parts[] = {field->in, field->required, field->type};
    struct buf text;
    buf_init(&text, TEXT_MAX_BYTES);
    buf_puts(&text, field->name);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i])
            buf_printf(&text, ", %s", parts[i]);
    }
    return buf_take(&text);
}

void reading_add_field(struct reading *reading, const struct reading_field *field)
{
    if (!has_call(reading, field->line, "a parameter"))
        return;
    if (!*field->name) {
        reading_complain(reading, field->line, "a parameter without a name");
        return;
    }
    CLEANUP(text) char *text = field_text(field);
    struct field_values values = {reading, field};
    add_entry(reading, field->kind, field->line, atom_key(reading->call, field->kind, field->name), text,
              field->entry);
    if (field->description)
        values_of_description(field->description, add_field_value, &values);
}

void reading_add_sentence(struct reading *reading, size_t line, enum atom_kind kind, const char *sentence)
{
    if (!has_call(reading, line, "a condition"))
        return;
    CLEANUP(text) char *name = atom_sentence_name(sentence);
    add(reading, kind, line, atom_key(reading->call, kind, name), sentence);
}

void reading_add_value(struct reading *reading, size_t line, const char *heading, const char *value)
{
    CLEANUP(text) char *name = mem_printf("%s=%s", heading, value);
    add(reading, ATOM_VALUE, line, atom_key(reading->call, ATOM_VALUE, name), name);
}
