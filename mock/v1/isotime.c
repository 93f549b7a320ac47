#include "mock/v1/isotime.h"

#include <ctype.h>
#include <string.h>
#include <time.h>

/* Exactly `count` digits; *at goes behind them. */
static bool take_digits(const char **at, int count, int *ret_value)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!isdigit((unsigned char)(*at)[i]))
            return false;
        value = value * 10 + ((*at)[i] - '0');
    }
    *at += count;
    *ret_value = value;
    return true;
}

/* The separator that the parts of dates and of times share: there everywhere, or nowhere. */
static bool take_separator(const char **at, char separator, bool wanted)
{
    if (!wanted)
        return true;
    return *(*at)++ == separator;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool take_date(const char **at, struct tm *utc)
{
    int year;
    int month;
    int day;
    if (!take_digits(at, 4, &year))
        return false;
    bool separated = **at == '-';
    if (!take_separator(at, '-', separated) || !take_digits(at, 2, &month) ||
        !take_separator(at, '-', separated) || !take_digits(at, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_of(year, month))
        return false;
    utc->tm_year = year - 1900;
    utc->tm_mon = month - 1;
    utc->tm_mday = day;
    return true;
}

static bool take_fraction(const char **at)
{
    if (**at != '.' && **at != ',')
        return true;
    size_t length = strspn(*at + 1, "0123456789");
    *at += 1 + length;
    return length > 0;
}

static bool take_seconds(const char **at, bool separated, struct tm *utc)
{
    bool there = separated ? **at == ':' : isdigit((unsigned char)**at);
    if (!there)
        return true;
    return take_separator(at, ':', separated) && take_digits(at, 2, &utc->tm_sec) && take_fraction(at);
}

static bool take_time(const char **at, struct tm *utc)
{
    if (**at != 'T' && **at != ' ')
        return true;
    ++*at;
    if (!take_digits(at, 2, &utc->tm_hour))
        return false;
    bool separated = **at == ':';
    return take_separator(at, ':', separated) && take_digits(at, 2, &utc->tm_min) &&
           take_seconds(at, separated, utc) && utc->tm_hour < 24 && utc->tm_min < 60 && utc->tm_sec < 60;
}

static bool take_offset(const char **at, int *ret_offset_s)
{
    int hours;
    int minutes = 0;
    char sign = *(*at)++;
    if (sign == 'Z' || sign == 'z')
        return true;
    if (!strchr("+- ", sign) || !take_digits(at, 2, &hours))
        return false;
    if (**at && (!take_separator(at, ':', **at == ':') || !take_digits(at, 2, &minutes)))
        return false;
    if (hours > 23 || minutes > 59)
        return false;
    *ret_offset_s = (sign == '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
    return true;
}

bool isotime_parse(const char *text, int64_t *ret_calendar_s)
{
    struct tm utc = {0};
    int offset_s = 0;
    if (!take_date(&text, &utc) || !take_time(&text, &utc))
        return false;
    if (*text && (!take_offset(&text, &offset_s) || *text))
        return false;
    *ret_calendar_s = (int64_t)timegm(&utc) - offset_s;
    return true;
}
