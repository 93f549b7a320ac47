#include "mock/listing.h"

#include <string.h>

#include "base/number.h"
#include "mock/attributes.h"

enum {
    LIMIT_DEFAULT = 25,
    LIMIT_MAX = 1000
};

static const char *const sort_keys[] = {
    "created_at",       "updated_at",  "name",     "status",  "id", "size",
    "container_format", "disk_format", "min_disk", "min_ram", NULL};
static const char *const visibilities[] = {"public", "private", "shared", "community", "all", NULL};
static const char *const member_statuses[] = {"pending", "accepted", "rejected", "all", NULL};
static const char *const booleans[] = {"true", "false", "True", "False", NULL};

/* The word itself, as it stands in `words`. */
static const char *word_of(const char *text, size_t length, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == length && memcmp(*words, text, length) == 0)
            return *words;
    return NULL;
}

/* ---- filters ---- */

static bool is_in_list(const char *list, const char *text)
{
    size_t length = strlen(text);
    for (const char *item = list; item; item = strchr(item, ',') ? strchr(item, ',') + 1 : NULL)
        if (strncmp(item, text, length) == 0 && (item[length] == ',' || item[length] == '\0'))
            return true;
    return false;
}

/* "in:a,b" or the text itself. */
static bool text_matches(const char *wanted, const char *text)
{
    static const char in[] = "in:";
    if (strncmp(wanted, in, strlen(in)) == 0)
        return is_in_list(wanted + strlen(in), text);
    return strcmp(wanted, text) == 0;
}

static bool by_text(const struct listing *listing, const struct image *image,
                    const struct listing_filter *filter)
{
    (void)listing;
    return text_matches(filter->value, image_text(image, filter->name));
}

static bool by_boolean(const struct listing *listing, const struct image *image,
                       const struct listing_filter *filter)
{
    (void)listing;
    bool wanted = filter->value[0] == 't' || filter->value[0] == 'T';
    return json_is_true(json_object_get(image->document, filter->name)) == wanted;
}

static bool by_tag(const struct listing *listing, const struct image *image,
                   const struct listing_filter *filter)
{
    (void)listing;
    size_t index;
    json_t *tag;
    json_array_foreach (json_object_get(image->document, "tags"), index, tag) {
        if (strcmp(json_string_value(tag), filter->value) == 0)
            return true;
    }
    return false;
}

static bool by_size(const struct listing *listing, const struct image *image,
                    const struct listing_filter *filter)
{
    (void)listing;
    uint64_t bound;
    number_parse_u64(filter->value, &bound);
    uint64_t size = (uint64_t)json_integer_value(json_object_get(image->document, "size"));
    return strcmp(filter->name, "size_min") == 0 ? size >= bound : size <= bound;
}

static bool by_visibility(const struct listing *listing, const struct image *image,
                          const struct listing_filter *filter)
{
    (void)listing;
    return strcmp(filter->value, "all") == 0 || strcmp(filter->value, image_text(image, "visibility")) == 0;
}

static bool by_nothing(const struct listing *listing, const struct image *image,
                       const struct listing_filter *filter)
{
    (void)listing;
    (void)image;
    (void)filter;
    return true;
}

static bool is_number(const char *value)
{
    uint64_t number;
    return number_parse_u64(value, &number);
}

static bool is_boolean(const char *value)
{
    return word_of(value, strlen(value), booleans);
}

static bool is_visibility(const char *value)
{
    return word_of(value, strlen(value), visibilities);
}

static bool is_member_status(const char *value)
{
    return word_of(value, strlen(value), member_statuses);
}

/* Filters that are more than "the attribute is that text". */
static const struct {
    const char *name;
    bool (*valid)(const char *value); /* NULL: any */
    bool (*matches)(const struct listing *listing, const struct image *image,
                    const struct listing_filter *filter);
} special_filters[] = {
    {"visibility", is_visibility, by_visibility},
    {"member_status", is_member_status, by_nothing},
    {"protected", is_boolean, by_boolean},
    {"os_hidden", is_boolean, by_boolean},
    {"size_min", is_number, by_size},
    {"size_max", is_number, by_size},
    {"tag", NULL, by_tag},
};

enum {
    SPECIAL_COUNT = sizeof special_filters / sizeof *special_filters
};

static int special_filter(const char *name)
{
    int i = 0;
    while (i < SPECIAL_COUNT && strcmp(special_filters[i].name, name) != 0)
        i++;
    return i;
}

static const struct listing_filter *filter_find(const struct listing *listing, const char *name)
{
    for (size_t i = 0; i < listing->filter_count; i++)
        if (strcmp(listing->filters[i].name, name) == 0)
            return &listing->filters[i];
    return NULL;
}

/* What a list is about when the query does not say: others' community images and hidden ones are not
 * in it. */
static bool wanted_by_default(const struct listing *listing, const struct image *image)
{
    bool foreign_community = strcmp(image_text(image, "visibility"), "community") == 0 &&
                             !image_owned_by(image, listing->identity);
    bool hidden = json_is_true(json_object_get(image->document, "os_hidden"));
    return (!foreign_community || filter_find(listing, "visibility")) &&
           (!hidden || filter_find(listing, "os_hidden"));
}

bool listing_wants(const struct listing *listing, const struct image *image)
{
    if (!image_visible_to(image, listing->identity) || !wanted_by_default(listing, image))
        return false;
    for (size_t i = 0; i < listing->filter_count; i++) {
        const struct listing_filter *filter = &listing->filters[i];
        int special = special_filter(filter->name);
        bool matches = special < SPECIAL_COUNT ? special_filters[special].matches(listing, image, filter)
                                               : by_text(listing, image, filter);
        if (!matches)
            return false;
    }
    return true;
}

/* ---- order ---- */

static int compare_values(const json_t *left, const json_t *right)
{
    if (json_is_integer(left) && json_is_integer(right)) {
        json_int_t a = json_integer_value(left);
        json_int_t b = json_integer_value(right);
        return (a > b) - (a < b);
    }
    if (json_is_string(left) && json_is_string(right))
        return strcmp(json_string_value(left), json_string_value(right));
    return json_is_null(right) - json_is_null(left); /* null comes first */
}

int listing_compare(const struct listing *listing, const struct image *left, const struct image *right)
{
    for (size_t i = 0; i < listing->sort_count; i++) {
        const struct listing_sort *sort = &listing->sorts[i];
        int order = compare_values(json_object_get(left->document, sort->key),
                                   json_object_get(right->document, sort->key));
        if (order != 0)
            return sort->ascending ? order : -order;
    }
    return 0;
}

/* ---- the query ---- */

struct parse {
    struct listing *listing;
    struct refusal *refusal;
};

static bool add_sort(struct parse *parse, const char *key, size_t key_bytes, const char *dir)
{
    struct listing *listing = parse->listing;
    const char *known = word_of(key, key_bytes, sort_keys);
    bool ascending = strncmp(dir, "asc", 3) == 0;
    if (!known)
        return refuse(parse->refusal, 400, "Invalid sort key: %.*s.", (int)key_bytes, key);
    if (!ascending && strncmp(dir, "desc", 4) != 0)
        return refuse(parse->refusal, 400, "Invalid sort direction: %s.", dir);
    if (listing->sort_count == LISTING_SORTS_MAX)
        return refuse(parse->refusal, 400, "Too many sort keys.");
    listing->sorts[listing->sort_count++] = (struct listing_sort){known, ascending};
    return true;
}

static bool take_limit(struct parse *parse, const char *value)
{
    uint64_t limit;
    if (!number_parse_u64(value, &limit))
        return refuse(parse->refusal, 400, "limit param must be an integer");
    parse->listing->limit = limit < LIMIT_MAX ? (size_t)limit : LIMIT_MAX;
    return true;
}

static bool take_marker(struct parse *parse, const char *value)
{
    parse->listing->marker = value;
    return true;
}

static bool take_sort_key(struct parse *parse, const char *value)
{
    return add_sort(parse, value, strlen(value), "desc");
}

static bool take_sort_dir(struct parse *parse, const char *value)
{
    struct listing *listing = parse->listing;
    bool ascending = strcmp(value, "asc") == 0;
    if (!ascending && strcmp(value, "desc") != 0)
        return refuse(parse->refusal, 400, "Invalid sort direction: %s.", value);
    if (listing->sort_count == 0)
        return add_sort(parse, "created_at", strlen("created_at"), value);
    listing->sorts[listing->sort_count - 1].ascending = ascending;
    return true;
}

/* "name:asc,size". */
static bool take_sort(struct parse *parse, const char *value)
{
    while (*value) {
        size_t item = strcspn(value, ",");
        size_t key = strcspn(value, ":,");
        if (!add_sort(parse, value, key, value[key] == ':' ? value + key + 1 : "desc"))
            return false;
        value += item + (value[item] == ',');
    }
    return true;
}

static const struct {
    const char *name;
    bool (*take)(struct parse *parse, const char *value);
} arguments[] = {
    {"limit", take_limit},       {"marker", take_marker}, {"sort_key", take_sort_key},
    {"sort_dir", take_sort_dir}, {"sort", take_sort},
};

static bool take_filter(struct parse *parse, const char *name, const char *value)
{
    struct listing *listing = parse->listing;
    int special = special_filter(name);
    if (special < SPECIAL_COUNT && special_filters[special].valid && !special_filters[special].valid(value))
        return refuse(parse->refusal, 400, "Invalid value '%s' for filter %s.", value, name);
    if (listing->filter_count == LISTING_FILTERS_MAX)
        return refuse(parse->refusal, 400, "Too many filters.");
    listing->filters[listing->filter_count++] = (struct listing_filter){name, value};
    return true;
}

static void take_argument(void *context, const char *name, const char *value)
{
    struct parse *parse = context;
    if (parse->refusal->status)
        return;
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        if (strcmp(arguments[i].name, name) == 0) {
            arguments[i].take(parse, value);
            return;
        }
    }
    take_filter(parse, name, value);
}

bool listing_parse(const struct exchange *exchange, struct listing *ret_listing, struct refusal *refusal)
{
    struct listing listing = {.identity = &exchange->identity, .limit = LIMIT_DEFAULT};
    struct parse parse = {.listing = &listing, .refusal = refusal};
    exchange_each_query(exchange, take_argument, &parse);
    if (refusal->status)
        return false;
    *ret_listing = listing;
    return true;
}
