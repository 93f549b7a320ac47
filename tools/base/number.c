#include "base/number.h"

#include <string.h>

#include "base/checked.h"

/* Reads digits from *text on; false without a digit or on overflow. */
static bool take_digits(const char **text, const char *end, uint64_t *ret_value)
{
    uint64_t value = 0;
    const char *at = *text;
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        if (!mul_u64(value, 10, &value) || !add_u64(value, (uint64_t)(*at - '0'), &value))
            return false;
    }
    if (at == *text)
        return false;
    *text = at;
    *ret_value = value;
    return true;
}

bool number_parse_u64_n(const char *text, size_t length, uint64_t *ret_value)
{
    const char *end = text + length;
    uint64_t value;
    if (!take_digits(&text, end, &value) || text != end)
        return false;
    *ret_value = value;
    return true;
}

bool number_parse_u64(const char *text, uint64_t *ret_value)
{
    return number_parse_u64_n(text, strlen(text), ret_value);
}

bool number_parse_size(const char *text, uint64_t *ret_bytes)
{
    static const char suffixes[] = "kKmMgGtT";
    const char *end = text + strlen(text);
    uint64_t value;
    if (!take_digits(&text, end, &value))
        return false;
    if (text == end) {
        *ret_bytes = value;
        return true;
    }
    const char *suffix = strchr(suffixes, *text);
    if (!suffix || text + 1 != end)
        return false;
    uint64_t unit = (uint64_t)1024 << (10 * ((suffix - suffixes) / 2));
    return mul_u64(value, unit, ret_bytes);
}

/* The thousandths after a point: at most three digits, as ".5" or ".25". */
static bool take_thousandths(const char **text, const char *end, uint64_t *ret_value)
{
    uint64_t value = 0;
    uint64_t weight = 100;
    const char *at = *text;
    for (; at < end && *at >= '0' && *at <= '9'; at++, weight /= 10)
        value += (uint64_t)(*at - '0') * weight;
    if (at == *text || at - *text > 3)
        return false;
    *text = at;
    *ret_value = value;
    return true;
}

bool number_parse_duration_ms(const char *text, uint64_t *ret_ms)
{
    static const struct {
        const char *suffix;
        uint64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60000}, {"min", 60000}};
    const char *end = text + strlen(text);
    uint64_t whole;
    uint64_t thousandths = 0;
    if (!take_digits(&text, end, &whole))
        return false;
    if (*text == '.') {
        text++;
        if (!take_thousandths(&text, end, &thousandths))
            return false;
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text, units[i].suffix) == 0)
            return mul_u64(whole, units[i].ms, &whole) &&
                   add_u64(whole, thousandths * units[i].ms / 1000, ret_ms);
    }
    return false;
}
