#include <string.h>

#include "mock/attributes.h"
#include "mock/v1/meta.h"

static void set_text(const struct v1_meta *meta, enum v1_text text, json_t *attributes, const char *name)
{
    if (meta->texts[text].given)
        json_object_set_new(attributes, name,
                            v1_text(meta, text) ? json_string(v1_text(meta, text)) : json_null());
}

static void set_number(const struct v1_meta *meta, enum v1_number number, json_t *attributes,
                       const char *name)
{
    if (meta->numbers[number].given)
        json_object_set_new(attributes, name, json_integer((json_int_t)meta->numbers[number].value));
}

/* What is not public may be shared with members, which is what the Images API v2 calls it. */
static void set_visibility(const struct v1_meta *meta, json_t *attributes)
{
    const char *before = json_string_value(json_object_get(attributes, "visibility"));
    if (!meta->flags[V1_IS_PUBLIC].given)
        return;
    if (meta->flags[V1_IS_PUBLIC].value)
        json_object_set_new(attributes, "visibility", json_string("public"));
    else if (strcmp(before, "public") == 0)
        json_object_set_new(attributes, "visibility", json_string("shared"));
}

static void remove_properties(json_t *attributes)
{
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(attributes, next, name, value)
    {
        if (!attribute_is_base(name))
            json_object_del(attributes, name);
    }
}

void v1_meta_apply(const struct v1_meta *meta, const struct exchange *exchange, json_t *attributes)
{
    set_text(meta, V1_NAME, attributes, "name");
    set_text(meta, V1_DISK_FORMAT, attributes, "disk_format");
    set_text(meta, V1_CONTAINER_FORMAT, attributes, "container_format");
    if (exchange->identity.admin)
        set_text(meta, V1_OWNER, attributes, "owner");
    set_number(meta, V1_MIN_DISK, attributes, "min_disk");
    set_number(meta, V1_MIN_RAM, attributes, "min_ram");
    if (meta->flags[V1_PROTECTED].given)
        json_object_set_new(attributes, "protected", json_boolean(meta->flags[V1_PROTECTED].value));
    set_visibility(meta, attributes);
    if (!meta->keeps_properties)
        remove_properties(attributes);
    json_object_update(attributes, meta->properties);
}
