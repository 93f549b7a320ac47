/* Which part of the data is asked for: the headers Range (RFC 7233, section 2.1) and, as Glance takes it
 * in a request, Content-Range (section 4.2). */
#ifndef MOCK_RANGE_H
#define MOCK_RANGE_H

#include <stdint.h>

enum range_verdict {
    RANGE_PART,
    RANGE_MALFORMED,     /* also: reversed, another unit */
    RANGE_SEVERAL,       /* more than one; *ret_range is the first when that is well-formed */
    RANGE_UNSATISFIABLE, /* begins past the end */
};

/* How it was asked for; each form is a rule of its own. */
enum range_form {
    RANGE_FORM_FIRST, /* from the first byte on */
    RANGE_FORM_EXACT, /* in the middle */
    RANGE_FORM_OPEN_END,
    RANGE_FORM_SUFFIX,
    RANGE_FORM_CLAMPED, /* asks for more than there is */
};

struct range {
    uint64_t first;
    uint64_t last; /* included */
    enum range_form form;
};

/* "bytes=0-9" of `size` bytes. */
enum range_verdict range_parse(const char *header, uint64_t size, struct range *ret_range);
/* "bytes 0-9/20" or "bytes 0-9/(star)". */
enum range_verdict range_parse_content_range(const char *header, uint64_t size, struct range *ret_range);

#endif
