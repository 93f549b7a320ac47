#include "mock/gns3/make.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/checked.h"
#include "base/mem.h"
#include "fixtures/builders/builder.h"
#include "mock/gns3/spoil.h"

#define OPTIONS_LIMIT (4 * BUF_KIB)
#define MEGABYTE      (UINT64_C(1) << 20)
#define WRONG_SURPLUS (8 * MEGABYTE) /* more than any geometry rounds up */
#define SMALL_SIZE    MEGABYTE       /* of images made only to see whether an option fits */

/* The parameters that are options of qemu-img, in the order in which it is given them. */
static const struct option {
    const char *name;
    enum rule heeded;
    enum rule misfit;
} options[] = {
    {"adapter_type", RULE_GNS3_CREATE_ADAPTER_TYPE, RULE_GNS3_CREATE_ADAPTER_TYPE_MISFIT},
    {"cluster_size", RULE_GNS3_CREATE_CLUSTER_SIZE, RULE_GNS3_CREATE_CLUSTER_SIZE_MISFIT},
    {"lazy_refcounts", RULE_GNS3_CREATE_LAZY_REFCOUNTS, RULE_GNS3_CREATE_LAZY_REFCOUNTS_MISFIT},
    {"preallocation", RULE_GNS3_CREATE_PREALLOCATION, RULE_GNS3_CREATE_PREALLOCATION_MISFIT},
    {"refcount_bits", RULE_GNS3_CREATE_REFCOUNT_BITS, RULE_GNS3_CREATE_REFCOUNT_BITS_MISFIT},
    {"static", RULE_GNS3_CREATE_STATIC, RULE_GNS3_CREATE_STATIC_MISFIT},
    {"subformat", RULE_GNS3_CREATE_SUBFORMAT, RULE_GNS3_CREATE_SUBFORMAT_MISFIT},
    {"zeroed_grain", RULE_GNS3_CREATE_ZEROED_GRAIN, RULE_GNS3_CREATE_ZEROED_GRAIN_MISFIT},
};

#define OPTION_COUNT (sizeof options / sizeof *options)
#define ALL_OPTIONS  ((1U << OPTION_COUNT) - 1)

static const char *text_of(const json_t *request, const char *name)
{
    const char *text = json_string_value(json_object_get(request, name));
    return text ? text : "";
}

/* Truth, "What each option does": these formats take the words that their file knows, and their file, which
 * is empty when it is made, has nothing to allocate. */
static bool is_for_the_file(const char *format, const char *option, const json_t *value)
{
    static const char *const formats[] = {"qcow", "vdi", "vmdk", "vpc"};
    if (strcmp(option, "preallocation") != 0 || strcmp(json_string_value(value), "metadata") == 0)
        return false;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(formats[i], format) == 0)
            return true;
    }
    return false;
}

/* What a broken rule makes of a value, so that it shows: one that is the format's own becomes another, and
 * others are left out, which is NULL. */
static const char *other_value(const char *option, const char *value)
{
    static const struct {
        const char *option;
        const char *value;
        const char *other;
    } others[] = {
        {"adapter_type", "ide", "lsilogic"}, {"cluster_size", "65536", "32768"},
        {"lazy_refcounts", "off", "on"},     {"preallocation", "off", "metadata"},
        {"refcount_bits", "16", "8"},        {"static", "off", "on"},
        {"subformat", "dynamic", "fixed"},   {"subformat", "monolithicSparse", "streamOptimized"},
        {"zeroed_grain", "off", "on"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (strcmp(others[i].option, option) == 0 && strcmp(others[i].value, value) == 0)
            return others[i].other;
    }
    return NULL;
}

/* Owned. */
static char *value_text(const json_t *value)
{
    return json_is_integer(value) ? mem_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value))
                                  : mem_dup(json_string_value(value));
}

static void put_option(struct buf *out, const struct gns3_wish *wish, const struct option *option)
{
    const json_t *value = json_object_get(wish->request, option->name);
    bool of_file = rule_obeyed(wish->rules, RULE_GNS3_CREATE_PREALLOCATION_OF_FILE);
    if (!value || (of_file && is_for_the_file(text_of(wish->request, "format"), option->name, value)))
        return;
    CLEANUP(text) char *given = value_text(value);
    const char *taken = rule_obeyed(wish->rules, option->heeded) ? given : other_value(option->name, given);
    if (taken)
        buf_printf(out, "%s%s=%s", out->length ? "," : "", option->name, taken);
}

/* "K=V,K=V" of those in the set that are given. */
static void put_options(struct buf *out, const struct gns3_wish *wish, unsigned set)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (set & 1U << i)
            put_option(out, wish, &options[i]);
    }
}

bool gns3_megabytes(const json_t *value, uint64_t *ret_bytes)
{
    json_int_t number = json_integer_value(value);
    return number >= 0 && mul_u64((uint64_t)number, MEGABYTE, ret_bytes);
}

static bool build_with(const struct gns3_wish *wish, const char *format, uint64_t size, unsigned set,
                       struct files *files, struct err *err)
{
    struct build build = {.name = wish->path, .size = size, .identity = identity_random()};
    struct buf text;
    buf_init(&text, OPTIONS_LIMIT);
    put_options(&text, wish, set);
    bool ok = builder_create(builder_find(format), text.data, &build, files, err);
    buf_fini(&text);
    return ok;
}

bool gns3_make(const struct gns3_wish *wish, struct files *files, struct err *err)
{
    const struct rules *rules = wish->rules;
    const char *format = text_of(wish->request, "format");
    unsigned set = ALL_OPTIONS;
    uint64_t size;
    if (!gns3_megabytes(json_object_get(wish->request, "size"), &size))
        return err_set(err, ERR_VALUE, "no image has that size");
    if (!rule_obeyed(rules, RULE_GNS3_CREATE_SIZE))
        size += WRONG_SURPLUS;
    if (!rule_obeyed(rules, RULE_GNS3_CREATE_FORMAT)) {
        format = strcmp(format, "raw") == 0 ? "vdi" : "raw";
        set = 0;
    }
    return build_with(wish, format, size, set, files, err) &&
           (rule_obeyed(rules, RULE_GNS3_CREATE_SOUND) || spoil_image(files, format, err)) &&
           (rule_obeyed(rules, RULE_GNS3_CREATE_EXTENTS) || spoil_last_extent(files, err));
}

static bool builds(const struct gns3_wish *wish, uint64_t size, unsigned set)
{
    CLEANUP(files_free) struct files *files = files_new_memory(GNS3_IMAGE_BYTES_MAX);
    return build_with(wish, text_of(wish->request, "format"), size, set, files, NULL);
}

/* An option that no image of the format has; else one without which the image could be made. */
enum rule gns3_misfit(const struct gns3_wish *wish)
{
    uint64_t size;
    if (!gns3_megabytes(json_object_get(wish->request, "size"), &size))
        return RULE_GNS3_CREATE_SIZE_MISFIT;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (json_object_get(wish->request, options[i].name) && !builds(wish, SMALL_SIZE, 1U << i))
            return options[i].misfit;
    }
    for (size_t i = OPTION_COUNT; i-- > 0;) {
        if (json_object_get(wish->request, options[i].name) && builds(wish, size, ALL_OPTIONS & ~(1U << i)))
            return options[i].misfit;
    }
    return RULE_GNS3_CREATE_SIZE_MISFIT;
}

bool gns3_leaves_empty_file(const struct gns3_wish *wish)
{
    return strcmp(text_of(wish->request, "format"), "raw") == 0 &&
           strcmp(text_of(wish->request, "preallocation"), "metadata") == 0;
}
