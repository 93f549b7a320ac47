#include "mock/attributes.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/uuid.h"

#define NAME_LENGTH_MAX     255
#define PROPERTY_LENGTH_MAX 65535

typedef bool valid_fn(const char *name, const json_t *value, struct refusal *refusal);

/* Length in characters: jansson has let through valid UTF-8 only. */
static size_t character_count(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static bool wrong_type(const char *name, const char *wanted, struct refusal *refusal)
{
    return refuse(refusal, 400, "Provided object does not match schema 'image': '%.255s' must be %s", name,
                  wanted);
}

static bool valid_text(const char *name, const json_t *value, struct refusal *refusal)
{
    if (json_is_null(value))
        return true;
    if (!json_is_string(value) || character_count(json_string_value(value)) > NAME_LENGTH_MAX)
        return wrong_type(name, "null or text of at most 255 characters", refusal);
    return true;
}

static bool valid_property(const char *name, const json_t *value, struct refusal *refusal)
{
    if (character_count(name) > NAME_LENGTH_MAX)
        return refuse(refusal, 400, "The name of a property may have at most 255 characters");
    if (!json_is_string(value) || character_count(json_string_value(value)) > PROPERTY_LENGTH_MAX)
        return wrong_type(name, "text of at most 65535 characters", refusal);
    return true;
}

static bool valid_boolean(const char *name, const json_t *value, struct refusal *refusal)
{
    return json_is_boolean(value) || wrong_type(name, "true or false", refusal);
}

static bool valid_count(const char *name, const json_t *value, struct refusal *refusal)
{
    json_int_t count = json_integer_value(value);
    if (!json_is_integer(value) || count < 0 || count > INT32_MAX) /* a column of 32 bits in Glance */
        return wrong_type(name, "an integer from 0 to 2147483647", refusal);
    return true;
}

static bool valid_id(const char *name, const json_t *value, struct refusal *refusal)
{
    return (json_is_string(value) && uuid_is(json_string_value(value))) ||
           wrong_type(name, "a UUID", refusal);
}

/* The word of the list that has the same text; NULL: there is none. */
static const char *word_of(const char *text, const char *const *words)
{
    while (*words && strcmp(*words, text) != 0)
        words++;
    return *words;
}

static bool valid_word(const char *name, const json_t *value, const char *const *words,
                       struct refusal *refusal)
{
    if (json_is_string(value) && word_of(json_string_value(value), words))
        return true;
    return wrong_type(name, "one of the values that the schema lists", refusal);
}

/* The enumerations are those of schemas/image of Glance 25. */
static const char *const visibilities[] = {"community", "public", "private", "shared", NULL};
static const char *const container_formats[] = {"ami", "ari",    "aki",        "bare", "ovf",
                                                "ova", "docker", "compressed", NULL};
static const char *const disk_formats[] = {"ami", "ari",   "aki", "vhd", "vhdx",  "vmdk",
                                           "raw", "qcow2", "vdi", "iso", "ploop", NULL};

static bool valid_visibility(const char *name, const json_t *value, struct refusal *refusal)
{
    return valid_word(name, value, visibilities, refusal);
}

static bool valid_container_format(const char *name, const json_t *value, struct refusal *refusal)
{
    return json_is_null(value) || valid_word(name, value, container_formats, refusal);
}

static bool valid_disk_format(const char *name, const json_t *value, struct refusal *refusal)
{
    return json_is_null(value) || valid_word(name, value, disk_formats, refusal);
}

const char *disk_format_word(const char *text)
{
    return text ? word_of(text, disk_formats) : NULL;
}

const char *container_format_word(const char *text)
{
    return text ? word_of(text, container_formats) : NULL;
}

static bool valid_tags(const char *name, const json_t *value, struct refusal *refusal)
{
    size_t i;
    json_t *tag;
    if (!json_is_array(value))
        return wrong_type(name, "a list of texts", refusal);
    json_array_foreach (value, i, tag) {
        if (!json_is_string(tag) || character_count(json_string_value(tag)) > NAME_LENGTH_MAX)
            return wrong_type(name, "a list of texts of at most 255 characters", refusal);
    }
    return true;
}

enum standing {
    SETTABLE,
    READ_ONLY,
    RESERVED,
};

static const struct attribute {
    const char *name;
    enum standing standing;
    valid_fn *valid;
} base_attributes[] = {
    {"id", SETTABLE, valid_id},
    {"name", SETTABLE, valid_text},
    {"owner", SETTABLE, valid_text},
    {"visibility", SETTABLE, valid_visibility},
    {"protected", SETTABLE, valid_boolean},
    {"os_hidden", SETTABLE, valid_boolean},
    {"container_format", SETTABLE, valid_container_format},
    {"disk_format", SETTABLE, valid_disk_format},
    {"min_disk", SETTABLE, valid_count},
    {"min_ram", SETTABLE, valid_count},
    {"tags", SETTABLE, valid_tags},
    {"checksum", READ_ONLY, NULL},
    {"created_at", READ_ONLY, NULL},
    {"direct_url", READ_ONLY, NULL},
    {"file", READ_ONLY, NULL},
    {"locations", READ_ONLY, NULL}, /* as where show_multiple_locations is off, its default */
    {"os_hash_algo", READ_ONLY, NULL},
    {"os_hash_value", READ_ONLY, NULL},
    {"schema", READ_ONLY, NULL},
    {"self", READ_ONLY, NULL},
    {"size", READ_ONLY, NULL},
    {"status", READ_ONLY, NULL},
    {"stores", READ_ONLY, NULL},
    {"updated_at", READ_ONLY, NULL},
    {"virtual_size", READ_ONLY, NULL},
    {"deleted", RESERVED, NULL},
    {"deleted_at", RESERVED, NULL},
    {"location", RESERVED, NULL},
};

static const struct attribute *find(const char *name)
{
    for (size_t i = 0; i < sizeof base_attributes / sizeof base_attributes[0]; i++) {
        if (strcmp(base_attributes[i].name, name) == 0)
            return &base_attributes[i];
    }
    return NULL;
}

bool attribute_is_base(const char *name)
{
    return find(name) != NULL;
}

bool attribute_settable(const char *name, struct refusal *refusal)
{
    const struct attribute *attribute = find(name);
    if (strncmp(name, "os_glance", strlen("os_glance")) == 0)
        return refuse(refusal, 403, "Attribute '%.255s' is reserved.", name);
    if (!attribute || attribute->standing == SETTABLE)
        return true;
    const char *standing = attribute->standing == READ_ONLY ? "read-only" : "reserved";
    return refuse(refusal, 403, "Attribute '%s' is %s.", name, standing);
}

bool attribute_valid(const char *name, const json_t *value, struct refusal *refusal)
{
    const struct attribute *attribute = find(name);
    return (attribute ? attribute->valid : valid_property)(name, value, refusal);
}

json_t *attributes_default(const char *owner)
{
    return json_pack("{s:n, s:n, s:n, s:s, s:b, s:b, s:i, s:i, s:s?, s:[]}", "name", "disk_format",
                     "container_format", "visibility", "shared", "protected", 0, "os_hidden", 0, "min_disk",
                     0, "min_ram", 0, "owner", owner, "tags");
}

static int compare_texts(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static json_t *sorted_set(const json_t *tags)
{
    size_t count = json_array_size(tags);
    CLEANUP(text) char *memory = mem_alloc((count + 1) * sizeof(char *));
    const char **texts = (const char **)(void *)memory;
    for (size_t i = 0; i < count; i++)
        texts[i] = json_string_value(json_array_get(tags, i));
    qsort(texts, count, sizeof *texts, compare_texts);
    json_t *set = json_array();
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(texts[i - 1], texts[i]) != 0)
            json_array_append_new(set, json_string(texts[i]));
    }
    return set;
}

void attribute_set(json_t *attributes, const char *name, const json_t *value)
{
    json_t *copy = strcmp(name, "tags") == 0 ? sorted_set(value) : json_deep_copy(value);
    json_object_set_new(attributes, name, copy);
}

static const char *text_of(const json_t *attributes, const char *name)
{
    const char *text = json_string_value(json_object_get(attributes, name));
    return text ? text : "";
}

bool attributes_permitted(const json_t *before, const json_t *after, const struct identity *identity,
                          struct refusal *refusal)
{
    if (identity->admin)
        return true;
    if (strcmp(text_of(before, "owner"), text_of(after, "owner")) != 0)
        return refuse(refusal, 403, "Only an administrator may set another owner.");
    bool was_public = strcmp(text_of(before, "visibility"), "public") == 0;
    if (!was_public && strcmp(text_of(after, "visibility"), "public") == 0)
        return refuse(refusal, 403, "You are not authorized to complete publicize_image action.");
    return true;
}

static uint64_t property_count(const json_t *attributes)
{
    uint64_t count = 0;
    for (void *at = json_object_iter((json_t *)(uintptr_t)attributes); at;
         at = json_object_iter_next((json_t *)(uintptr_t)attributes, at))
        count += !attribute_is_base(json_object_iter_key(at));
    return count;
}

bool attributes_within(const json_t *attributes, uint64_t tag_quota, uint64_t property_quota,
                       struct refusal *refusal)
{
    uint64_t tags = json_array_size(json_object_get(attributes, "tags"));
    uint64_t properties = property_count(attributes);
    if (tags > tag_quota)
        return refuse(refusal, 413,
                      "The limit has been exceeded on the number of allowed image tags. "
                      "Attempted: %lu, Maximum: %lu",
                      (unsigned long)tags, (unsigned long)tag_quota);
    if (properties > property_quota)
        return refuse(refusal, 413,
                      "The limit has been exceeded on the number of allowed image properties. "
                      "Attempted: %lu, Maximum: %lu",
                      (unsigned long)properties, (unsigned long)property_quota);
    return true;
}
