#include <string.h>

#include "mock/image.h"

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

const char *image_visibility_word(const struct image *image)
{
    return visibility_words[image_visibility(image)];
}
