#include "mock/attributes.h"

#include <stdint.h>
#include <string.h>

#include "base/uuid.h"

#define TEXT_MAX_CHARACTERS 255

static const char *const visibilities[] = {"community", "public", "private", "shared", NULL};
static const char *const container_formats[] = {"ami", "ari",    "aki",        "bare", "ovf",
                                                "ova", "docker", "compressed", NULL};
static const char *const disk_formats[] = {"ami", "ari",   "aki", "vhd", "vhdx",  "vmdk",
                                           "raw", "qcow2", "vdi", "iso", "ploop", NULL};

/* UTF-8 characters: bytes that do not continue one. */
static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static bool is_short_text(json_t *value)
{
    return json_is_string(value) && characters(json_string_value(value)) <= TEXT_MAX_CHARACTERS;
}

static bool is_short_text_or_null(json_t *value)
{
    return json_is_null(value) || is_short_text(value);
}

static bool is_one_of(json_t *value, const char *const *words)
{
    for (; json_is_string(value) && *words; words++)
        if (strcmp(*words, json_string_value(value)) == 0)
            return true;
    return false;
}

static bool is_visibility(json_t *value)
{
    return is_one_of(value, visibilities);
}

static bool is_container_format(json_t *value)
{
    return json_is_null(value) || is_one_of(value, container_formats);
}

static bool is_disk_format(json_t *value)
{
    return json_is_null(value) || is_one_of(value, disk_formats);
}

static bool is_uuid(json_t *value)
{
    return json_is_string(value) && uuid_valid(json_string_value(value));
}

static bool is_boolean(json_t *value)
{
    return json_is_boolean(value);
}

static bool is_natural(json_t *value)
{
    return json_is_integer(value) && json_integer_value(value) >= 0 && json_integer_value(value) <= INT32_MAX;
}

static bool is_tags(json_t *value)
{
    size_t index;
    json_t *tag;
    if (!json_is_array(value))
        return false;
    json_array_foreach (value, index, tag) {
        if (!is_short_text(tag))
            return false;
    }
    return true;
}

#define SHORT_TEXT "a string of at most 255 characters"

static const struct attribute table[] = {
    {"id", ATTRIBUTE_CREATE_ONLY, is_uuid, "a UUID"},
    {"name", ATTRIBUTE_SETTABLE, is_short_text_or_null, SHORT_TEXT ", or null"},
    {"owner", ATTRIBUTE_SETTABLE, is_short_text_or_null, SHORT_TEXT ", or null"},
    {"visibility", ATTRIBUTE_SETTABLE, is_visibility, "one of community, public, private, shared"},
    {"protected", ATTRIBUTE_SETTABLE, is_boolean, "a boolean"},
    {"os_hidden", ATTRIBUTE_SETTABLE, is_boolean, "a boolean"},
    {"min_disk", ATTRIBUTE_SETTABLE, is_natural, "a number of GiB, 0 to 2147483647"},
    {"min_ram", ATTRIBUTE_SETTABLE, is_natural, "a number of MiB, 0 to 2147483647"},
    {"tags", ATTRIBUTE_SETTABLE, is_tags, "an array of strings of at most 255 characters"},
    {"container_format", ATTRIBUTE_FORMAT, is_container_format,
     "one of ami, ari, aki, bare, ovf, ova, docker, compressed, or null"},
    {"disk_format", ATTRIBUTE_FORMAT, is_disk_format,
     "one of ami, ari, aki, vhd, vhdx, vmdk, raw, qcow2, vdi, iso, ploop, or null"},
    {"checksum", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"created_at", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"direct_url", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"file", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"os_hash_algo", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"os_hash_value", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"schema", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"self", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"size", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"status", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"stores", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"updated_at", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"virtual_size", ATTRIBUTE_READ_ONLY, NULL, NULL},
    {"deleted", ATTRIBUTE_RESERVED, NULL, NULL},
    {"deleted_at", ATTRIBUTE_RESERVED, NULL, NULL},
    {"location", ATTRIBUTE_RESERVED, NULL, NULL},
};

const struct attribute *attribute_find(const char *name)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    return NULL;
}

static bool property_check(const char *name, json_t *value, struct refusal *refusal)
{
    if (strncmp(name, "os_glance_", strlen("os_glance_")) == 0)
        return refuse(refusal, 403, "Attribute '%s' is reserved.", name);
    if (*name == '\0' || characters(name) > TEXT_MAX_CHARACTERS)
        return refuse(refusal, 400, "A property name has 1 to 255 characters.");
    if (!json_is_string(value))
        return refuse(refusal, 400, "The value of the property '%s' is no string.", name);
    return true;
}

bool attribute_check(const char *name, json_t *value, struct refusal *refusal)
{
    const struct attribute *attribute = attribute_find(name);
    if (!attribute)
        return property_check(name, value, refusal);
    if (attribute->access == ATTRIBUTE_READ_ONLY)
        return refuse(refusal, 403, "Attribute '%s' is read-only.", name);
    if (attribute->access == ATTRIBUTE_RESERVED)
        return refuse(refusal, 403, "Attribute '%s' is reserved.", name);
    if (!attribute->valid(value))
        return refuse(refusal, 400, "Provided object does not match schema 'image': '%s' is not %s.", name,
                      attribute->wants);
    return true;
}

json_t *attributes_defaults(void)
{
    return json_pack("{s:n, s:n, s:n, s:s, s:n, s:n, s:s, s:n, s:b, s:i, s:i, s:b, s:n, s:n, s:[]}", //
                     "name", "disk_format", "container_format", "visibility", "shared", "size",
                     "virtual_size", "status", "queued", "checksum", "protected", 0, "min_ram", 0, "min_disk",
                     0, "os_hidden", 0, "os_hash_algo", "os_hash_value", "tags");
}
