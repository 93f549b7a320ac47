#include "mock/image.h"

#include <stdlib.h>
#include <string.h>

#include "mock/image_revision.h"

struct image *image_ref(struct image *image)
{
    atomic_fetch_add(&image->refs, 1);
    return image;
}

void image_unref(struct image *image)
{
    if (!image || atomic_fetch_sub(&image->refs, 1) != 1)
        return;
    data_unref(image->data);
    free(image);
}

const char *image_id(const struct image *image)
{
    return image->id;
}

uint64_t image_number(const struct image *image)
{
    return image->number;
}

void image_set_number(struct image *image, uint64_t number)
{
    image->number = number;
}

enum image_status image_status(const struct image *image)
{
    return (enum image_status)image->status;
}

bool image_deleted(const struct image *image)
{
    return image->status == IMAGE_DELETED || image->status == IMAGE_PENDING_DELETE;
}

const char *image_name(const struct image *image)
{
    return image->name;
}

const char *image_owner(const struct image *image)
{
    return image->owner ? image->owner : "";
}

const char *image_disk_format(const struct image *image)
{
    return image->disk_format;
}

const char *image_container_format(const struct image *image)
{
    return image->container_format;
}

enum image_visibility image_visibility(const struct image *image)
{
    return (enum image_visibility)image->visibility;
}

bool image_protected(const struct image *image)
{
    return image->protected;
}

bool image_hidden(const struct image *image)
{
    return image->hidden;
}

uint32_t image_min_disk(const struct image *image)
{
    return image->min_disk;
}

uint32_t image_min_ram(const struct image *image)
{
    return image->min_ram;
}

int64_t image_created_at_s(const struct image *image)
{
    return image->created_at_s;
}

int64_t image_updated_at_s(const struct image *image)
{
    return image->updated_at_s;
}

int64_t image_deleted_at_s(const struct image *image)
{
    return image->deleted_at_s;
}

bool image_size_known(const struct image *image)
{
    return image->size_known;
}

uint64_t image_size(const struct image *image)
{
    return image->size;
}

const char *image_md5(const struct image *image)
{
    return image->md5;
}

const char *image_sha512(const struct image *image)
{
    return image->sha512;
}

struct data *image_data(const struct image *image)
{
    return image->data;
}

const char *image_store(const struct image *image)
{
    return image->store;
}

static const char *owner_or_null(const struct image *image)
{
    return image->owner;
}

const char *image_text(const struct image *image, const char *attribute)
{
    static const struct {
        const char *name;
        const char *(*text)(const struct image *image);
    } table[] = {
        {"name", image_name},
        {"owner", owner_or_null},
        {"disk_format", image_disk_format},
        {"container_format", image_container_format},
        {"visibility", image_visibility_word},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(table[i].name, attribute) == 0)
            return table[i].text(image);
    }
    return image_property(image, attribute);
}

const char *image_property(const struct image *image, const char *name)
{
    for (const char *at = NULL; (at = image_next_property(image, at));) {
        if (strcmp(at, name) == 0)
            return image_property_value(at);
    }
    return NULL;
}

static const char *next_text(const char *text)
{
    return text + strlen(text) + 1;
}

const char *image_next_tag(const struct image *image, const char *tag)
{
    const char *next = tag ? next_text(tag) : image->tags;
    return next < image->properties ? next : NULL;
}

const char *image_next_property(const struct image *image, const char *name)
{
    const char *next = name ? next_text(next_text(name)) : image->properties;
    return next < image->end ? next : NULL;
}

const char *image_property_value(const char *name)
{
    return next_text(name);
}

size_t image_member_count(const struct image *image)
{
    return image->member_count;
}

const struct image_member *image_member(const struct image *image, size_t i)
{
    return &image->members[i];
}

const struct image_member *image_member_of(const struct image *image, const char *project)
{
    for (size_t i = 0; i < image->member_count; i++) {
        if (strcmp(image->members[i].project, project) == 0)
            return &image->members[i];
    }
    return NULL;
}

bool image_readable(const struct image *image, const struct identity *identity)
{
    enum image_visibility visibility = image_visibility(image);
    return image_owned(image, identity) || visibility >= VISIBILITY_COMMUNITY ||
           (visibility == VISIBILITY_SHARED && image_member_of(image, identity->project));
}

bool image_owned(const struct image *image, const struct identity *identity)
{
    return identity->admin || (image->owner && *image->owner && strcmp(image->owner, identity->project) == 0);
}

bool image_writable(const struct image *image, const struct identity *identity)
{
    return identity->member && image_owned(image, identity);
}
