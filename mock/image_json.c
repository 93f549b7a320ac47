#include "mock/image_json.h"

#include <string.h>

#include "base/clock.h"

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

/* Members are put with the comma before them: `name` follows on one that is there already. */
static void put_name(struct buf *out, const char *name)
{
    buf_puts(out, ", ");
    json_put_text(out, name);
    buf_puts(out, ": ");
}

static void put_text(struct buf *out, const char *name, const char *text)
{
    put_name(out, name);
    if (text)
        json_put_text(out, text);
    else
        buf_puts(out, "null");
}

static void put_number(struct buf *out, const char *name, uint64_t number)
{
    put_name(out, name);
    buf_printf(out, "%lu", (unsigned long)number);
}

static void put_bool(struct buf *out, const char *name, bool value)
{
    put_name(out, name);
    buf_puts(out, value ? "true" : "false");
}

static void put_time(struct buf *out, const char *name, int64_t calendar_s)
{
    char text[CLOCK_ISO_SIZE];
    clock_iso(calendar_s, text);
    put_text(out, name, text);
}

static void put_path(struct buf *out, const char *name, const struct image *image, const char *suffix)
{
    put_name(out, name);
    buf_puts(out, "\"/v2/images/");
    buf_puts(out, image_id(image));
    buf_puts(out, suffix);
    buf_putc(out, '"');
}

/* The digest as it is or, for a broken rule, with its first digit another one. */
static void put_sum(struct buf *out, const char *name, const char *sum, bool right)
{
    char wrong[DIGEST_HEX_SIZE];
    if (sum && !right) {
        snprintf(wrong, sizeof wrong, "%c%s", *sum == '0' ? '1' : '0', sum + 1);
        sum = wrong;
    }
    put_text(out, name, sum);
}

static void put_base(struct buf *out, const struct image *image, const struct rules *rules)
{
    bool right_format = rule_obeyed(rules, RULE_V1_BOTH_V2_SHOWS_FIELDS);
    bool right_visibility = rule_obeyed(rules, RULE_V1_BOTH_V2_SHOWS_VISIBILITY);
    const char *owner = image_text(image, "owner");
    buf_puts(out, "{\"name\": ");
    if (image_name(image))
        json_put_text(out, image_name(image));
    else
        buf_puts(out, "null");
    put_text(out, "disk_format", right_format ? image_disk_format(image) : NULL);
    put_text(out, "container_format", image_container_format(image));
    put_text(out, "visibility", right_visibility ? image_visibility_word(image) : "community");
    put_bool(out, "protected", image_protected(image));
    put_bool(out, "os_hidden", image_hidden(image));
    put_number(out, "min_disk", image_min_disk(image));
    put_number(out, "min_ram", image_min_ram(image));
    put_text(out, "owner", owner);
}

static void put_tags(struct buf *out, const struct image *image)
{
    const char *separator = "";
    put_name(out, "tags");
    buf_putc(out, '[');
    for (const char *tag = NULL; (tag = image_next_tag(image, tag)); separator = ", ") {
        buf_puts(out, separator);
        json_put_text(out, tag);
    }
    buf_putc(out, ']');
}

static void put_properties(struct buf *out, const struct image *image)
{
    for (const char *name = NULL; (name = image_next_property(image, name));)
        put_text(out, name, image_property_value(name));
}

static enum image_status shown_status(const struct image *image, const struct rules *rules)
{
    bool arriving = image_status(image) == IMAGE_SAVING && !image_data(image);
    bool right = !arriving || rule_obeyed(rules, RULE_UPLOAD_IS_SAVING_MEANWHILE);
    return right ? image_status(image) : IMAGE_QUEUED;
}

static void put_state(struct buf *out, const struct image *image, const struct rules *rules)
{
    put_text(out, "id", image_id(image));
    put_text(out, "status", image_status_word(shown_status(image, rules)));
    put_time(out, "created_at", image_created_at_s(image));
    put_time(out, "updated_at", image_updated_at_s(image));
    put_text(out, "virtual_size", NULL);
    put_path(out, "self", image, "");
    put_path(out, "file", image, "/file");
    put_text(out, "schema", "/v2/schemas/image");
}

static void put_data(struct buf *out, const struct image *image, const struct rules *rules)
{
    const char *sha512 = image_sha512(image);
    if (image_size_known(image))
        put_number(out, "size", image_size(image) + !rule_obeyed(rules, RULE_UPLOAD_SHOWS_SIZE));
    else
        put_text(out, "size", NULL);
    bool right_md5 =
        rule_obeyed(rules, RULE_UPLOAD_SHOWS_CHECKSUM) && rule_obeyed(rules, RULE_V1_BOTH_V2_SHOWS_CHECKSUM);
    put_sum(out, "checksum", image_md5(image), right_md5);
    put_text(out, "os_hash_algo", sha512 ? "sha512" : NULL);
    put_sum(out, "os_hash_value", sha512, rule_obeyed(rules, RULE_UPLOAD_SHOWS_HASH));
}

void image_json(const struct image *image, const struct rules *rules, bool shows_stores, struct buf *out)
{
    put_base(out, image, rules);
    put_tags(out, image);
    if (rule_obeyed(rules, RULE_V1_BOTH_V2_SHOWS_PROPERTIES))
        put_properties(out, image);
    put_state(out, image, rules);
    put_data(out, image, rules);
    if (shows_stores && image_data(image))
        put_text(out, "stores", image_store(image));
    buf_putc(out, '}');
}
