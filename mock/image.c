#include "mock/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

struct image *image_new(const char *id, json_t *document)
{
    struct image *image = mem_alloc(sizeof *image);
    char now[CLOCK_ISO_SIZE];
    clock_iso_now(now);
    memcpy(image->id, id, UUID_SIZE);
    image->document = document;
    image_set(image, "id", json_string(id));
    image_set(image, "created_at", json_string(now));
    image_set(image, "self", json_sprintf("/v2/images/%s", id));
    image_set(image, "file", json_sprintf("/v2/images/%s/file", id));
    image_set(image, "schema", json_string("/v2/schemas/image"));
    image_changed(image, NULL);
    return image;
}

void image_free(struct image *image)
{
    json_decref(image->document);
    text_unref(image->rendered);
    blob_unref(image->data);
    free(image->md5);
    free(image);
}

const char *image_text(const struct image *image, const char *name)
{
    const char *text = json_string_value(json_object_get(image->document, name));
    return text ? text : "";
}

void image_set(struct image *image, const char *name, json_t *value)
{
    json_object_set_new(image->document, name, value);
}

void image_set_document(struct image *image, json_t *document)
{
    json_decref(image->document);
    image->document = document;
}

bool image_has_status(const struct image *image, const char *status)
{
    return strcmp(image_text(image, "status"), status) == 0;
}

static char *render(json_t *document, const char *shown_status)
{
    if (!shown_status)
        return json_dumps(document, JSON_COMPACT);
    json_t *shown = json_copy(document);
    json_object_set_new(shown, "status", json_string(shown_status));
    char *text = json_dumps(shown, JSON_COMPACT);
    json_decref(shown);
    return text;
}

void image_changed(struct image *image, const char *shown_status)
{
    char now[CLOCK_ISO_SIZE];
    clock_iso_now(now);
    image_set(image, "updated_at", json_string(now));
    char *text = render(image->document, shown_status);
    text_unref(image->rendered);
    image->rendered = text_take(text, strlen(text));
}

bool image_owned_by(const struct image *image, const struct identity *identity)
{
    const char *owner = image_text(image, "owner");
    return *owner && strcmp(owner, identity->project) == 0;
}

bool image_visible_to(const struct image *image, const struct identity *identity)
{
    const char *visibility = image_text(image, "visibility");
    return identity->admin || image_owned_by(image, identity) || strcmp(visibility, "public") == 0 ||
           strcmp(visibility, "community") == 0;
}
