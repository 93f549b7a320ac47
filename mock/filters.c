#include "mock/filters.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"

bool filter_text(const char *attribute, const char *value, const struct image *image)
{
    const char *text = image_text(image, attribute);
    return text && strcmp(text, value) == 0;
}

const char *filter_list(const char *value)
{
    return strncmp(value, "in:", 3) == 0 ? value + 3 : NULL;
}

bool filter_text_in(const char *attribute, const char *value, const struct image *image)
{
    const char *text = image_text(image, attribute);
    const char *at = filter_list(value);
    if (!at)
        return filter_text(attribute, value, image);
    for (; text; at++) {
        size_t length = strcspn(at, ",");
        if (strlen(text) == length && memcmp(at, text, length) == 0)
            return true;
        at += length;
        if (!*at)
            return false;
    }
    return false;
}

bool filter_property(const char *attribute, const char *value, const struct image *image)
{
    const char *text = image_property(image, attribute);
    return text && strcmp(text, value) == 0;
}

bool filter_visibility(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    return strcmp(value, "all") == 0 || strcmp(value, image_visibility_word(image)) == 0;
}

bool filter_status(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    return strcmp(image_status_word(image_status(image)), value) == 0;
}

bool filter_id(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    return strcmp(image_id(image), value) == 0;
}

bool filter_tag(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    for (const char *tag = NULL; (tag = image_next_tag(image, tag));) {
        if (strcmp(tag, value) == 0)
            return true;
    }
    return false;
}

static bool is_true(const char *value)
{
    return strcasecmp(value, "true") == 0;
}

bool filter_protected(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    return image_protected(image) == is_true(value);
}

bool filter_hidden(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    return image_hidden(image) == is_true(value);
}

bool filter_min_disk(const char *attribute, const char *value, const struct image *image)
{
    uint64_t number;
    (void)attribute;
    return number_parse_u64(value, &number) && image_min_disk(image) == number;
}

bool filter_min_ram(const char *attribute, const char *value, const struct image *image)
{
    uint64_t number;
    (void)attribute;
    return number_parse_u64(value, &number) && image_min_ram(image) == number;
}

bool filter_size_min(const char *attribute, const char *value, const struct image *image)
{
    uint64_t bound;
    (void)attribute;
    return number_parse_u64(value, &bound) && image_size_known(image) && image_size(image) >= bound;
}

bool filter_size_max(const char *attribute, const char *value, const struct image *image)
{
    uint64_t bound;
    (void)attribute;
    return number_parse_u64(value, &bound) && image_size_known(image) && image_size(image) <= bound;
}
