/* What a list may be asked to have of its images, whichever API asks. */
#ifndef MOCK_FILTERS_H
#define MOCK_FILTERS_H

#include "mock/image.h"

/* Whether an image is in a list that asks for this value of an attribute. */
typedef bool filter_fn(const char *attribute, const char *value, const struct image *image);

/* A text of the image (image_text), or `in:a,b` for any of some texts. */
filter_fn filter_text, filter_text_in;
filter_fn filter_property;   /* a property of the user's own */
filter_fn filter_visibility; /* or "all" */
filter_fn filter_status, filter_id, filter_tag;
filter_fn filter_protected, filter_hidden;  /* "true", or anything else for false */
filter_fn filter_min_disk, filter_min_ram;  /* equal */
filter_fn filter_size_min, filter_size_max; /* inclusive; an image without a size is in neither */

/* The texts after `in:`; NULL when the value is none of that form. */
const char *filter_list(const char *value);

#endif
