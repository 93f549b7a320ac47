/* Which part of the data a download asks for: the header Range (RFC 9110, 14.1.2, one range of
 * bytes), or Content-Range of the request, which the Images API honours as a range too. */
#ifndef MOCK_RANGE_H
#define MOCK_RANGE_H

#include <stdint.h>

enum range_result {
    RANGE_GOOD,
    RANGE_SEVERAL,
    RANGE_MALFORMED,
    RANGE_UNSATISFIABLE, /* well-formed, and outside the data */
};

/* How the range was written; each form is a clause of its own. */
enum range_form {
    RANGE_FORM_FIRST,    /* from the first byte to a given one */
    RANGE_FORM_EXACT,    /* from one byte to another */
    RANGE_FORM_OPEN_END, /* from a byte on */
    RANGE_FORM_SUFFIX,   /* the last so many bytes */
    RANGE_FORM_CLAMPED,  /* goes past the end */
};

struct range {
    enum range_form form;
    uint64_t first;
    uint64_t last; /* inclusive */
};

enum range_result range_parse(const char *header, uint64_t size, struct range *ret_range);
enum range_result range_parse_content(const char *header, uint64_t size, struct range *ret_range);

#endif
