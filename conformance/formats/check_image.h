/* Judging an image by its format. */
#ifndef CONFORMANCE_FORMATS_CHECK_IMAGE_H
#define CONFORMANCE_FORMATS_CHECK_IMAGE_H

#include "conformance/formats/check.h"

/* The format of that name; NULL when there is none. */
const struct format *format_named(const char *name);
/* The format that most bits speak for; raw when none does. */
const struct format *format_detect(struct source *source);
/* The names of all formats, NULL-terminated. */
const char *const *format_names(void);

/* Fills an initialised report. False with `err` set when the image could not be judged. */
bool check_image(const struct format *format, struct source *source, const struct check_options *options,
                 struct report *report, struct err *err);

/* After a further file was checked with a copy of `check`, with a source and a map of its own: takes over
 * what kept it from being judged, and frees the map. */
void check_part_done(struct check *check, struct check *part);

#endif
