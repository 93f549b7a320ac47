#include "mock/range.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

static const char *skip_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* A number up to a character of `ends`; UINT64_MAX where it is larger than any data can be. */
static bool take_number(const char **text, const char *ends, uint64_t *ret_value)
{
    size_t length = strcspn(*text, ends);
    if (length == 0 || strspn(*text, "0123456789") != length)
        return false;
    if (!number_parse_u64_n(*text, length, ret_value))
        *ret_value = UINT64_MAX;
    *text += length;
    return true;
}

static enum range_result suffix_range(const char *digits, uint64_t size, struct range *ret_range)
{
    uint64_t length;
    if (!take_number(&digits, " \t", &length) || *skip_blanks(digits))
        return RANGE_MALFORMED;
    if (length == 0 || size == 0)
        return RANGE_UNSATISFIABLE;
    enum range_form form = length > size ? RANGE_FORM_CLAMPED : RANGE_FORM_SUFFIX;
    *ret_range = (struct range){form, length > size ? 0 : size - length, size - 1};
    return RANGE_GOOD;
}

static enum range_result bounded_range(uint64_t first, uint64_t last, uint64_t size, struct range *ret_range)
{
    if (last < first)
        return RANGE_MALFORMED;
    if (first >= size)
        return RANGE_UNSATISFIABLE;
    enum range_form form = first == 0 ? RANGE_FORM_FIRST : RANGE_FORM_EXACT;
    if (last >= size)
        form = RANGE_FORM_CLAMPED;
    *ret_range = (struct range){form, first, last < size ? last : size - 1};
    return RANGE_GOOD;
}

static enum range_result open_range(uint64_t first, uint64_t size, struct range *ret_range)
{
    if (first >= size)
        return RANGE_UNSATISFIABLE;
    *ret_range = (struct range){RANGE_FORM_OPEN_END, first, size - 1};
    return RANGE_GOOD;
}

enum range_result range_parse(const char *header, uint64_t size, struct range *ret_range)
{
    const char *at = skip_blanks(header);
    uint64_t first;
    uint64_t last;
    if (strncasecmp(at, "bytes=", 6) != 0)
        return RANGE_MALFORMED;
    at = skip_blanks(at + 6);
    if (strchr(at, ','))
        return RANGE_SEVERAL;
    if (*at == '-')
        return suffix_range(at + 1, size, ret_range);
    if (!take_number(&at, "- \t", &first) || *at++ != '-')
        return RANGE_MALFORMED;
    if (!*skip_blanks(at))
        return open_range(first, size, ret_range);
    if (!take_number(&at, " \t", &last) || *skip_blanks(at))
        return RANGE_MALFORMED;
    return bounded_range(first, last, size, ret_range);
}

/* `bytes first-last/length`, where the length may be `*` (RFC 9110, 14.4). */
enum range_result range_parse_content(const char *header, uint64_t size, struct range *ret_range)
{
    const char *at = skip_blanks(header);
    uint64_t first;
    uint64_t last;
    uint64_t length;
    if (strncasecmp(at, "bytes ", 6) != 0)
        return RANGE_MALFORMED;
    at = skip_blanks(at + 6);
    if (!take_number(&at, "-", &first) || *at++ != '-')
        return RANGE_MALFORMED;
    if (!take_number(&at, "/", &last) || *at++ != '/')
        return RANGE_MALFORMED;
    if (*at == '*')
        at++;
    else if (!take_number(&at, " \t", &length) || length <= last)
        return RANGE_MALFORMED;
    if (*skip_blanks(at))
        return RANGE_MALFORMED;
    return bounded_range(first, last, size, ret_range);
}
