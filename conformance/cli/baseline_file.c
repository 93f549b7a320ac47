#include "conformance/cli/baseline_file.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/spec/plain.h"
#include "reports/escape.h"

static bool has_form(const char *text, const char *form)
{
    if (strlen(text) != strlen(form))
        return false;
    for (size_t i = 0; form[i]; i++) {
        bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == 'd' ? !is_digit : text[i] != form[i])
            return false;
    }
    return true;
}

static int digits(const char *text, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++)
        number = number * 10 + (text[i] - '0');
    return number;
}

/* "2027-01-31", as it compares with today: a day that the calendar has. */
static bool is_day(const char *text)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (!has_form(text, "dddd-dd-dd"))
        return false;
    int year = digits(text, 4);
    int month = digits(text + 5, 2);
    int day = digits(text + 8, 2);
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month >= 1 && month <= 12 && day >= 1 && day <= lengths[month - 1] + (month == 2 && is_leap);
}

static void read_entry(const struct yaml_node *node, struct baseline *baseline, struct problems *problems)
{
    static const char *const keys[] = {"case", "reason", "expires", NULL};
    if (!plain_is_mapping(node, "an entry", keys, problems))
        return;
    const struct yaml_node *id = plain_text(node, "case", PLAIN_MANDATORY, problems);
    const struct yaml_node *reason = plain_text(node, "reason", PLAIN_MANDATORY, problems);
    const struct yaml_node *expires = yaml_get(node, "expires");
    if (expires && !(expires->text && is_day(expires->text)))
        problems_add(problems, expires->place, "expires, expected a day as 2027-01-31");
    if (!id || !reason)
        return;
    if (baseline_find(baseline, id->text))
        problems_add(problems, id->place, "%s is listed twice", id->text);
    *mem_append(&baseline->entries, &baseline->count) = (struct baseline_entry){
        mem_dup(id->text), mem_dup(reason->text), mem_dup(expires ? expires->text : NULL)};
}

static void read_root(const struct yaml_node *root, void *context, struct problems *problems)
{
    struct baseline *baseline = context;
    static const char *const keys[] = {"baseline", "cases", NULL};
    if (!plain_is_mapping(root, "the file", keys, problems))
        return;
    plain_text(root, "baseline", PLAIN_MANDATORY, problems);
    const struct yaml_node *cases = plain_list(root, "cases", problems);
    for (size_t i = 0; cases && i < cases->count; i++)
        read_entry(&cases->values[i], baseline, problems);
}

bool baseline_file_load(const char *path, struct baseline *ret_baseline, struct problems *problems)
{
    struct baseline baseline = {.path = mem_dup(path)};
    bool loaded = plain_load(path, read_root, &baseline, problems);
    if (loaded)
        *ret_baseline = baseline;
    else
        baseline_fini(&baseline);
    return loaded;
}

/* The character of so many bytes; 0 for one of four, which YAML takes as they are. */
static unsigned decode(const unsigned char *at, size_t length)
{
    if (length == 1)
        return at[0];
    if (length == 2)
        return (at[0] & 0x1fu) << 6 | (at[1] & 0x3fu);
    return length == 3 ? (at[0] & 0x0fu) << 12 | (at[1] & 0x3fu) << 6 | (at[2] & 0x3fu) : 0;
}

/* What JSON may hold as it is and YAML 1.2 may not (5.1, c-printable), or libyaml takes for the end of a
 * line. */
static bool is_escaped(unsigned character)
{
    return (character >= 0x7f && character <= 0x9f) || character == 0x2028 || character == 0x2029 ||
           character == 0xfeff || character >= 0xfffe;
}

/* A text of JSON is one of YAML but for some characters. */
static void put(FILE *out, const char *before, const char *text)
{
    json_t *value = json_string(text);
    char *quoted = value ? json_dumps(value, JSON_ENCODE_ANY) : mem_dup("\"(no UTF-8)\"");
    fputs(before, out);
    for (size_t i = 0, left = strlen(quoted), length; left > 0; i += length, left -= length) {
        length = escape_utf8(quoted + i, left);
        unsigned character = decode((const unsigned char *)quoted + i, length);
        if (is_escaped(character))
            fprintf(out, "\\u%04X", character);
        else
            fwrite(quoted + i, 1, length, out);
    }
    fputc('\n', out);
    free(quoted);
    json_decref(value);
}

void baseline_file_write(const struct baseline *baseline, const char *subject, FILE *out)
{
    put(out, "baseline: ", subject);
    fputs(baseline->count ? "cases:\n" : "cases: []\n", out);
    for (size_t i = 0; i < baseline->count; i++) {
        const struct baseline_entry *entry = &baseline->entries[i];
        put(out, "  - case: ", entry->id);
        put(out, "    reason: ", entry->reason);
        if (entry->expires)
            fprintf(out, "    expires: %s\n", entry->expires);
    }
}
