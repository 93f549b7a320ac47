#include "conformance/formats/check.h"

#include <assert.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/formats/deep.h"

#define FORMAT(name) extern const struct format format_##name;
#include "conformance/formats/formats.def"
#undef FORMAT

static const struct format *const formats[] = {
#define FORMAT(name) &format_##name,
#include "conformance/formats/formats.def"
#undef FORMAT
};

static const char *const names[] = {
#define FORMAT(name) #name,
#include "conformance/formats/formats.def"
#undef FORMAT
    NULL,
};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)

const struct format *format_named(const char *name)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    }
    return NULL;
}

const struct format *format_detect(struct source *source)
{
    const struct format *best = NULL;
    unsigned best_bits = 0;
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        unsigned bits = formats[i]->probe(source);
        if (!best || bits > best_bits) {
            best = formats[i];
            best_bits = bits;
        }
    }
    return best;
}

const char *const *format_names(void)
{
    return names;
}

/* An image that breaks a rule is corrupt whatever else could not be looked at. */
static bool judged(const struct check *check, const struct err *own, struct err *err)
{
    const struct err *failure = source_error(check->source);
    if (failure->code != ERR_NONE)
        return err_set_at(err, failure->code, failure->source, 0, 0, "%s", failure->text);
    bool map_full = check->map && interval_map_is_full(check->map);
    if (!report_is_sound(check->report))
        return true;
    if (own->code != ERR_NONE)
        return err_set_at(err, own->code, source_path(check->source), 0, 0, "%s", own->text);
    if (map_full)
        return err_set_at(err, ERR_LIMIT, source_path(check->source), 0, 0,
                          "what is allocated is scattered over too large a file");
    return true;
}

bool check_image(const struct format *format, struct source *source, const struct check_options *options,
                 struct report *report, struct err *err)
{
    struct err own = ERR_INIT;
    struct check check = {.source = source, .report = report, .options = options, .err = &own};
    report->format = format->name;
    format->check(&check);
    deep_finish(&check);
    bool done = judged(&check, &own, err);
    interval_map_free(check.map);
    return done;
}

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

void check_reference(struct check *check, const char *name)
{
    *mem_append(&check->report->references, &check->report->reference_count) = mem_dup(name);
}

void check_part_done(struct check *check, struct check *part)
{
    deep_finish(part);
    const struct err *failure = source_error(part->source);
    if (failure->code != ERR_NONE)
        err_set(check->err, failure->code, "%s", failure->text);
    if (part->map && interval_map_is_full(part->map))
        err_set(check->err, ERR_LIMIT, "%s: what is allocated is scattered over too large a file",
                part->file);
    interval_map_free(part->map);
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
