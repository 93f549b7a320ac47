#include "conformance/wire/record.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

/* ---- bodies ---- */

void body_record_init(struct body_record *record, size_t kept_max_bytes)
{
    record->bytes = 0;
    record->md5 = NULL; /* until there are bytes: most requests have none */
    buf_init(&record->kept, kept_max_bytes);
}

void body_record_fini(struct body_record *record)
{
    digest_free(record->md5);
    buf_fini(&record->kept);
}

void body_record_restart(struct body_record *record)
{
    size_t limit = record->kept.limit;
    body_record_fini(record);
    body_record_init(record, limit);
}

void body_record_add(struct body_record *record, const void *bytes, size_t length)
{
    size_t room = record->kept.limit - record->kept.length;
    if (length == 0)
        return;
    if (!record->md5)
        record->md5 = digest_new(DIGEST_MD5);
    record->bytes += length;
    digest_update(record->md5, bytes, length);
    buf_append(&record->kept, bytes, length < room ? length : room);
}

void body_record_md5(struct body_record *record, bool has_body, char md5[static 33])
{
    char hex[DIGEST_HEX_SIZE] = "";
    if (has_body && !record->md5)
        record->md5 = digest_new(DIGEST_MD5);
    if (has_body)
        digest_finish(record->md5, hex);
    memcpy(md5, hex, 32);
    md5[32] = '\0';
}

/* ---- header lines ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A value without what may stand around it on the wire: owned. */
static char *trimmed(const char *text, const char *end)
{
    while (text < end && is_blank(*text))
        text++;
    while (end > text && is_blank(end[-1]))
        end--;
    return mem_dup_n(text, (size_t)(end - text));
}

/* `rest`, owned, is taken. */
static bool fold(struct header_list *list, char *rest)
{
    bool folds = list->count > 0 && *rest;
    if (folds) {
        struct answer_header *last = &list->items[list->count - 1];
        char *whole = mem_printf("%s%s%s", last->value, *last->value ? " " : "", rest);
        free(last->value);
        last->value = whole;
    }
    free(rest);
    return folds;
}

bool header_list_add(struct header_list *list, const char *line, size_t length)
{
    const char *end = line + length;
    if (length > 0 && (*line == ' ' || *line == '\t'))
        return fold(list, trimmed(line, end));
    const char *colon = memchr(line, ':', length);
    if (!colon)
        return false;
    struct answer_header *header = mem_append(&list->items, &list->count);
    header->name = mem_dup_n(line, (size_t)(colon - line));
    header->value = trimmed(colon + 1, end);
    return true;
}

const char *header_list_framing_fault(const struct header_list *list)
{
    const char *length = NULL;
    bool coded = false;
    for (size_t i = 0; i < list->count; i++) {
        const struct answer_header *header = &list->items[i];
        coded = coded || strcasecmp(header->name, "Transfer-Encoding") == 0;
        if (strcasecmp(header->name, "Content-Length") != 0)
            continue;
        if (length && strcmp(length, header->value) != 0)
            return "the answer has two Content-Lengths that differ";
        length = header->value;
    }
    return length && coded ? "the answer has a Content-Length beside a Transfer-Encoding" : NULL;
}

void answer_headers_free(struct answer_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(headers[i].name);
        free(headers[i].value);
    }
    free(headers);
}

void header_list_clear(struct header_list *list)
{
    answer_headers_free(list->items, list->count);
    *list = (struct header_list){0};
}
