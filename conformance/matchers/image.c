/* expect: {image: {format: qcow2, sound: true, safe: true, virtual_size: 64k, options: {cluster_size:
 * 65536}}}: the body is a disk image, judged by its own bytes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/nearest.h"
#include "conformance/formats/check.h"
#include "conformance/match_tools.h"

#define IMAGE_MAX_BYTES (UINT64_C(4) << 30) /* taken in, whatever else limits the body */

/* A yes or no that may not have been asked for. */
enum answer_wanted {
    WANTED_ANY,
    WANTED_FALSE,
    WANTED_TRUE,
};

struct wanted {
    const struct format *format; /* NULL: any */
    enum answer_wanted sound;
    enum answer_wanted safe;
    char *virtual_size; /* template; NULL: any */
    json_t *options;    /* object, templates in its strings; NULL: any */
};

static void free_wanted(void *data)
{
    struct wanted *wanted = data;
    free(wanted->virtual_size);
    json_decref(wanted->options);
    free(wanted);
}

/* ---- What is told ------------------------------------------------------------------------------------- */

static bool read_format(const struct match_source *source, const struct yaml_node *node,
                        struct wanted *wanted)
{
    wanted->format = node->text ? format_named(node->text) : NULL;
    if (wanted->format)
        return true;
    const char *nearest = node->text ? nearest_of(node->text, format_names()) : NULL;
    if (nearest)
        problems_add(source->problems, node->place, "unknown image format \"%s\", did you mean \"%s\"?",
                     node->text, nearest);
    else
        problems_add(source->problems, node->place,
                     "image format, expected qcow2, qcow, vpc, vdi, vmdk or raw");
    return false;
}

static bool read_answer(const struct match_source *source, const struct yaml_node *node,
                        enum answer_wanted *ret_answer)
{
    bool is_true = node->text && !node->quoted && strcmp(node->text, "true") == 0;
    bool is_false = node->text && !node->quoted && strcmp(node->text, "false") == 0;
    if (is_true || is_false)
        *ret_answer = is_true ? WANTED_TRUE : WANTED_FALSE;
    else
        problems_add(source->problems, node->place, "expected true or false, found %s", yaml_kind_text(node));
    return is_true || is_false;
}

static bool read_sound(const struct match_source *source, const struct yaml_node *node, struct wanted *wanted)
{
    return read_answer(source, node, &wanted->sound);
}

static bool read_safe(const struct match_source *source, const struct yaml_node *node, struct wanted *wanted)
{
    return read_answer(source, node, &wanted->safe);
}

static bool read_size(const struct match_source *source, const struct yaml_node *node, struct wanted *wanted)
{
    uint64_t bytes;
    wanted->virtual_size = match_read_template(source, node, "virtual_size");
    if (!wanted->virtual_size)
        return false;
    if (strstr(wanted->virtual_size, "${") || template_expand_size(wanted->virtual_size, NULL, &bytes, NULL))
        return true;
    problems_add(source->problems, node->place, "virtual_size \"%s\", expected bytes as 20 or 64k",
                 wanted->virtual_size);
    return false;
}

static bool read_options(const struct match_source *source, const struct yaml_node *node,
                         struct wanted *wanted)
{
    if (node->kind != YAML_KIND_MAPPING || node->count == 0) {
        problems_add(source->problems, node->place, "options, expected a mapping of options to values");
        return false;
    }
    match_read_json(source, node);
    wanted->options = yaml_to_json(node);
    return true;
}

static const struct {
    const char *name;
    bool (*read)(const struct match_source *source, const struct yaml_node *node, struct wanted *wanted);
} keys[] = {
    {"format", read_format},     {"sound", read_sound},     {"safe", read_safe},
    {"virtual_size", read_size}, {"options", read_options},
};

#define KEY_COUNT (sizeof keys / sizeof *keys)

static bool read_key(const struct match_source *source, const struct yaml_node *key,
                     const struct yaml_node *value, struct wanted *wanted)
{
    const char *names[KEY_COUNT + 1] = {0};
    for (size_t i = 0; i < KEY_COUNT; i++) {
        names[i] = keys[i].name;
        if (strcmp(keys[i].name, key->text) == 0)
            return keys[i].read(source, value, wanted);
    }
    const char *nearest = nearest_of(key->text, names);
    problems_add(source->problems, key->place, "unknown key \"%s\" of image%s%s%s", key->text,
                 nearest ? ", did you mean \"" : "", nearest ? nearest : "", nearest ? "\"?" : "");
    return false;
}

static void *parse(const struct match_source *source)
{
    const struct yaml_node *node = source->node;
    if (node->kind != YAML_KIND_MAPPING || node->count == 0) {
        problems_add(source->problems, node->place,
                     "image, expected a mapping with format, sound, safe, virtual_size or options");
        return NULL;
    }
    struct wanted *wanted = mem_alloc(sizeof *wanted);
    bool good = true;
    for (size_t i = 0; i < node->count; i++)
        good = read_key(source, &node->keys[i], &node->values[i], wanted) && good;
    if (good)
        return wanted;
    free_wanted(wanted);
    return NULL;
}

/* ---- What is found ------------------------------------------------------------------------------------ */

struct image_watch {
    struct match_watch watch;    /* first */
    const struct wanted *wanted; /* borrowed */
    FILE *file;                  /* of no name: gone when it is closed */
    bool kept;                   /* everything so far is in the file */
    bool sized;
    uint64_t virtual_size; /* when sized */
    json_t *options;       /* NULL: any */
};

static void free_watch(struct match_watch *watch)
{
    struct image_watch *own = (struct image_watch *)watch;
    fclose(own->file);
    json_decref(own->options);
    free(own);
}

static void take_bytes(struct match_watch *watch, const void *bytes, size_t length)
{
    struct image_watch *own = (struct image_watch *)watch;
    own->kept = own->kept && fwrite(bytes, 1, length, own->file) == length;
}

static void compare_answer(const struct match_report *say, enum answer_wanted wanted, bool found,
                           const char *yes, const char *no, const struct report *report)
{
    if (wanted == WANTED_ANY || found == (wanted == WANTED_TRUE))
        return;
    const char *first = report->finding_count > 0 ? report->findings[0].text : "nothing is found";
    const char *rule = report->finding_count > 0 ? report->findings[0].rule->id : "no rule";
    match_say(say, mem_printf("an image that is %s", wanted == WANTED_TRUE ? yes : no),
              mem_printf("%s image that is %s; %s: %s", report->format, found ? yes : no, rule, first));
}

static void compare_options(const struct match_report *say, json_t *wanted, json_t *found)
{
    const char *name;
    json_t *value;
    json_object_foreach (wanted, name, value) {
        json_t *other = json_object_get(found, name);
        if (other && json_equal(value, other))
            continue;
        char *expected = match_json_text(value);
        char *actual = match_json_text(other);
        match_say(say, mem_printf("an image with the option %s of %s", name, expected),
                  mem_printf("%s of %s", name, actual));
        free(expected);
        free(actual);
    }
}

static void compare(const struct image_watch *own, const struct report *report,
                    const struct match_report *say)
{
    const struct wanted *wanted = own->wanted;
    if (wanted->format && strcmp(wanted->format->name, report->format) != 0)
        match_say(say, mem_printf("an image of format %s", wanted->format->name),
                  mem_printf("an image of format %s", report->format));
    compare_answer(say, wanted->sound, report_is_sound(report), "sound", "corrupt", report);
    compare_answer(say, wanted->safe, report_is_safe(report), "safe", "unsafe", report);
    if (own->sized && (!report->has_virtual_size || report->virtual_size != own->virtual_size))
        match_say(say, mem_printf("an image of %" PRIu64 " bytes", own->virtual_size),
                  mem_printf("an image of %" PRIu64 " bytes", report->virtual_size));
    if (own->options)
        compare_options(say, own->options, report->options);
}

static void judge(const struct image_watch *own, const struct match_report *say)
{
    static const struct check_options options = {.deep = true};
    struct err err = ERR_INIT;
    struct report report;
    report_init(&report);
    CLEANUP(source_free) struct source *source = source_adopt(dup(fileno(own->file)), &err);
    if (source && check_image(format_detect(source), source, &options, &report, &err))
        compare(own, &report, say);
    else
        match_say(say, mem_dup("an image that can be judged"), mem_dup(err.text));
    report_fini(&report);
}

static void finish(struct match_watch *watch, const struct answer *answer, const struct match_report *report)
{
    (void)answer;
    struct image_watch *own = (struct image_watch *)watch;
    if (own->kept && fflush(own->file) == 0)
        judge(own, report);
    else
        match_say(report, mem_dup("an image that can be judged"), mem_dup("there is no room to keep it"));
    free_watch(watch);
}

static struct match_watch *watch(const void *data, const struct vars *vars, const char *fixtures,
                                 struct err *err)
{
    (void)fixtures;
    const struct wanted *wanted = data;
    FILE *file = tmpfile();
    if (!file) {
        err_set_errno(err, "no file to keep an image in");
        return NULL;
    }
    struct image_watch *own = mem_alloc(sizeof *own);
    *own = (struct image_watch){.watch = {take_bytes, finish, free_watch, IMAGE_MAX_BYTES},
                                .wanted = wanted,
                                .file = file,
                                .kept = true,
                                .sized = wanted->virtual_size != NULL};
    if (wanted->options)
        own->options = template_expand_json(wanted->options, vars, err);
    bool told = !wanted->options || own->options;
    if (told && (!own->sized || template_expand_size(wanted->virtual_size, vars, &own->virtual_size, err)))
        return &own->watch;
    free_watch(&own->watch);
    return NULL;
}

const struct matcher matcher_image = {.name = "image", .parse = parse, .free = free_wanted, .watch = watch};
