/* Between drafts and revisions: what a draft has is put into one piece of memory, and taken out again. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "mock/attributes.h"
#include "mock/image_revision.h"

/* How many bytes a text takes, and the same text in its place. */
static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static const char *put_text(char **at, const char *text)
{
    size_t size = text_size(text);
    if (!size)
        return NULL;
    *at += size;
    return memcpy(*at - size, text, size);
}

static const char *draft_text(const struct image_draft *draft, const char *attribute)
{
    return json_string_value(json_object_get(draft->attributes, attribute));
}

static const char *text_or_null(const char *text)
{
    return *text ? text : NULL;
}

static size_t size_of_texts(const struct image_draft *draft)
{
    size_t size = text_size(draft->id) + text_size(draft_text(draft, "name")) +
                  text_size(draft_text(draft, "owner")) + text_size(text_or_null(draft->sums.md5)) +
                  text_size(text_or_null(draft->sums.sha512));
    size_t i;
    json_t *value;
    const char *name;
    json_array_foreach (json_object_get(draft->attributes, "tags"), i, value)
        size += text_size(json_string_value(value));
    json_object_foreach (draft->attributes, name, value)
        size += attribute_is_base(name) ? 0 : text_size(name) + text_size(json_string_value(value));
    for (i = 0; i < draft->member_count; i++)
        size += text_size(draft->members[i].project);
    return size;
}

static void put_texts(struct image *image, const struct image_draft *draft, char *at)
{
    size_t i;
    json_t *value;
    const char *name;
    image->id = put_text(&at, draft->id);
    image->name = put_text(&at, draft_text(draft, "name"));
    image->owner = put_text(&at, draft_text(draft, "owner"));
    image->md5 = put_text(&at, text_or_null(draft->sums.md5));
    image->sha512 = put_text(&at, text_or_null(draft->sums.sha512));
    for (i = 0; i < draft->member_count; i++) {
        image->members[i] = draft->members[i];
        image->members[i].project = put_text(&at, draft->members[i].project);
    }
    image->tags = at;
    json_array_foreach (json_object_get(draft->attributes, "tags"), i, value)
        put_text(&at, json_string_value(value));
    image->properties = at;
    json_object_foreach (draft->attributes, name, value) {
        if (!attribute_is_base(name)) {
            put_text(&at, name);
            put_text(&at, json_string_value(value));
        }
    }
    image->end = at;
}

static void put_attributes(struct image *image, const json_t *attributes)
{
    enum image_visibility visibility = VISIBILITY_PRIVATE;
    image_visibility_parse(json_string_value(json_object_get(attributes, "visibility")), &visibility);
    image->visibility = (uint8_t)visibility;
    image->protected = json_is_true(json_object_get(attributes, "protected"));
    image->hidden = json_is_true(json_object_get(attributes, "os_hidden"));
    image->min_disk = (uint32_t)json_integer_value(json_object_get(attributes, "min_disk"));
    image->min_ram = (uint32_t)json_integer_value(json_object_get(attributes, "min_ram"));
    image->disk_format = disk_format_word(json_string_value(json_object_get(attributes, "disk_format")));
    image->container_format =
        container_format_word(json_string_value(json_object_get(attributes, "container_format")));
}

struct image *image_seal(struct image_draft *draft)
{
    size_t members_size = draft->member_count * sizeof(struct image_member);
    struct image *image = mem_alloc(sizeof *image + members_size + size_of_texts(draft));
    image->refs = 1;
    image->status = (uint8_t)draft->status;
    image->number = draft->number;
    image->created_at_s = draft->created_at_s;
    image->updated_at_s = draft->updated_at_s;
    image->deleted_at_s = draft->deleted_at_s;
    image->size_known = draft->size_known;
    image->size = draft->size;
    image->data = TAKE(draft->data);
    image->store = draft->store;
    image->member_count = draft->member_count;
    put_attributes(image, draft->attributes);
    put_texts(image, draft, (char *)(image->members + image->member_count));
    image_draft_free(draft);
    return image;
}

static void set_text(json_t *attributes, const char *name, const char *text)
{
    json_object_set_new(attributes, name, text ? json_string(text) : json_null());
}

json_t *image_attributes(const struct image *image)
{
    json_t *attributes = attributes_default(image->owner);
    json_t *tags = json_object_get(attributes, "tags");
    set_text(attributes, "name", image->name);
    set_text(attributes, "disk_format", image->disk_format);
    set_text(attributes, "container_format", image->container_format);
    set_text(attributes, "visibility", image_visibility_word(image));
    json_object_set_new(attributes, "protected", json_boolean(image->protected));
    json_object_set_new(attributes, "os_hidden", json_boolean(image->hidden));
    json_object_set_new(attributes, "min_disk", json_integer(image->min_disk));
    json_object_set_new(attributes, "min_ram", json_integer(image->min_ram));
    for (const char *tag = NULL; (tag = image_next_tag(image, tag));)
        json_array_append_new(tags, json_string(tag));
    for (const char *name = NULL; (name = image_next_property(image, name));)
        json_object_set_new(attributes, name, json_string(image_property_value(name)));
    return attributes;
}

static void copy_text(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "");
}

struct image_draft *image_revise(const struct image *image)
{
    struct image_draft *draft = image_new(image->id, image_attributes(image));
    draft->number = image->number;
    draft->status = image_status(image);
    draft->created_at_s = image->created_at_s;
    draft->deleted_at_s = image->deleted_at_s;
    draft->size_known = image->size_known;
    draft->size = image->size;
    copy_text(draft->sums.md5, sizeof draft->sums.md5, image->md5);
    copy_text(draft->sums.sha512, sizeof draft->sums.sha512, image->sha512);
    draft->data = image->data ? data_ref(image->data) : NULL;
    draft->store = image->store;
    for (size_t i = 0; i < image->member_count; i++)
        image_share(draft, &image->members[i]);
    return draft;
}
