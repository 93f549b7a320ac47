/* expect: {image: {format: qcow2, sound: true, virtual_size: 16M, options: {cluster_size: 4096}}}
 *         {image: present}, whatever it is
 *         {image: none} */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/formats/check_image.h"
#include "conformance/formats/guest.h"
#include "conformance/match/tools.h"

#define CONTENT_PIECE ((size_t)16 * 1024)

/* A size, or bounds of it; templates, NULL where nothing is said. */
struct bounds {
    char *exact;
    char *at_least;
    char *at_most;
};

struct option {
    char *name;
    char *value; /* template, as `qemu-img create -o` takes it */
};

enum about {
    ABOUT_FACTS,
    ABOUT_PRESENCE, /* there is one, whatever it is */
    ABOUT_ABSENCE,
};

struct wanted {
    enum about about;
    char *format; /* template; NULL: any */
    bool sound;
    bool safe;
    struct bounds virtual_size;
    struct bounds file_size;
    struct bounds allocated; /* of the guest's disk, in the file */
    struct option *options;
    size_t option_count;
    struct spec_body *content; /* NULL: nothing is said */
};

/* ---- What is told ------------------------------------------------------------------------------------- */

static void free_bounds(struct bounds *bounds)
{
    free(bounds->exact);
    free(bounds->at_least);
    free(bounds->at_most);
}

static void free_wanted(void *data)
{
    struct wanted *wanted = data;
    free(wanted->format);
    free_bounds(&wanted->virtual_size);
    free_bounds(&wanted->file_size);
    free_bounds(&wanted->allocated);
    for (size_t i = 0; i < wanted->option_count; i++) {
        free(wanted->options[i].name);
        free(wanted->options[i].value);
    }
    free(wanted->options);
    spec_body_fini(wanted->content);
    free(wanted->content);
    free(wanted);
}

static bool is_template(const char *text)
{
    return strstr(text, "${");
}

static bool parse_format(const struct match_source *source, const struct yaml_node *node,
                         struct wanted *wanted)
{
    wanted->format = match_read_template(source, node, "a format");
    if (!wanted->format || is_template(wanted->format) || format_named(wanted->format))
        return wanted->format;
    problems_add(source->problems, node->place, "there is no image format \"%s\"", wanted->format);
    return false;
}

static bool parse_sound(const struct match_source *source, const struct yaml_node *node,
                        struct wanted *wanted)
{
    wanted->sound = match_read_true(source, node, "sound");
    return wanted->sound;
}

static bool parse_safe(const struct match_source *source, const struct yaml_node *node, struct wanted *wanted)
{
    wanted->safe = match_read_true(source, node, "safe");
    return wanted->safe;
}

/* NULL after complaining. */
static char *parse_bytes(const struct match_source *source, const struct yaml_node *node)
{
    uint64_t bytes;
    char *text = match_read_template(source, node, "a size");
    if (!text || is_template(text) || template_expand_size(text, NULL, &bytes, NULL))
        return text;
    problems_add(source->problems, node->place, "size \"%s\", expected bytes as 20 or 64k", text);
    free(text);
    return NULL;
}

static bool parse_bounds(const struct match_source *source, const struct yaml_node *node,
                         struct bounds *bounds)
{
    if (node->kind == YAML_KIND_SCALAR)
        return (bounds->exact = parse_bytes(source, node)) != NULL;
    for (size_t i = 0; node->kind == YAML_KIND_MAPPING && i < node->count; i++) {
        bool least = strcmp(node->keys[i].text, "at_least") == 0;
        char **bound = least ? &bounds->at_least : &bounds->at_most;
        if (!least && strcmp(node->keys[i].text, "at_most") != 0) {
            problems_add(source->problems, node->keys[i].place,
                         "unknown key \"%s\", expected at_least or at_most", node->keys[i].text);
            return false;
        }
        *bound = parse_bytes(source, &node->values[i]);
        if (!*bound)
            return false;
    }
    if (bounds->at_least || bounds->at_most)
        return true;
    problems_add(source->problems, node->place, "a size, expected bytes or {at_least: , at_most: }");
    return false;
}

static bool parse_virtual_size(const struct match_source *source, const struct yaml_node *node,
                               struct wanted *wanted)
{
    return parse_bounds(source, node, &wanted->virtual_size);
}

static bool parse_file_size(const struct match_source *source, const struct yaml_node *node,
                            struct wanted *wanted)
{
    return parse_bounds(source, node, &wanted->file_size);
}

static bool parse_allocated(const struct match_source *source, const struct yaml_node *node,
                            struct wanted *wanted)
{
    return parse_bounds(source, node, &wanted->allocated);
}

static bool parse_options(const struct match_source *source, const struct yaml_node *node,
                          struct wanted *wanted)
{
    if (node->kind != YAML_KIND_MAPPING || node->count == 0) {
        problems_add(source->problems, node->place, "options, expected a mapping of options to their values");
        return false;
    }
    for (size_t i = 0; i < node->count; i++) {
        char *value = match_read_template(source, &node->values[i], "the value of an option");
        if (!value)
            return false;
        *mem_append(&wanted->options, &wanted->option_count) =
            (struct option){mem_dup(node->keys[i].text), value};
    }
    return true;
}

static bool parse_content(const struct match_source *source, const struct yaml_node *node,
                          struct wanted *wanted)
{
    wanted->content = mem_alloc(sizeof *wanted->content);
    return source->body_parse(source->context, node, wanted->content);
}

static const struct {
    const char *name;
    bool (*parse)(const struct match_source *source, const struct yaml_node *node, struct wanted *wanted);
} keys[] = {
    {"format", parse_format},       {"sound", parse_sound},
    {"safe", parse_safe},           {"virtual_size", parse_virtual_size},
    {"file_size", parse_file_size}, {"allocated", parse_allocated},
    {"options", parse_options},     {"content", parse_content},
};

static bool parse_key(const struct match_source *source, const struct yaml_node *key,
                      const struct yaml_node *value, struct wanted *wanted)
{
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcmp(keys[i].name, key->text) == 0)
            return keys[i].parse(source, value, wanted);
    }
    problems_add(source->problems, key->place,
                 "unknown key \"%s\" in image, expected format, sound, safe, virtual_size, file_size, "
                 "allocated, options or content",
                 key->text);
    return false;
}

/* NULL when it is another word, or no word. */
static struct wanted *parse_word(const struct yaml_node *node)
{
    bool present = node->text && strcmp(node->text, "present") == 0;
    bool none = node->text && strcmp(node->text, "none") == 0;
    if (!present && !none)
        return NULL;
    struct wanted *wanted = mem_alloc(sizeof *wanted);
    wanted->about = present ? ABOUT_PRESENCE : ABOUT_ABSENCE;
    return wanted;
}

static void *parse(const struct match_source *source)
{
    const struct yaml_node *node = source->node;
    struct wanted *known = parse_word(node);
    if (known)
        return known;
    if (node->kind != YAML_KIND_MAPPING || node->count == 0) {
        problems_add(source->problems, node->place,
                     "image, expected a mapping of what is known of it, present or none");
        return NULL;
    }
    struct wanted *wanted = mem_alloc(sizeof *wanted);
    bool good = true;
    for (size_t i = 0; i < node->count; i++)
        good = parse_key(source, &node->keys[i], &node->values[i], wanted) && good;
    if (good)
        return wanted;
    free_wanted(wanted);
    return NULL;
}

/* ---- What is there ------------------------------------------------------------------------------------ */

/* One image being judged. */
struct judged {
    const struct wanted *wanted;
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

static bool bounds_hold(const struct judged *judged, const struct bounds *bounds, const char *what,
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

static bool option_holds(const struct judged *judged, const struct option *option)
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
    for (size_t i = 0; i < judged->wanted->option_count; i++)
        hold = option_holds(judged, &judged->wanted->options[i]) && hold;
    return hold;
}

static bool format_holds(const struct judged *judged)
{
    CLEANUP(text)
    char *expected =
        judged->wanted->format ? template_expand(judged->wanted->format, judged->vars, judged->err) : NULL;
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
    bool sound = !judged->wanted->sound || report_is_sound(image);
    bool safe = !judged->wanted->safe || report_is_safe(image);
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
    if (!judged->wanted->content)
        return true;
    struct body *body = body_open(judged->wanted->content, judged->fixtures, judged->vars, judged->err);
    bool hold = body;
    for (uint64_t offset = 0; hold && offset < body_size(body); offset += CONTENT_PIECE) {
        uint64_t rest = body_size(body) - offset;
        hold = piece_holds(judged, body, offset, rest < CONTENT_PIECE ? (size_t)rest : CONTENT_PIECE);
    }
    body_free(body);
    return hold;
}

static bool is_bounded(const struct bounds *bounds)
{
    return bounds->exact || bounds->at_least || bounds->at_most;
}

static bool allocation_holds(const struct judged *judged)
{
    uint64_t bytes;
    struct err uncounted = ERR_INIT;
    if (!is_bounded(&judged->wanted->allocated))
        return true;
    if (guest_allocated(judged->format, judged->source, judged->image->virtual_size, &bytes, &uncounted))
        return bounds_hold(judged, &judged->wanted->allocated, "room in the file", bytes);
    match_say(judged->report, mem_dup("an image whose tables say what is allocated"),
              mem_dup(uncounted.text));
    return false;
}

static bool holds(const struct judged *judged)
{
    return format_holds(judged) && findings_hold(judged) &&
           bounds_hold(judged, &judged->wanted->file_size, "a file", source_size(judged->source)) &&
           (!judged->image->has_virtual_size ||
            bounds_hold(judged, &judged->wanted->virtual_size, "a disk", judged->image->virtual_size)) &&
           options_hold(judged) && allocation_holds(judged) && content_holds(judged) &&
           judged->err->code == ERR_NONE;
}

/* A refusal has no image, a success has one. An answer of another kind tells neither. */
static bool presence_holds(const struct wanted *wanted, const struct answer *answer,
                           const struct match_report *report)
{
    bool none = wanted->about == ABOUT_ABSENCE;
    int class = answer->status / 100;
    if (class == (none ? 4 : 2))
        return true;
    match_say(report, mem_dup(none ? "no image" : "an image"),
              class == 2 ? mem_printf("a file of %" PRIu64 " bytes", answer->body_bytes)
                         : mem_printf("status %d", answer->status));
    return false;
}

static bool facts_hold(const struct wanted *wanted, const struct answer *answer, const struct vars *vars,
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
        const struct judged judged = {wanted, vars, report, fixtures, source, format, &image, &own};
        good = holds(&judged);
    }
    report_fini(&image);
    if (own.code != ERR_NONE)
        err_set(err, own.code, "the image cannot be judged: %s", own.text);
    return good;
}

static bool check(const void *data, const struct answer *answer, const struct vars *vars,
                  const char *fixtures, const struct match_report *report, struct err *err)
{
    const struct wanted *wanted = data;
    return presence_holds(wanted, answer, report) &&
           (wanted->about != ABOUT_FACTS || facts_hold(wanted, answer, vars, fixtures, report, err));
}

const struct matcher matcher_image = {
    .name = "image", .reads_file = true, .parse = parse, .free = free_wanted, .check = check};
