#include "conformance/formats/check_image.h"

#include <string.h>

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
