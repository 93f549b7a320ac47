/* expect: {image: ...}: image_facts.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/formats/check_image.h"
#include "conformance/formats/guest.h"
#include "conformance/match/image_facts.h"
#include "conformance/match/tools.h"

#define CONTENT_PIECE ((size_t)16 * 1024)

/* One image being judged. */
struct judged {
    const struct image_facts *facts;
    const struct vars *vars;
    const struct match_report *report;
    const char *fixtures;
    struct source *source;
    const struct format *format;
    const struct report *image;
    struct err *err;
};

/* True when there is nothing to find, or the harness is at fault. */
static bool size_holds(const struct judged *judged, const char *bound, const char *words, const char *what,
                       uint64_t actual, int sign)
{
    uint64_t bytes;
    if (!bound || !template_expand_size(bound, judged->vars, &bytes, judged->err))
        return true;
    if (sign == 0 ? actual == bytes : sign > 0 ? actual >= bytes : actual <= bytes)
        return true;
    match_say(judged->report, mem_printf("%s of %s%" PRIu64 " bytes", what, words, bytes),
              mem_printf("%s of %" PRIu64 " bytes", what, actual));
    return false;
}

static bool bounds_hold(const struct judged *judged, const struct image_bounds *bounds, const char *what,
                        uint64_t actual)
{
    return size_holds(judged, bounds->exact, "", what, actual, 0) &&
           size_holds(judged, bounds->at_least, "at least ", what, actual, 1) &&
           size_holds(judged, bounds->at_most, "at most ", what, actual, -1);
}

/* As `qemu-img create -o` takes it: owned. */
static char *option_text(const json_t *value)
{
    if (json_is_boolean(value))
        return mem_dup(json_is_true(value) ? "on" : "off");
    if (json_is_string(value))
        return mem_dup(json_string_value(value));
    return match_json_text(value);
}

static bool option_holds(const struct judged *judged, const struct image_option *option)
{
    CLEANUP(text) char *expected = template_expand(option->value, judged->vars, judged->err);
    CLEANUP(text) char *actual = option_text(json_object_get(judged->image->options, option->name));
    if (!expected || strcmp(expected, actual) == 0)
        return true;
    match_say(judged->report, mem_printf("an image with %s=%s", option->name, expected),
              mem_printf("%s=%s", option->name, actual));
    return false;
}

static bool options_hold(const struct judged *judged)
{
    bool hold = true;
    for (size_t i = 0; i < judged->facts->option_count; i++)
        hold = option_holds(judged, &judged->facts->options[i]) && hold;
    return hold;
}

static bool format_holds(const struct judged *judged)
{
    CLEANUP(text)
    char *expected =
        judged->facts->format ? template_expand(judged->facts->format, judged->vars, judged->err) : NULL;
    if (!expected || strcmp(expected, judged->image->format) == 0)
        return true;
    match_say(judged->report, mem_printf("an image of the format %s", expected),
              mem_printf("one that looks like %s", judged->image->format));
    return false;
}

/* The first line of findings that matter here. */
static bool findings_hold(const struct judged *judged)
{
    const struct report *image = judged->image;
    bool sound = !judged->facts->sound || report_is_sound(image);
    bool safe = !judged->facts->safe || report_is_safe(image);
    if (sound && safe)
        return true;
    struct buf text;
    buf_init(&text, 64 * BUF_KIB);
    report_text(image, image->format, &text);
    match_say(judged->report, mem_printf("%s", sound ? "an image that is safe" : "an image that is sound"),
              match_quote(text.data, text.length));
    buf_fini(&text);
    return false;
}

/* The first offset where the two differ; `length` when they do not. */
static size_t first_difference(const unsigned char *left, const unsigned char *right, size_t length)
{
    size_t i = 0;
    while (i < length && left[i] == right[i])
        i++;
    return i;
}

static bool piece_holds(const struct judged *judged, const struct body *body, uint64_t offset, size_t length)
{
    unsigned char expected[CONTENT_PIECE];
    unsigned char actual[CONTENT_PIECE];
    struct err unread = ERR_INIT;
    if (!body_read(body, offset, expected, length, judged->err))
        return false;
    bool read = guest_read(judged->format, judged->source, offset, actual, length, &unread);
    size_t at = read ? first_difference(expected, actual, length) : 0;
    if (read && at == length)
        return true;
    match_say(judged->report,
              mem_printf("byte %" PRIu64 " of the guest's disk to be %02x", offset + at, expected[at]),
              read ? mem_printf("%02x", actual[at]) : mem_dup(unread.text));
    return false;
}

static bool content_holds(const struct judged *judged)
{
    if (!judged->facts->content)
        return true;
    struct body *body = body_open(judged->facts->content, judged->fixtures, judged->vars, judged->err);
    bool hold = body;
    for (uint64_t offset = 0; hold && offset < body_size(body); offset += CONTENT_PIECE) {
        uint64_t rest = body_size(body) - offset;
        hold = piece_holds(judged, body, offset, rest < CONTENT_PIECE ? (size_t)rest : CONTENT_PIECE);
    }
    body_free(body);
    return hold;
}

static bool is_bounded(const struct image_bounds *bounds)
{
    return bounds->exact || bounds->at_least || bounds->at_most;
}

static bool allocation_holds(const struct judged *judged)
{
    uint64_t bytes;
    struct err uncounted = ERR_INIT;
    if (!is_bounded(&judged->facts->allocated))
        return true;
    if (guest_allocated(judged->format, judged->source, judged->image->virtual_size, &bytes, &uncounted))
        return bounds_hold(judged, &judged->facts->allocated, "room in the file", bytes);
    match_say(judged->report, mem_dup("an image whose tables say what is allocated"),
              mem_dup(uncounted.text));
    return false;
}

static bool holds(const struct judged *judged)
{
    return format_holds(judged) && findings_hold(judged) &&
           bounds_hold(judged, &judged->facts->file_size, "a file", source_size(judged->source)) &&
           (!judged->image->has_virtual_size ||
            bounds_hold(judged, &judged->facts->virtual_size, "a disk", judged->image->virtual_size)) &&
           options_hold(judged) && allocation_holds(judged) && content_holds(judged) &&
           judged->err->code == ERR_NONE;
}

/* A refusal has no image, a success has one. An answer of another kind tells neither. */
static bool presence_holds(const struct image_facts *facts, const struct answer *answer,
                           const struct match_report *report)
{
    bool none = facts->about == IMAGE_ABSENCE;
    int class = answer->status / 100;
    if (class == (none ? 4 : 2))
        return true;
    match_say(report, mem_dup(none ? "no image" : "an image"),
              class == 2 ? mem_printf("a file of %" PRIu64 " bytes", answer->body_bytes)
                         : mem_printf("status %d", answer->status));
    return false;
}

static bool facts_hold(const struct image_facts *facts, const struct answer *answer, const struct vars *vars,
                       const char *fixtures, const struct match_report *report, struct err *err)
{
    const struct check_options options = {0};
    struct err own = ERR_INIT;
    struct report image;
    CLEANUP(source_free) struct source *source = source_open(answer->file, &own);
    report_init(&image);
    const struct format *format = source ? format_detect(source) : NULL;
    bool good = source && check_image(format, source, &options, &image, &own);
    if (good) {
        const struct judged judged = {facts, vars, report, fixtures, source, format, &image, &own};
        good = holds(&judged);
    }
    report_fini(&image);
    if (own.code != ERR_NONE)
        err_set(err, own.code, "the image cannot be judged: %s", own.text);
    return good;
}

static void *parse(const struct match_source *source)
{
    return image_facts_parse(source);
}

static void release(void *facts)
{
    image_facts_free(facts);
}

static bool check(const void *data, const struct answer *answer, const struct vars *vars,
                  const char *fixtures, const struct match_report *report, struct err *err)
{
    const struct image_facts *facts = data;
    return presence_holds(facts, answer, report) &&
           (facts->about != IMAGE_FACTS || facts_hold(facts, answer, vars, fixtures, report, err));
}

const struct matcher matcher_image = {
    .name = "image", .reads_file = true, .parse = parse, .free = release, .check = check};
