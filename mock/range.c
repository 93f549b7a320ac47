#include "mock/range.h"

#include <stdbool.h>
#include <string.h>

#include "base/number.h"

static const char unit[] = "bytes=";
static const char content_unit[] = "bytes ";

static enum range_verdict clamp(uint64_t first, uint64_t last, enum range_form form, uint64_t size,
                                struct range *ret_range)
{
    if (first >= size)
        return RANGE_UNSATISFIABLE;
    bool past_end = last >= size;
    *ret_range = (struct range){first, past_end ? size - 1 : last, past_end ? RANGE_FORM_CLAMPED : form};
    return RANGE_PART;
}

static enum range_verdict suffix(const char *digits, size_t length, uint64_t size, struct range *ret_range)
{
    uint64_t count;
    if (!number_parse_u64_n(digits, length, &count))
        return RANGE_MALFORMED;
    if (count == 0 || size == 0)
        return RANGE_UNSATISFIABLE;
    bool past_start = count > size;
    *ret_range = (struct range){past_start ? 0 : size - count, size - 1,
                                past_start ? RANGE_FORM_CLAMPED : RANGE_FORM_SUFFIX};
    return RANGE_PART;
}

/* One "first-last", "first-" or "-count". */
static enum range_verdict parse_one(const char *text, size_t length, uint64_t size, struct range *ret_range)
{
    const char *dash = memchr(text, '-', length);
    if (!dash)
        return RANGE_MALFORMED;
    size_t before = (size_t)(dash - text);
    size_t after = length - before - 1;
    if (before == 0)
        return suffix(dash + 1, after, size, ret_range);
    uint64_t first;
    if (!number_parse_u64_n(text, before, &first))
        return RANGE_MALFORMED;
    if (after == 0)
        return first >= size ? RANGE_UNSATISFIABLE
                             : clamp(first, size - 1, RANGE_FORM_OPEN_END, size, ret_range);
    uint64_t last;
    if (!number_parse_u64_n(dash + 1, after, &last) || last < first)
        return RANGE_MALFORMED;
    return clamp(first, last, first == 0 ? RANGE_FORM_FIRST : RANGE_FORM_EXACT, size, ret_range);
}

enum range_verdict range_parse(const char *header, uint64_t size, struct range *ret_range)
{
    if (strncmp(header, unit, strlen(unit)) != 0)
        return RANGE_MALFORMED;
    const char *ranges = header + strlen(unit);
    size_t length = strcspn(ranges, ",");
    enum range_verdict verdict = parse_one(ranges, length, size, ret_range);
    return ranges[length] == ',' && verdict == RANGE_PART ? RANGE_SEVERAL : verdict;
}

enum range_verdict range_parse_content_range(const char *header, uint64_t size, struct range *ret_range)
{
    if (strncmp(header, content_unit, strlen(content_unit)) != 0)
        return RANGE_MALFORMED;
    const char *text = header + strlen(content_unit);
    const char *slash = strchr(text, '/');
    if (!slash || text[0] == '-' || slash[-1] == '-')
        return RANGE_MALFORMED;
    uint64_t whole = size;
    if (strcmp(slash + 1, "*") != 0 && !number_parse_u64(slash + 1, &whole))
        return RANGE_MALFORMED;
    if (whole != size)
        return RANGE_UNSATISFIABLE;
    return parse_one(text, (size_t)(slash - text), size, ret_range);
}
