#include "conformance/formats/record.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static const struct layout_field *field_of(const struct record *record, unsigned field)
{
    return &record->layout->fields[field];
}

uint64_t record_number(const struct record *record, unsigned field)
{
    const struct layout_field *info = field_of(record, field);
    const uint8_t *bytes = record->bytes + info->offset;
    uint64_t value = 0;
    for (uint32_t i = 0; i < info->width; i++)
        value = value << 8 | bytes[info->kind == LAYOUT_LE ? info->width - 1 - i : i];
    return value;
}

const uint8_t *record_bytes(const struct record *record, unsigned field)
{
    return record->bytes + field_of(record, field)->offset;
}

uint64_t record_at(const struct record *record, unsigned field)
{
    return record->offset + field_of(record, field)->offset;
}

bool bytes_are_zero(const uint8_t *bytes, size_t length)
{
    return length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

bool record_is_zero(const struct record *record, unsigned field)
{
    return bytes_are_zero(record_bytes(record, field), field_of(record, field)->width);
}

static void dump_text(const uint8_t *bytes, size_t width, struct buf *out)
{
    while (width > 0 && bytes[width - 1] == 0)
        width--;
    buf_putc(out, '"');
    for (size_t i = 0; i < width; i++)
        buf_putc(out, isprint(bytes[i]) ? (char)bytes[i] : '?');
    buf_putc(out, '"');
}

static void dump_hex(const uint8_t *bytes, size_t width, struct buf *out)
{
    for (size_t i = 0; i < width; i++)
        buf_printf(out, "%02x", bytes[i]);
}

static void dump_value(const struct record *record, unsigned field, struct buf *out)
{
    const struct layout_field *info = field_of(record, field);
    switch (info->kind) {
    case LAYOUT_BE:
    case LAYOUT_LE:
        buf_printf(out, "%" PRIu64 " (0x%" PRIx64 ")", record_number(record, field),
                   record_number(record, field));
        break;
    case LAYOUT_TEXT:
        dump_text(record_bytes(record, field), info->width, out);
        break;
    case LAYOUT_BYTES:
    case LAYOUT_RESERVED:
    default:
        if (record_is_zero(record, field))
            buf_printf(out, "%" PRIu32 " bytes of zero", info->width);
        else
            dump_hex(record_bytes(record, field), info->width, out);
    }
}

void record_dump(const struct record *record, struct buf *out)
{
    buf_printf(out, "%s at %" PRIu64 "\n", record->layout->name, record->offset);
    for (unsigned i = 0; i < record->layout->count; i++) {
        buf_printf(out, "%12" PRIu64 "  %s = ", record_at(record, i), field_of(record, i)->name);
        dump_value(record, i, out);
        buf_putc(out, '\n');
    }
}
