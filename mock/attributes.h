/* The attributes of an image that a client may set, as a JSON object in the API's own form: base
 * attributes (glance-v2/images-images-v2.inc) and properties of the user's own. */
#ifndef MOCK_ATTRIBUTES_H
#define MOCK_ATTRIBUTES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "mock/refusal.h"
#include "mock/token.h"

/* A new object with every base attribute at its default; owned. */
json_t *attributes_default(const char *owner);

/* Whether a client may name the attribute at all: 403 for those that are read-only or reserved. */
bool attribute_settable(const char *name, struct refusal *refusal);
/* Whether the value is one that the attribute may have: 400. */
bool attribute_valid(const char *name, const json_t *value, struct refusal *refusal);
bool attribute_is_base(const char *name);
/* Sets a valid value; tags become unique and sorted. */
void attribute_set(json_t *attributes, const char *name, const json_t *value);

/* The constant with the text of a format; NULL for NULL and for what is none. */
const char *disk_format_word(const char *text);
const char *container_format_word(const char *text);

/* Rules that need to know who asks: another owner, public images (403). */
bool attributes_permitted(const json_t *before, const json_t *after, const struct identity *identity,
                          struct refusal *refusal);
/* The quotas of tags and of properties (413). */
bool attributes_within(const json_t *attributes, uint64_t tag_quota, uint64_t property_quota,
                       struct refusal *refusal);

#endif
