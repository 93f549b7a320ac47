#include "mock/image_json.h"

#include <string.h>

#include "base/clock.h"

#define TYPICAL_BYTES 1000 /* what most images need */

static bool must_be_escaped(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

static void put_escaped(struct buf *out, char c)
{
    static const char letters[] = {
        ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r', ['"'] = '"', ['\\'] = '\\'};
    char letter = letters[(unsigned char)c];
    if (letter) {
        buf_putc(out, '\\');
        buf_putc(out, letter);
    } else {
        buf_printf(out, "\\u%04x", (unsigned)c);
    }
}

void json_put_text(struct buf *out, const char *text)
{
    buf_putc(out, '"');
    while (*text) {
        size_t length = 0;
        while (text[length] && !must_be_escaped(text[length]))
            length++;
        buf_append(out, text, length);
        text += length;
        if (*text)
            put_escaped(out, *text++);
    }
    buf_putc(out, '"');
}

/* Most of an image's text is constant. */
#define PUT(out, literal) buf_append(out, literal, sizeof(literal) - 1)

static void put_text(struct buf *out, const char *text)
{
    if (text)
        json_put_text(out, text);
    else
        PUT(out, "null");
}

/* Quicker than printf(), which a page of a list would call some thousand times. */
static void put_number(struct buf *out, uint64_t number)
{
    char digits[20]; /* of UINT64_MAX */
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    buf_append(out, digits + first, sizeof digits - first);
}

static void put_bool(struct buf *out, bool value)
{
    buf_puts(out, value ? "true" : "false");
}

static void put_time(struct buf *out, int64_t calendar_s)
{
    char text[CLOCK_ISO_SIZE];
    clock_iso(calendar_s, text);
    buf_append(out, text, CLOCK_ISO_SIZE - 1);
}

static void put_id(struct buf *out, const struct image *image)
{
    buf_append(out, image_id(image), UUID_LENGTH);
}

/* The digest as it is or, for a broken rule, with its first digit another one. */
static void put_sum(struct buf *out, const char *sum, bool right)
{
    char wrong[DIGEST_HEX_SIZE];
    if (sum && !right) {
        snprintf(wrong, sizeof wrong, "%c%s", *sum == '0' ? '1' : '0', sum + 1);
        sum = wrong;
    }
    put_text(out, sum);
}

static void put_base(struct buf *out, const struct image *image, const struct rules *rules)
{
    bool right_format = rule_obeyed(rules, RULE_V1_BOTH_V2_SHOWS_FIELDS);
    bool right_visibility = rule_obeyed(rules, RULE_V1_BOTH_V2_SHOWS_VISIBILITY);
    PUT(out, "{\"name\": ");
    put_text(out, image_name(image));
    PUT(out, ", \"disk_format\": ");
    put_text(out, right_format ? image_disk_format(image) : NULL);
    PUT(out, ", \"container_format\": ");
    put_text(out, image_container_format(image));
    PUT(out, ", \"visibility\": ");
    put_text(out, right_visibility ? image_visibility_word(image) : "community");
    PUT(out, ", \"protected\": ");
    put_bool(out, image_protected(image));
    PUT(out, ", \"os_hidden\": ");
    put_bool(out, image_hidden(image));
    PUT(out, ", \"min_disk\": ");
    put_number(out, image_min_disk(image));
    PUT(out, ", \"min_ram\": ");
    put_number(out, image_min_ram(image));
    PUT(out, ", \"owner\": ");
    put_text(out, image_text(image, "owner"));
}

static void put_tags(struct buf *out, const struct image *image)
{
    const char *separator = "";
    PUT(out, ", \"tags\": [");
    for (const char *tag = NULL; (tag = image_next_tag(image, tag)); separator = ", ") {
        buf_puts(out, separator);
        json_put_text(out, tag);
    }
    buf_putc(out, ']');
}

static void put_properties(struct buf *out, const struct image *image)
{
    for (const char *name = NULL; (name = image_next_property(image, name));) {
        PUT(out, ", ");
        json_put_text(out, name);
        PUT(out, ": ");
        json_put_text(out, image_property_value(name));
    }
}

static enum image_status shown_status(const struct image *image, const struct rules *rules)
{
    bool arriving = image_status(image) == IMAGE_SAVING && !image_data(image);
    bool right = !arriving || rule_obeyed(rules, RULE_UPLOAD_IS_SAVING_MEANWHILE);
    return right ? image_status(image) : IMAGE_QUEUED;
}

/* Of other formats it would have to be read out of the data; the reference lets it be null. */
static void put_virtual_size(struct buf *out, const struct image *image)
{
    const char *format = image_disk_format(image);
    const char *container = image_container_format(image);
    bool is_plain = format && container && strcmp(format, "raw") == 0 && strcmp(container, "bare") == 0;
    PUT(out, "\", \"virtual_size\": ");
    if (is_plain && image_data(image) && image_size(image) > 0)
        put_number(out, image_size(image));
    else
        PUT(out, "null");
}

static void put_state(struct buf *out, const struct image *image, const struct rules *rules)
{
    PUT(out, ", \"id\": \"");
    put_id(out, image);
    PUT(out, "\", \"status\": \"");
    buf_puts(out, image_status_word(shown_status(image, rules)));
    PUT(out, "\", \"created_at\": \"");
    put_time(out, image_created_at_s(image));
    PUT(out, "\", \"updated_at\": \"");
    put_time(out, image_updated_at_s(image));
    put_virtual_size(out, image);
    PUT(out, ", \"self\": \"/v2/images/");
    put_id(out, image);
    PUT(out, "\", \"file\": \"/v2/images/");
    put_id(out, image);
    PUT(out, "/file\", \"schema\": \"/v2/schemas/image\"");
}

static void put_data(struct buf *out, const struct image *image, const struct rules *rules)
{
    const char *sha512 = image_sha512(image);
    PUT(out, ", \"size\": ");
    if (image_size_known(image))
        put_number(out, image_size(image) + !rule_obeyed(rules, RULE_UPLOAD_SHOWS_SIZE));
    else
        PUT(out, "null");
    PUT(out, ", \"checksum\": ");
    put_sum(out, image_md5(image),
            rule_obeyed(rules, RULE_UPLOAD_SHOWS_CHECKSUM) &&
                rule_obeyed(rules, RULE_V1_BOTH_V2_SHOWS_CHECKSUM));
    PUT(out, ", \"os_hash_algo\": ");
    put_text(out, sha512 ? "sha512" : NULL);
    PUT(out, ", \"os_hash_value\": ");
    put_sum(out, sha512, rule_obeyed(rules, RULE_UPLOAD_SHOWS_HASH));
}

void image_json(const struct image *image, const struct rules *rules, bool shows_stores, struct buf *out)
{
    buf_reserve(out, TYPICAL_BYTES);
    put_base(out, image, rules);
    put_tags(out, image);
    if (rule_obeyed(rules, RULE_V1_BOTH_V2_SHOWS_PROPERTIES))
        put_properties(out, image);
    put_state(out, image, rules);
    put_data(out, image, rules);
    if (shows_stores && image_data(image)) {
        PUT(out, ", \"stores\": ");
        put_text(out, image_store(image));
    }
    buf_putc(out, '}');
}
