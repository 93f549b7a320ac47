#include "mock/image.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/attributes.h"

static const char *const status_words[] = {
    [IMAGE_QUEUED] = "queued",           [IMAGE_SAVING] = "saving", [IMAGE_ACTIVE] = "active",
    [IMAGE_DEACTIVATED] = "deactivated", [IMAGE_KILLED] = "killed", [IMAGE_PENDING_DELETE] = "pending_delete",
    [IMAGE_DELETED] = "deleted",
};

static const char *const visibility_words[] = {
    [VISIBILITY_PRIVATE] = "private",
    [VISIBILITY_SHARED] = "shared",
    [VISIBILITY_COMMUNITY] = "community",
    [VISIBILITY_PUBLIC] = "public",
};

/* The members follow, and after them the texts that the pointers point to, each with its NUL: tags, and
 * names and values of properties by turns, stand one after the other. */
struct image {
    _Atomic uint32_t refs;
    uint8_t status;
    uint8_t visibility;
    bool protected : 1;
    bool hidden : 1;
    bool size_known : 1;
    uint32_t min_disk;
    uint32_t min_ram;
    uint64_t number;
    int64_t created_at_s;
    int64_t updated_at_s;
    int64_t deleted_at_s;
    uint64_t size;
    struct data *data;       /* a reference */
    const char *store;       /* borrowed from the configuration */
    const char *disk_format; /* constants */
    const char *container_format;
    const char *id;
    const char *name;
    const char *owner;
    const char *md5;
    const char *sha512;
    const char *tags;
    const char *properties; /* where the tags end */
    const char *end;        /* of the properties */
    size_t member_count;
    struct image_member members[];
};

const char *image_status_word(enum image_status status)
{
    return status_words[status];
}

static bool find_word(const char *word, const char *const *words, size_t count, size_t *ret_i)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret_i = i;
            return true;
        }
    }
    return false;
}

bool image_status_parse(const char *word, enum image_status *ret_status)
{
    size_t i;
    bool found = find_word(word, status_words, IMAGE_STATUS_COUNT, &i);
    if (found)
        *ret_status = (enum image_status)i;
    return found;
}

bool image_visibility_parse(const char *word, enum image_visibility *ret_visibility)
{
    size_t i;
    bool found = find_word(word, visibility_words, VISIBILITY_COUNT, &i);
    if (found)
        *ret_visibility = (enum image_visibility)i;
    return found;
}

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

static const char *known(const char *text)
{
    return *text ? text : NULL;
}

static size_t size_of_texts(const struct image_draft *draft)
{
    size_t size = text_size(draft->id) + text_size(draft_text(draft, "name")) +
                  text_size(draft_text(draft, "owner")) + text_size(known(draft->sums.md5)) +
                  text_size(known(draft->sums.sha512));
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
    image->md5 = put_text(&at, known(draft->sums.md5));
    image->sha512 = put_text(&at, known(draft->sums.sha512));
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

const char *image_visibility_word(const struct image *image)
{
    return visibility_words[image->visibility];
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

static const char *after(const char *text)
{
    return text + strlen(text) + 1;
}

const char *image_next_tag(const struct image *image, const char *tag)
{
    const char *next = tag ? after(tag) : image->tags;
    return next < image->properties ? next : NULL;
}

const char *image_next_property(const struct image *image, const char *name)
{
    const char *next = name ? after(after(name)) : image->properties;
    return next < image->end ? next : NULL;
}

const char *image_property_value(const char *name)
{
    return after(name);
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
