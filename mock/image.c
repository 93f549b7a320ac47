#include "mock/image.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static const char *const status_words[] = {
    [IMAGE_QUEUED] = "queued",
    [IMAGE_SAVING] = "saving",
    [IMAGE_ACTIVE] = "active",
    [IMAGE_DEACTIVATED] = "deactivated",
};

static const char *const visibility_words[] = {
    [VISIBILITY_PRIVATE] = "private",
    [VISIBILITY_SHARED] = "shared",
    [VISIBILITY_COMMUNITY] = "community",
    [VISIBILITY_PUBLIC] = "public",
};

const char *image_status_word(enum image_status status)
{
    return status_words[status];
}

bool image_visibility_parse(const char *word, enum image_visibility *ret_visibility)
{
    for (size_t i = 0; i < sizeof visibility_words / sizeof visibility_words[0]; i++) {
        if (strcmp(visibility_words[i], word) == 0) {
            *ret_visibility = (enum image_visibility)i;
            return true;
        }
    }
    return false;
}

struct image *image_new(const char *id, json_t *attributes)
{
    static _Atomic uint64_t last_number;
    struct image *image = mem_alloc(sizeof *image);
    image->refs = 1;
    snprintf(image->id, sizeof image->id, "%s", id);
    image->number = atomic_fetch_add(&last_number, 1) + 1;
    image->attributes = attributes;
    clock_iso_now(image->created_at);
    snprintf(image->updated_at, sizeof image->updated_at, "%s", image->created_at);
    return image;
}

struct image *image_revise(const struct image *image)
{
    struct image *draft = mem_alloc(sizeof *draft);
    *draft = (struct image){.refs = 1,
                            .number = image->number,
                            .status = image->status,
                            .attributes = json_deep_copy(image->attributes),
                            .data = image->data ? data_ref(image->data) : NULL,
                            .size = image->size,
                            .sums = image->sums,
                            .store = image->store};
    snprintf(draft->id, sizeof draft->id, "%s", image->id);
    snprintf(draft->created_at, sizeof draft->created_at, "%s", image->created_at);
    clock_iso_now(draft->updated_at);
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
    json_decref(image->attributes);
    free(image->json);
    free(image);
}

void image_set_data(struct image *draft, struct data *data, const struct hashing_sums *sums,
                    const char *store)
{
    data_unref(draft->data);
    draft->data = data_ref(data);
    draft->size = data_length(data);
    draft->sums = *sums;
    draft->store = store;
}

const char *image_text(const struct image *image, const char *attribute)
{
    return json_string_value(json_object_get(image->attributes, attribute));
}

bool image_readable(const struct image *image, const struct identity *identity)
{
    return image_owned(image, identity) || image->visibility >= VISIBILITY_COMMUNITY;
}

bool image_owned(const struct image *image, const struct identity *identity)
{
    return identity->admin || (*image->owner && strcmp(image->owner, identity->project) == 0);
}

bool image_writable(const struct image *image, const struct identity *identity)
{
    return identity->member && image_owned(image, identity);
}

static json_t *path_of(const struct image *image, const char *suffix)
{
    return json_sprintf("/v2/images/%s%s", image->id, suffix);
}

/* The digest as it is or, for a broken rule, with its first digit another one. */
static json_t *shown_sum(const char *sum, bool right)
{
    json_t *text = json_string(sum);
    if (!right) {
        CLEANUP(text) char *wrong = mem_dup(sum);
        wrong[0] = wrong[0] == '0' ? '1' : '0';
        json_string_set(text, wrong);
    }
    return text;
}

static void show_data(json_t *shown, const struct image *image, const struct rules *rules)
{
    uint64_t size = image->size + !rule_obeyed(rules, RULE_UPLOAD_SHOWS_SIZE);
    bool right_md5 = rule_obeyed(rules, RULE_UPLOAD_SHOWS_CHECKSUM);
    bool right_sha512 = rule_obeyed(rules, RULE_UPLOAD_SHOWS_HASH);
    json_object_set_new(shown, "size", json_integer((json_int_t)size));
    json_object_set_new(shown, "checksum", shown_sum(image->sums.md5, right_md5));
    json_object_set_new(shown, "os_hash_algo", json_string("sha512"));
    json_object_set_new(shown, "os_hash_value", shown_sum(image->sums.sha512, right_sha512));
}

static void show_no_data(json_t *shown)
{
    static const char *const names[] = {"size", "checksum", "os_hash_algo", "os_hash_value"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        json_object_set_new(shown, names[i], json_null());
}

static enum image_status shown_status(const struct image *image, const struct rules *rules)
{
    bool arriving = image->status == IMAGE_SAVING && !image->data;
    return arriving && !rule_obeyed(rules, RULE_UPLOAD_IS_SAVING_MEANWHILE) ? IMAGE_QUEUED : image->status;
}

static json_t *show(const struct image *image, const struct rules *rules, bool shows_stores)
{
    json_t *shown = json_copy(image->attributes);
    json_object_set_new(shown, "id", json_string(image->id));
    json_object_set_new(shown, "status", json_string(status_words[shown_status(image, rules)]));
    json_object_set_new(shown, "created_at", json_string(image->created_at));
    json_object_set_new(shown, "updated_at", json_string(image->updated_at));
    json_object_set_new(shown, "virtual_size", json_null());
    json_object_set_new(shown, "self", path_of(image, ""));
    json_object_set_new(shown, "file", path_of(image, "/file"));
    json_object_set_new(shown, "schema", json_string("/v2/schemas/image"));
    if (image->data)
        show_data(shown, image, rules);
    else
        show_no_data(shown);
    if (image->data && shows_stores)
        json_object_set_new(shown, "stores", json_string(image->store));
    return shown;
}

void image_seal(struct image *draft, const struct rules *rules, bool shows_stores)
{
    const char *owner = image_text(draft, "owner");
    draft->owner = owner ? owner : "";
    image_visibility_parse(image_text(draft, "visibility"), &draft->visibility);
    draft->protected = json_is_true(json_object_get(draft->attributes, "protected"));
    draft->hidden = json_is_true(json_object_get(draft->attributes, "os_hidden"));
    json_t *shown = show(draft, rules, shows_stores);
    draft->json = json_dumps(shown, 0);
    draft->json_length = strlen(draft->json);
    json_decref(shown);
}
