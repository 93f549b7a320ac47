#include "mock/v1/shown.h"

#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

#define META_PREFIX "X-Image-Meta-"
/* What the server can send at once beside the other headers. */
#define META_SIZE_MAX (32 * BUF_KIB)
#define TIME_SIZE     ((size_t)32)

typedef json_t *value_fn(const struct exchange *exchange, const struct image *image);

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *checksum_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return text_or_null(image_md5(image));
}

static json_t *container_format_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return text_or_null(image_container_format(image));
}

static json_t *disk_format_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return text_or_null(image_disk_format(image));
}

static json_t *id_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return json_string(image_id(image));
}

static json_t *name_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return text_or_null(image_name(image));
}

static json_t *owner_of(const struct exchange *exchange, const struct image *image)
{
    const char *owner = image_owner(image);
    (void)exchange;
    return *owner ? json_string(owner) : json_null();
}

static json_t *status_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return json_string(image_status_word(image_status(image)));
}

static json_t *is_public_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return json_boolean(image_visibility(image) == VISIBILITY_PUBLIC);
}

static json_t *protected_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return json_boolean(image_protected(image));
}

static json_t *deleted_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return json_boolean(image_deleted(image));
}

static json_t *min_disk_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return json_integer(image_min_disk(image));
}

static json_t *min_ram_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return json_integer(image_min_ram(image));
}

static json_t *size_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return json_integer((json_int_t)image_size(image));
}

static json_t *size_text_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return json_sprintf("%lu", (unsigned long)image_size(image));
}

/* Nothing looks into the data to find it. */
static json_t *virtual_size_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    (void)image;
    return json_null();
}

json_t *v1_uri(const struct exchange *exchange, const struct image *image)
{
    const char *host = exchange_header(exchange, "Host");
    json_t *uri = json_sprintf("http://%.255s/v1/images/%s", host ? host : "127.0.0.1", image_id(image));
    return uri ? uri : json_null(); /* a host that is no UTF-8 */
}

static json_t *properties_of(const struct exchange *exchange, const struct image *image)
{
    json_t *properties = json_object();
    (void)exchange;
    for (const char *name = NULL; (name = image_next_property(image, name));)
        json_object_set_new(properties, name, json_string(image_property_value(name)));
    return properties;
}

/* "2016-05-10T21:41:41.000000", as in the samples. */
static json_t *time_of(int64_t calendar_s)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(calendar_s, iso);
    return json_sprintf("%.19s.000000", iso);
}

/* "2016-05-10 21:41:41", as seeds/002 has it. */
static json_t *blank_time_of(int64_t calendar_s)
{
    char iso[CLOCK_ISO_SIZE];
    clock_iso(calendar_s, iso);
    return json_sprintf("%.10s %.8s", iso, iso + 11);
}

static json_t *created_at_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return time_of(image_created_at_s(image));
}

static json_t *updated_at_of(const struct exchange *exchange, const struct image *image)
{
    (void)exchange;
    return time_of(image_updated_at_s(image));
}

static json_t *deleted_at_of(const struct exchange *exchange, const struct image *image)
{
    int64_t calendar_s = image_deleted_at_s(image);
    (void)exchange;
    return calendar_s ? time_of(calendar_s) : json_null();
}

/* The forms of the api-site; each falls back to that of the other documents where its rule is broken. */
static json_t *created_at_blank_of(const struct exchange *exchange, const struct image *image)
{
    bool obeyed = exchange_obeys(exchange, RULE_V1_DETAIL_ITEM_CREATED_AT_BLANK);
    return (obeyed ? blank_time_of : time_of)(image_created_at_s(image));
}

static json_t *updated_at_blank_of(const struct exchange *exchange, const struct image *image)
{
    bool obeyed = exchange_obeys(exchange, RULE_V1_DETAIL_ITEM_UPDATED_AT_BLANK);
    return (obeyed ? blank_time_of : time_of)(image_updated_at_s(image));
}

static json_t *deleted_at_text_of(const struct exchange *exchange, const struct image *image)
{
    int64_t calendar_s = image_deleted_at_s(image);
    if (calendar_s || !exchange_obeys(exchange, RULE_V1_DETAIL_ITEM_DELETED_AT_TEXT))
        return calendar_s ? blank_time_of(calendar_s) : json_null();
    return json_string("");
}

/* ---- Which fields are shown where ---- */

#define BIT(i) (1U << (i))
#define LISTS  (BIT(V1_IN_LIST) | BIT(V1_IN_DETAILS))
#define HEADS  (BIT(V1_IN_GET) | BIT(V1_IN_HEAD))
#define WHOLE  (BIT(V1_IN_DETAILS) | HEADS)
#define ALL    (LISTS | HEADS)
#define SITE   BIT(EDITION_API_SITE)
#define TREE   (BIT(EDITION_IN_TREE) | BIT(EDITION_CREATE_PAGE))

/* A field without a rule in some form is not left out there, whatever is broken. */
#define NO_RULE            RULE_COUNT
#define ITEM_RULES(name)   RULE_V1_LIST_ITEM_##name, RULE_V1_DETAIL_ITEM_##name
#define DETAIL_RULE(name)  NO_RULE, RULE_V1_DETAIL_ITEM_##name
#define HEADER_RULES(name) RULE_V1_SHOW_HEADER_##name, RULE_V1_HEAD_HEADER_##name
#define NO_RULES           NO_RULE, NO_RULE

struct field {
    const char *name;
    value_fn *value;
    unsigned editions; /* of items; headers are those of the in-tree edition in all of them */
    unsigned forms;
    enum rule rules[V1_FORM_COUNT]; /* that it is shown */
};

static const struct field fields[] = {
    {"checksum", checksum_of, TREE, ALL, {ITEM_RULES(CHECKSUM), HEADER_RULES(CHECKSUM)}},
    {"checksum", checksum_of, SITE, BIT(V1_IN_DETAILS), {DETAIL_RULE(CHECKSUM), NO_RULES}},
    {"container_format",
     container_format_of,
     TREE | SITE,
     ALL,
     {ITEM_RULES(CONTAINER_FORMAT), HEADER_RULES(CONTAINER_FORMAT)}},
    {"created_at", created_at_of, TREE, WHOLE, {DETAIL_RULE(CREATED_AT), HEADER_RULES(CREATED_AT)}},
    {"created_at", created_at_blank_of, SITE, BIT(V1_IN_DETAILS), {NO_RULES, NO_RULES}},
    {"deleted", deleted_of, TREE, WHOLE, {DETAIL_RULE(DELETED), HEADER_RULES(DELETED)}},
    {"deleted_at", deleted_at_of, TREE, WHOLE, {DETAIL_RULE(DELETED_AT), NO_RULES}},
    {"deleted_at", deleted_at_text_of, SITE, BIT(V1_IN_DETAILS), {NO_RULES, NO_RULES}},
    {"disk_format", disk_format_of, TREE | SITE, ALL, {ITEM_RULES(DISK_FORMAT), HEADER_RULES(DISK_FORMAT)}},
    {"id", id_of, TREE, ALL, {ITEM_RULES(ID), HEADER_RULES(ID)}},
    {"is_public", is_public_of, TREE | SITE, WHOLE, {DETAIL_RULE(IS_PUBLIC), HEADER_RULES(IS_PUBLIC)}},
    {"min_disk", min_disk_of, TREE | SITE, WHOLE, {DETAIL_RULE(MIN_DISK), HEADER_RULES(MIN_DISK)}},
    {"min_ram", min_ram_of, TREE | SITE, WHOLE, {DETAIL_RULE(MIN_RAM), HEADER_RULES(MIN_RAM)}},
    {"name", name_of, TREE | SITE, ALL, {ITEM_RULES(NAME), HEADER_RULES(NAME)}},
    {"owner", owner_of, TREE | SITE, WHOLE, {DETAIL_RULE(OWNER), HEADER_RULES(OWNER)}},
    {"properties", properties_of, TREE | SITE, BIT(V1_IN_DETAILS), {DETAIL_RULE(PROPERTIES), NO_RULES}},
    {"protected", protected_of, TREE, WHOLE, {DETAIL_RULE(PROTECTED), HEADER_RULES(PROTECTED)}},
    {"size", size_of, TREE, ALL, {ITEM_RULES(SIZE), HEADER_RULES(SIZE)}},
    {"size", size_text_of, SITE, LISTS, {ITEM_RULES(SIZE_TEXT), NO_RULES}},
    {"status", status_of, TREE | SITE, WHOLE, {DETAIL_RULE(STATUS), HEADER_RULES(STATUS)}},
    {"updated_at", updated_at_of, TREE, WHOLE, {DETAIL_RULE(UPDATED_AT), HEADER_RULES(UPDATED_AT)}},
    {"updated_at", updated_at_blank_of, SITE, BIT(V1_IN_DETAILS), {NO_RULES, NO_RULES}},
    {"uri", v1_uri, SITE, LISTS, {ITEM_RULES(URI), NO_RULES}},
    {"virtual_size", virtual_size_of, TREE, WHOLE, {DETAIL_RULE(VIRTUAL_SIZE), NO_RULES}},
};

#define FIELD_COUNT (sizeof fields / sizeof fields[0])

static bool is_shown(const struct exchange *exchange, const struct field *field, enum edition edition,
                     enum v1_form form)
{
    enum rule rule = field->rules[form];
    return field->forms & BIT(form) && field->editions & BIT(edition) &&
           (rule == NO_RULE || exchange_obeys(exchange, rule));
}

json_t *v1_item(const struct exchange *exchange, const struct image *image, enum v1_form list)
{
    json_t *item = json_object();
    bool sparse = list == V1_IN_LIST && exchange_obeys(exchange, RULE_V1_LIST_SPARSE);
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (is_shown(exchange, &fields[i], exchange->mock->edition, list) ||
            (list == V1_IN_LIST && !sparse && is_shown(exchange, &fields[i], EDITION_IN_TREE, V1_IN_DETAILS)))
            json_object_set_new(item, fields[i].name, fields[i].value(exchange, image));
    }
    return item;
}

json_t *v1_whole(const struct exchange *exchange, const struct image *image)
{
    json_t *shown = json_object();
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (fields[i].forms & BIT(V1_IN_DETAILS) && fields[i].editions & BIT(EDITION_IN_TREE))
            json_object_set_new(shown, fields[i].name, fields[i].value(exchange, image));
    }
    return shown;
}

/* ---- Headers ---- */

/* What a header can carry of the name or the value of a property (RFC 9110, 5.5 and 5.6.2); the Images API v2
 * takes any. */
static bool is_token(const char *text)
{
    return *text && !text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                       "!#$%&'*+-.^_`|~")];
}

static bool is_field_value(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            return false;
    }
    return true;
}

static void put_header(struct exchange *exchange, const char *name, const json_t *value)
{
    CLEANUP(text) char *header = mem_printf(META_PREFIX "%s", name);
    if (json_is_string(value) && is_field_value(json_string_value(value)))
        answer_header_copy(exchange, header, json_string_value(value));
    else if (json_is_boolean(value))
        answer_header_copy(exchange, header, json_is_true(value) ? "true" : "false");
    else if (json_is_integer(value)) {
        CLEANUP(text) char *number = mem_printf("%lld", (long long)json_integer_value(value));
        answer_header_copy(exchange, header, number);
    }
}

static void put_property(struct exchange *exchange, const char *name, const char *value)
{
    CLEANUP(text) char *header = mem_printf(META_PREFIX "Property-%s", name);
    answer_header_copy(exchange, header, value);
}

static size_t meta_size(const struct image *image)
{
    const char *name = image_name(image);
    size_t size = name ? strlen(name) : 0;
    for (const char *property = NULL; (property = image_next_property(image, property));)
        size += sizeof META_PREFIX + strlen(property) + strlen(image_property_value(property));
    return size;
}

bool v1_answer_meta(struct exchange *exchange, const struct image *image, enum v1_form call)
{
    enum rule rule = call == V1_IN_GET ? RULE_V1_SHOW_HEADER_PROPERTY : RULE_V1_HEAD_HEADER_PROPERTY;
    if (meta_size(image) > META_SIZE_MAX)
        return false;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (!is_shown(exchange, &fields[i], EDITION_IN_TREE, call))
            continue;
        json_t *value = fields[i].value(exchange, image);
        put_header(exchange, fields[i].name, value);
        json_decref(value);
    }
    for (const char *name = NULL; (name = image_next_property(image, name));) {
        if (is_token(name) && is_field_value(image_property_value(name)) && exchange_obeys(exchange, rule))
            put_property(exchange, name, image_property_value(name));
    }
    return true;
}
