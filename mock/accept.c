#include "mock/accept.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Quality of a media range in thousandths, from its parameters (RFC 9110, 12.4.2: `;q=` and at most
 * three decimals); 1000 where there is none. */
static int parse_quality(const char *parameters, const char *end)
{
    const char *q = memmem(parameters, (size_t)(end - parameters), "q=", 2);
    int quality = 0;
    if (!q)
        return 1000;
    q += 2;
    if (q < end && *q == '1')
        return 1000;
    q += q < end; /* the 0 */
    q += q < end; /* the point */
    for (int weight = 100; q < end && *q >= '0' && *q <= '9' && weight > 0; q++, weight /= 10)
        quality += (*q - '0') * weight;
    return quality;
}

/* How narrowly a media range names the media type: 3 exactly, 2 `type/` and a star, 1 all, 0 not. */
static int specificity(const char *range, size_t length, const char *type)
{
    size_t major = (size_t)(strchr(type, '/') - type) + 1;
    if (length == strlen(type) && strncasecmp(range, type, length) == 0)
        return 3;
    if (length == major + 1 && range[major] == '*' && strncasecmp(range, type, major) == 0)
        return 2;
    return length == 3 && memcmp(range, "*/*", 3) == 0;
}

static int quality_of(const char *accept, const char *type)
{
    int narrowest = 0;
    int quality = 0;
    for (const char *at = accept; *at;) {
        at += strspn(at, ", \t");
        const char *end = at + strcspn(at, ",");
        size_t length = strcspn(at, ",; \t");
        int narrow = specificity(at, length, type);
        if (narrow > narrowest) {
            narrowest = narrow;
            quality = parse_quality(at + length, end);
        }
        at = end;
    }
    return quality;
}

enum error_form accept_error_form(const char *accept)
{
    if (!accept)
        return ERROR_PLAIN;
    int html = quality_of(accept, "text/html");
    int json = quality_of(accept, "application/json");
    if (html == 0 && json == 0)
        return ERROR_PLAIN;
    return json > html ? ERROR_JSON : ERROR_HTML;
}
