#include "conformance/formats/check.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

static void add(struct check *check, enum rule_index rule, uint64_t offset, const char *field,
                const char *format, va_list args) __attribute__((format(printf, 5, 0)));

static void add(struct check *check, enum rule_index rule, uint64_t offset, const char *field,
                const char *format, va_list args)
{
    CLEANUP(text) char *named = check->file ? mem_printf("%s: %s", check->file, field) : mem_dup(field);
    report_add(check->report, rule, offset, named, format, args);
}

void check_find(struct check *check, enum rule_index rule, uint64_t offset, const char *field,
                const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(check, rule, offset, field, format, args);
    va_end(args);
}

void check_find_field(struct check *check, enum rule_index rule, const struct record *record, unsigned field,
                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(check, rule, record_at(record, field), record->layout->fields[field].name, format, args);
    va_end(args);
}

bool check_read_part(struct check *check, const struct layout *layout, uint64_t offset, size_t length,
                     struct record *ret_record)
{
    assert(layout->size <= RECORD_BYTES_MAX && length <= layout->size);
    memset(ret_record->bytes, 0, layout->size);
    if (!source_read(check->source, offset, ret_record->bytes, length))
        return false;
    ret_record->layout = layout;
    ret_record->offset = offset;
    if (check->options->dump)
        record_dump(ret_record, &check->report->dump);
    return true;
}

bool check_read(struct check *check, const struct layout *layout, uint64_t offset, struct record *ret_record)
{
    return check_read_part(check, layout, offset, layout->size, ret_record);
}

bool check_each_entry(struct check *check, uint64_t offset, uint64_t count, size_t size, check_entry_fn *fn,
                      void *context)
{
    uint8_t bytes[4096]; /* whole entries of either size */
    uint64_t index = 0;
    while (index < count) {
        uint64_t part = count - index < sizeof bytes / size ? count - index : sizeof bytes / size;
        if (!source_read(check->source, offset + index * size, bytes, (size_t)part * size))
            return false;
        for (uint64_t i = 0; i < part; i++, index++) {
            if (!fn(context, index, offset + index * size, bytes + i * size))
                return false;
        }
    }
    return true;
}

void check_start_map(struct check *check, uint32_t unit_bytes, const struct check_kinds *kinds)
{
    check->map = interval_map_new(unit_bytes, INTERVAL_MAP_LIMIT_BYTES);
    check->kinds = kinds;
}

const char *check_kind_text(const struct check *check, unsigned kind)
{
    return check->kinds->texts[kind];
}

bool check_claim(struct check *check, unsigned kind, uint64_t offset, uint64_t length, uint64_t at,
                 const char *field)
{
    struct interval_clash clash;
    if (interval_map_claim_table(check->map, kind, offset, length, &clash))
        return true;
    check_find(check, check->kinds->overlap, at, field, "%s at %" PRIu64 " overlaps %s at %" PRIu64,
               check_kind_text(check, kind), offset, check_kind_text(check, clash.kind),
               clash.unit * interval_map_unit_bytes(check->map));
    return false;
}

void check_reference(struct check *check, const char *name)
{
    *mem_append(&check->report->references, &check->report->reference_count) = mem_dup(name);
}

void check_set_size(struct check *check, uint64_t virtual_size)
{
    check->report->has_virtual_size = true;
    check->report->virtual_size = virtual_size;
}

void check_option_text(struct check *check, const char *name, const char *value)
{
    json_t *text = json_string(value); /* NULL when it is no UTF-8 */
    json_object_set_new(check->report->options, name, text ? text : json_null());
}

void check_option_number(struct check *check, const char *name, uint64_t value)
{
    json_object_set_new(check->report->options, name, json_integer((json_int_t)value));
}

void check_option_flag(struct check *check, const char *name, bool value)
{
    json_object_set_new(check->report->options, name, json_boolean(value));
}
