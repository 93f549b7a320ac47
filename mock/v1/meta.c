#include "mock/v1/meta.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "mock/attributes.h"

#define META_PREFIX     "x-image-meta-"
#define PROPERTY_PREFIX "property-"
#define NAME_SIZE       ((size_t)256)
#define NO_RULE         RULE_COUNT /* of the documents makes the header settable */

typedef bool take_fn(struct v1_meta *meta, unsigned index, const char *value);

static bool take_text(struct v1_meta *meta, unsigned index, const char *value)
{
    meta->texts[index].given = true;
    meta->texts[index].text = *value ? value : NULL;
    return true;
}

/* The size is a number of 63 bits in JSON, the others are columns of 31 bits in Glance. */
static bool take_number(struct v1_meta *meta, unsigned index, const char *value)
{
    uint64_t max = index == V1_SIZE ? INT64_MAX : INT32_MAX;
    uint64_t number;
    if (!number_parse_u64(value, &number) || number > max)
        return false;
    meta->numbers[index].given = true;
    meta->numbers[index].value = number;
    return true;
}

/* Anything but these words is false, as in Glance. */
static bool is_true(const char *value)
{
    static const char *const words[] = {"true", "1", "t", "yes", "y", "on"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(words[i], value) == 0)
            return true;
    }
    return false;
}

static bool take_flag(struct v1_meta *meta, unsigned index, const char *value)
{
    meta->flags[index].given = true;
    meta->flags[index].value = is_true(value);
    return true;
}

/* What the service alone sets: known, and without effect. */
static bool take_nothing(struct v1_meta *meta, unsigned index, const char *value)
{
    (void)meta;
    (void)index;
    (void)value;
    return true;
}

static const struct field {
    const char *name;
    take_fn *take;
    unsigned index;
    enum rule rules[V1_KIND_COUNT]; /* that the header is heeded */
    enum rule good;                 /* that its value is a good one */
} fields[] = {
    {"id", take_text, V1_ID, {RULE_V1_CREATE_ID, NO_RULE}, NO_RULE},
    {"name", take_text, V1_NAME, {RULE_V1_CREATE_NAME, RULE_V1_UPDATE_NAME}, NO_RULE},
    {"disk_format", take_text, V1_DISK_FORMAT, {NO_RULE, RULE_V1_UPDATE_DISK_FORMAT}, NO_RULE},
    {"container_format", take_text, V1_CONTAINER_FORMAT, {NO_RULE, RULE_V1_UPDATE_CONTAINER_FORMAT}, NO_RULE},
    {"checksum", take_text, V1_CHECKSUM, {NO_RULE, NO_RULE}, NO_RULE},
    {"owner", take_text, V1_OWNER, {RULE_V1_CREATE_OWNER, NO_RULE}, NO_RULE},
    {"store", take_text, V1_STORE, {NO_RULE, NO_RULE}, NO_RULE},
    {"status", take_text, V1_STATUS, {NO_RULE, NO_RULE}, NO_RULE},
    {"location", take_text, V1_LOCATION, {RULE_V1_CREATE_FROM_LOCATION, NO_RULE}, NO_RULE},
    {"size", take_number, V1_SIZE, {NO_RULE, NO_RULE}, RULE_V1_CREATE_SIZE_NUMBER},
    {"min_disk",
     take_number,
     V1_MIN_DISK,
     {RULE_V1_CREATE_MIN_DISK, RULE_V1_UPDATE_MIN_DISK},
     RULE_V1_CREATE_MIN_DISK_NUMBER},
    {"min_ram",
     take_number,
     V1_MIN_RAM,
     {RULE_V1_CREATE_MIN_RAM, RULE_V1_UPDATE_MIN_RAM},
     RULE_V1_CREATE_MIN_RAM_NUMBER},
    {"is_public", take_flag, V1_IS_PUBLIC, {RULE_V1_CREATE_IS_PUBLIC, RULE_V1_UPDATE_IS_PUBLIC}, NO_RULE},
    {"protected", take_flag, V1_PROTECTED, {RULE_V1_CREATE_PROTECTED, RULE_V1_UPDATE_PROTECTED}, NO_RULE},
    {"copy_from", take_nothing, 0, {NO_RULE, NO_RULE}, NO_RULE},
    {"created_at", take_nothing, 0, {NO_RULE, NO_RULE}, NO_RULE},
    {"deleted", take_nothing, 0, {NO_RULE, NO_RULE}, NO_RULE},
    {"deleted_at", take_nothing, 0, {NO_RULE, NO_RULE}, NO_RULE},
    {"updated_at", take_nothing, 0, {NO_RULE, NO_RULE}, NO_RULE},
    {"uri", take_nothing, 0, {NO_RULE, NO_RULE}, NO_RULE},
    {"virtual_size", take_nothing, 0, {NO_RULE, NO_RULE}, NO_RULE},
};

static bool heeds(const struct rules *rules, enum rule rule)
{
    return rule == NO_RULE || rule_obeyed(rules, rule);
}

static bool take_field(struct v1_meta *meta, const struct rules *rules, const char *name, const char *value,
                       struct refusal *refusal)
{
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const struct field *field = &fields[i];
        if (strcmp(field->name, name) != 0)
            continue;
        if (!heeds(rules, field->rules[meta->kind]) || field->take(meta, field->index, value) ||
            !heeds(rules, field->good))
            return true;
        return refuse(refusal, 400, "The value of %s is no good: '%.64s'", name, value);
    }
    return refuse(refusal, 400, "Bad header: " META_PREFIX "%.64s", name);
}

/* A property without a value is one that is not there. One that has the name of a field could not be told
 * from it by the Images API v2. */
static bool take_property(struct v1_meta *meta, const struct rules *rules, const char *name,
                          const char *value, struct refusal *refusal)
{
    static const enum rule kinds[] = {RULE_V1_CREATE_PROPERTY, RULE_V1_UPDATE_PROPERTY};
    if (!*name || attribute_is_base(name))
        return refuse(refusal, 400, "'%.64s' cannot be the name of a property", name);
    if (*value && heeds(rules, kinds[meta->kind]))
        json_object_set_new(meta->properties, name, json_string(value));
    return true;
}

/* Names are of lower case, and have _ where a header has -. False when it is too long for any. */
static bool normalise(const char *name, char out[static NAME_SIZE])
{
    size_t length = strlen(name);
    if (length >= NAME_SIZE)
        return false;
    for (size_t i = 0; i <= length; i++) {
        bool upper = name[i] >= 'A' && name[i] <= 'Z';
        out[i] = upper ? (char)(name[i] - 'A' + 'a') : name[i];
        if (out[i] == '-')
            out[i] = '_';
    }
    return true;
}

static bool is_utf8(const char *text)
{
    json_t *string = json_string(text);
    json_decref(string);
    return string != NULL;
}

bool v1_meta_header(struct v1_meta *meta, const struct rules *rules, const char *raw, const char *value,
                    struct refusal *refusal)
{
    char name[NAME_SIZE];
    if (strncasecmp(raw, META_PREFIX, strlen(META_PREFIX)) != 0)
        return true;
    raw += strlen(META_PREFIX);
    bool property = strncasecmp(raw, PROPERTY_PREFIX, strlen(PROPERTY_PREFIX)) == 0;
    raw += property ? strlen(PROPERTY_PREFIX) : 0;
    if (!normalise(raw, name) || !is_utf8(raw) || !is_utf8(value))
        return refuse(refusal, 400, "Bad header: %.64s is too long, or no UTF-8", raw);
    return (property ? take_property : take_field)(meta, rules, name, value, refusal);
}

struct parsing {
    const struct rules *rules;
    struct v1_meta *meta;
    struct refusal *refusal; /* of the first header that is no good */
    bool good;
};

static void visit(void *context, const char *name, const char *value)
{
    struct parsing *parsing = context;
    if (parsing->good)
        parsing->good = v1_meta_header(parsing->meta, parsing->rules, name, value, parsing->refusal);
}

void v1_meta_init(struct v1_meta *meta, enum v1_kind kind)
{
    *meta = (struct v1_meta){.kind = kind, .properties = json_object()};
}

static void look_at_body(struct v1_meta *meta, const struct exchange *exchange)
{
    uint64_t length;
    meta->has_data = !exchange_length(exchange, &length) || length > 0;
}

bool v1_meta_take(const struct exchange *exchange, enum v1_kind kind, struct v1_meta *meta,
                  struct refusal *refusal)
{
    const char *purge = exchange_header(exchange, "x-glance-registry-purge-props");
    struct parsing parsing = {&exchange->mock->rules, meta, refusal, true};
    v1_meta_init(meta, kind);
    exchange_headers(exchange, visit, &parsing);
    look_at_body(meta, exchange);
    meta->copy_from = exchange_header(exchange, "x-glance-api-copy-from");
    if (!exchange_obeys(exchange, RULE_V1_CREATE_COPY_FROM))
        meta->copy_from = NULL;
    bool heeds_purge = purge && exchange_obeys(exchange, RULE_V1_UPDATE_PURGE_PROPS_FALSE);
    bool keeps_beside_data = meta->has_data && exchange_obeys(exchange, RULE_V1_UPDATE_DATA_KEEP_PROPERTIES);
    meta->keeps_properties = (heeds_purge && !is_true(purge)) || keeps_beside_data ||
                             !exchange_obeys(exchange, RULE_V1_UPDATE_PURGES_PROPERTIES);
    return parsing.good;
}

void v1_meta_fini(struct v1_meta *meta)
{
    json_decref(TAKE(meta->properties));
}
