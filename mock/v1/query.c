#include "mock/v1/query.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "mock/attributes.h"
#include "mock/v1/isotime.h"

/* Glance's defaults of limit_param_default and api_limit_max. */
#define LIMIT_DEFAULT 25
#define LIMIT_MAX     1000

#define BIT(i)            (1u << (i))
#define BOTH(name)        RULE_V1_LIST_##name, RULE_V1_DETAIL_##name
#define NO_RULES          RULE_COUNT, RULE_COUNT
#define PROPERTY          "property-"
#define IS_PROPERTY(name) (strncmp(name, PROPERTY, strlen(PROPERTY)) == 0)

static bool is_number(const char *value)
{
    uint64_t number;
    return number_parse_u64(value, &number);
}

static bool is_flag(const char *value)
{
    return strcasecmp(value, "true") == 0 || strcasecmp(value, "false") == 0;
}

static bool is_flag_or_none(const char *value)
{
    return is_flag(value) || strcasecmp(value, "none") == 0;
}

static bool is_moment(const char *value)
{
    int64_t calendar_s;
    return isotime_parse(value, &calendar_s);
}

static bool is_direction(const char *value)
{
    return strcmp(value, "asc") == 0 || strcmp(value, "desc") == 0;
}

static bool is_any_text(const char *value)
{
    (void)value;
    return true;
}

/* An image without data has the size 0, unlike in the Images API v2. */
static bool has_size_min(const char *attribute, const char *value, const struct image *image)
{
    uint64_t bound;
    (void)attribute;
    return number_parse_u64(value, &bound) && image_size(image) >= bound;
}

static bool has_size_max(const char *attribute, const char *value, const struct image *image)
{
    uint64_t bound;
    (void)attribute;
    return number_parse_u64(value, &bound) && image_size(image) <= bound;
}

static bool is_deleted(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    return image_deleted(image) == (strcasecmp(value, "true") == 0);
}

/* The queries that a list knows. Those without a filter are heeded below. */
static const struct known {
    const char *name;
    bool (*good)(const char *value);
    filter_fn *has;
    enum rule filters[2]; /* that it is heeded */
    enum rule values[2];  /* that a value which is not good is refused */
} known[] = {
    {"changes-since", is_moment, NULL, {BOTH(FILTER_CHANGES_SINCE)}, {NO_RULES}},
    {"container_format", is_any_text, filter_text, {BOTH(FILTER_CONTAINER_FORMAT)}, {NO_RULES}},
    {"deleted", is_flag_or_none, NULL, {NO_RULES}, {NO_RULES}},
    {"disk_format", is_any_text, filter_text, {BOTH(FILTER_DISK_FORMAT)}, {NO_RULES}},
    {"id", is_any_text, filter_id, {NO_RULES}, {NO_RULES}},
    {"is_public", is_flag_or_none, NULL, {NO_RULES}, {NO_RULES}},
    {"limit", is_number, NULL, {BOTH(LIMIT)}, {BOTH(LIMIT_NUMBER)}},
    {"marker", is_any_text, NULL, {BOTH(MARKER)}, {NO_RULES}},
    {"min_disk", is_number, filter_min_disk, {NO_RULES}, {NO_RULES}},
    {"min_ram", is_number, filter_min_ram, {NO_RULES}, {BOTH(MIN_RAM_NUMBER)}},
    {"name", is_any_text, filter_text, {BOTH(FILTER_NAME)}, {NO_RULES}},
    {"protected", is_flag, filter_protected, {NO_RULES}, {NO_RULES}},
    {"size_max", is_number, has_size_max, {BOTH(FILTER_SIZE_MAX)}, {NO_RULES}},
    {"size_min", is_number, has_size_min, {BOTH(FILTER_SIZE_MIN)}, {NO_RULES}},
    {"sort_dir", is_direction, NULL, {NO_RULES}, {BOTH(SORT_DIR_KNOWN)}},
    {"sort_key", is_any_text, NULL, {NO_RULES}, {NO_RULES}},
    {"status", is_any_text, filter_status, {BOTH(FILTER_STATUS)}, {NO_RULES}},
};

static const struct {
    const char *name;
    enum rule rules[2];
} sort_keys[] = {
    {"name", {BOTH(SORT_KEY_NAME)}},
    {"status", {BOTH(SORT_KEY_STATUS)}},
    {"container_format", {BOTH(SORT_KEY_CONTAINER_FORMAT)}},
    {"disk_format", {BOTH(SORT_KEY_DISK_FORMAT)}},
    {"size", {BOTH(SORT_KEY_SIZE)}},
    {"id", {BOTH(SORT_KEY_ID)}},
    {"created_at", {BOTH(SORT_KEY_CREATED_AT)}},
    {"updated_at", {BOTH(SORT_KEY_UPDATED_AT)}},
};

static bool obeys(const struct v1_query *query, const enum rule rules[2])
{
    enum rule rule = rules[query->detailed];
    return rule == RULE_COUNT || exchange_obeys(query->exchange, rule);
}

static const struct known *known_of(const char *name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].name, name) == 0)
            return &known[i];
    }
    return NULL;
}

/* Whether it is the one that counts among those of its name: the last. */
static bool counts(const struct v1_query *query, const struct target_query *asked)
{
    const struct target *target = &query->exchange->target;
    bool last_counts = V1_LIST_OBEYS(query, REPEATED_FILTER);
    const struct target_query *found = NULL;
    for (size_t i = 0; i < target->query_count; i++) {
        if (strcmp(target->queries[i].name, asked->name) == 0 && (last_counts || !found))
            found = &target->queries[i];
    }
    return found == asked;
}

/* The value that counts, good as it is; NULL when the query is not there or not heeded. */
static const char *value_of(const struct v1_query *query, const char *name)
{
    const struct target *target = &query->exchange->target;
    const struct known *wanted = known_of(name);
    for (size_t i = 0; i < target->query_count; i++) {
        const struct target_query *asked = &target->queries[i];
        if (strcmp(asked->name, name) == 0 && counts(query, asked) && wanted->good(asked->value) &&
            obeys(query, wanted->filters))
            return asked->value;
    }
    return NULL;
}

/* ---- What is no good ---- */

static bool is_unknown_value(const char *name, const char *value)
{
    enum image_status ignored;
    if (strcmp(name, "status") == 0)
        return !image_status_parse(value, &ignored);
    return (strcmp(name, "disk_format") == 0 && !disk_format_word(value)) ||
           (strcmp(name, "container_format") == 0 && !container_format_word(value));
}

static bool sort_key_is_good(const struct v1_query *query, const char *key)
{
    for (size_t i = 0; i < sizeof sort_keys / sizeof sort_keys[0]; i++) {
        if (strcmp(sort_keys[i].name, key) == 0)
            return true;
    }
    return !V1_LIST_OBEYS(query, SORT_KEY_KNOWN);
}

static bool query_is_good(const struct v1_query *query, const struct target_query *asked,
                          struct refusal *refusal)
{
    const struct known *wanted = known_of(asked->name);
    if (!wanted)
        return IS_PROPERTY(asked->name) || V1_LIST_OBEYS(query, UNKNOWN_FILTER) ||
               refuse(refusal, 400, "Unknown filter %.64s", asked->name);
    bool good = wanted->good(asked->value) || !obeys(query, wanted->values);
    if (strcmp(asked->name, "sort_key") == 0)
        good = sort_key_is_good(query, asked->value);
    if (is_unknown_value(asked->name, asked->value))
        good = V1_LIST_OBEYS(query, UNKNOWN_VALUE_LISTS_NOTHING);
    return good || refuse(refusal, 400, "Bad value passed to %s: '%.64s'", asked->name, asked->value);
}

/* ---- Which images ---- */

static void add_filters(struct v1_query *query)
{
    const struct target *target = &query->exchange->target;
    bool anded = V1_LIST_OBEYS(query, FILTERS_ARE_ANDED);
    bool heeds_properties = V1_LIST_OBEYS(query, FILTER_PROPERTY);
    for (size_t i = 0; i < target->query_count && (anded || !query->listing.filter_count); i++) {
        const struct target_query *asked = &target->queries[i];
        const struct known *wanted = known_of(asked->name);
        if (!counts(query, asked))
            continue;
        if (IS_PROPERTY(asked->name) && heeds_properties)
            listing_require(&query->listing, filter_property, asked->name + strlen(PROPERTY), asked->value);
        else if (wanted && wanted->has && wanted->good(asked->value) && obeys(query, wanted->filters))
            listing_require(&query->listing, wanted->has, asked->name, asked->value);
    }
}

/* Own, public and shared images; an administrator may ask for all (is_public=none) or all that are not
 * public (is_public=false). */
static void choose_owners(struct v1_query *query)
{
    struct listing *listing = &query->listing;
    const char *is_public = value_of(query, "is_public");
    bool all = query->exchange->identity.admin && is_public && strcasecmp(is_public, "true") != 0;
    query->identity.admin = all || !V1_LIST_OBEYS(query, HIDES_FOREIGN);
    if (query->identity.admin)
        listing->foreign = listing->own;
    if (all && strcasecmp(is_public, "false") == 0)
        listing->own = listing->foreign = listing->own & ~BIT(VISIBILITY_PUBLIC);
    listing->member_statuses = BIT(MEMBER_PENDING) | BIT(MEMBER_ACCEPTED) | BIT(MEMBER_REJECTED);
    if (!V1_LIST_OBEYS(query, OWN))
        listing->own = 0;
    if (!V1_LIST_OBEYS(query, PUBLIC))
        listing->foreign &= ~BIT(VISIBILITY_PUBLIC);
    if (!V1_LIST_OBEYS(query, SHARED))
        listing->foreign &= ~BIT(VISIBILITY_SHARED);
}

static void choose_deleted(struct v1_query *query)
{
    const char *since = value_of(query, "changes-since");
    const char *deleted = value_of(query, "deleted");
    if (since) {
        isotime_parse(since, &query->listing.changed_since_s);
        query->listing.deleted = V1_LIST_OBEYS(query, CHANGES_SINCE_SHOWS_DELETED);
    }
    if (deleted && query->exchange->identity.admin && strcasecmp(deleted, "false") != 0) {
        query->listing.deleted = true;
        if (strcasecmp(deleted, "none") != 0)
            listing_require(&query->listing, is_deleted, "deleted", deleted);
    }
    query->listing.deleted |= !V1_LIST_OBEYS(query, HIDES_DELETED);
}

/* ---- In which order, and which of them ---- */

static void sort(struct v1_query *query)
{
    const char *key = value_of(query, "sort_key");
    const char *direction = value_of(query, "sort_dir");
    bool ascending = direction && strcmp(direction, "asc") == 0;
    for (size_t i = 0; key && i < sizeof sort_keys / sizeof sort_keys[0]; i++) {
        if (strcmp(sort_keys[i].name, key) != 0)
            continue;
        if (obeys(query, sort_keys[i].rules))
            listing_sort_by(&query->listing, key, strlen(key), ascending);
        else
            ascending = false;
    }
    if (!key && !direction)
        ascending = !V1_LIST_OBEYS(query, NEWEST_FIRST);
    listing_sort_by(&query->listing, "created_at", strlen("created_at"), ascending);
}

static void choose_page(struct v1_query *query)
{
    const char *limit = value_of(query, "limit");
    if (limit)
        number_parse_u64(limit, &query->listing.limit);
    else if (!V1_LIST_OBEYS(query, LIMIT_DEFAULT))
        query->listing.limit = LIMIT_MAX;
    if (query->listing.limit > LIMIT_MAX)
        query->listing.limit = LIMIT_MAX;
    query->listing.marker = value_of(query, "marker");
}

bool v1_query_parse(const struct exchange *exchange, bool detailed, struct v1_query *query,
                    struct refusal *refusal)
{
    const struct target *target = &exchange->target;
    *query = (struct v1_query){.exchange = exchange, .detailed = detailed, .identity = exchange->identity};
    listing_init(&query->listing, &query->identity, LIMIT_DEFAULT);
    for (size_t i = 0; i < target->query_count; i++) {
        if (counts(query, &target->queries[i]) && !query_is_good(query, &target->queries[i], refusal))
            return false;
    }
    add_filters(query);
    choose_owners(query);
    choose_deleted(query);
    sort(query);
    choose_page(query);
    return true;
}
