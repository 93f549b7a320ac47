#include "mock/listing.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

/* Bounds of glance-v2/images-images-v2.inc and of Glance's defaults api_limit_max, limit_param_default. */
#define LIMIT_DEFAULT 25
#define LIMIT_MAX     1000

typedef int compare_fn(const char *attribute, const struct image *left, const struct image *right);

struct listing_key {
    const char *name;
    compare_fn *compare;
};

static int compare_numbers(uint64_t left, uint64_t right)
{
    return (left > right) - (left < right);
}

static int by_text(const char *attribute, const struct image *left, const struct image *right)
{
    const char *left_text = image_text(left, attribute);
    const char *right_text = image_text(right, attribute);
    return strcmp(left_text ? left_text : "", right_text ? right_text : "");
}

static int by_number(const char *attribute, const struct image *left, const struct image *right)
{
    json_int_t left_number = json_integer_value(json_object_get(left->attributes, attribute));
    json_int_t right_number = json_integer_value(json_object_get(right->attributes, attribute));
    return (left_number > right_number) - (left_number < right_number);
}

static int by_id(const char *attribute, const struct image *left, const struct image *right)
{
    (void)attribute;
    return strcmp(left->id, right->id);
}

static int by_size(const char *attribute, const struct image *left, const struct image *right)
{
    (void)attribute;
    return compare_numbers(left->size, right->size);
}

static int by_status(const char *attribute, const struct image *left, const struct image *right)
{
    (void)attribute;
    return strcmp(image_status_word(left->status), image_status_word(right->status));
}

static int by_creation(const char *attribute, const struct image *left, const struct image *right)
{
    (void)attribute;
    return compare_numbers(left->number, right->number);
}

static int by_update(const char *attribute, const struct image *left, const struct image *right)
{
    (void)attribute;
    return strcmp(left->updated_at, right->updated_at);
}

static const struct listing_key keys[] = {
    {"created_at", by_creation}, /* the first is the default */
    {"name", by_text},           {"status", by_status},  {"container_format", by_text},
    {"disk_format", by_text},    {"owner", by_text},     {"visibility", by_text},
    {"size", by_size},           {"id", by_id},          {"updated_at", by_update},
    {"min_disk", by_number},     {"min_ram", by_number},
};

/* Filters: whether an image is in a list that asks for this value. */
typedef bool filter_fn(const char *attribute, const char *value, const struct image *image);

static bool text_is(const char *attribute, const char *value, const struct image *image)
{
    const char *text = image_text(image, attribute);
    return text && strcmp(text, value) == 0;
}

/* `in:a,b` is any of the list, anything else is itself. */
static bool text_in(const char *attribute, const char *value, const struct image *image)
{
    const char *text = image_text(image, attribute);
    if (strncmp(value, "in:", 3) != 0)
        return text && strcmp(text, value) == 0;
    for (const char *at = value + 3; text; at++) {
        size_t length = strcspn(at, ",");
        if (strlen(text) == length && memcmp(at, text, length) == 0)
            return true;
        at += length;
        if (!*at)
            return false;
    }
    return false;
}

static bool status_is(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    return strcmp(image_status_word(image->status), value) == 0;
}

static bool id_is(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    return strcmp(image->id, value) == 0;
}

static bool flag_is(const char *attribute, const char *value, const struct image *image)
{
    return json_is_true(json_object_get(image->attributes, attribute)) == (strcasecmp(value, "true") == 0);
}

static bool number_is(const char *attribute, const char *value, const struct image *image)
{
    uint64_t number;
    return number_parse_u64(value, &number) &&
           (uint64_t)json_integer_value(json_object_get(image->attributes, attribute)) == number;
}

static bool size_at_least(const char *attribute, const char *value, const struct image *image)
{
    uint64_t bound;
    (void)attribute;
    return number_parse_u64(value, &bound) && image->data && image->size >= bound;
}

static bool size_at_most(const char *attribute, const char *value, const struct image *image)
{
    uint64_t bound;
    (void)attribute;
    return number_parse_u64(value, &bound) && image->data && image->size <= bound;
}

static bool tagged(const char *attribute, const char *value, const struct image *image)
{
    size_t i;
    json_t *tag;
    (void)attribute;
    json_array_foreach (json_object_get(image->attributes, "tags"), i, tag) {
        if (strcmp(json_string_value(tag), value) == 0)
            return true;
    }
    return false;
}

static bool shown_to(const char *attribute, const char *value, const struct image *image)
{
    return strcmp(value, "all") == 0 || text_is(attribute, value, image);
}

/* Asked for and heeded elsewhere, or without meaning while there are no members. */
static bool any(const char *attribute, const char *value, const struct image *image)
{
    (void)attribute;
    (void)value;
    (void)image;
    return true;
}

static const struct {
    const char *name;
    filter_fn *has;
} filters[] = {
    {"name", text_in},
    {"status", status_is},
    {"visibility", shown_to},
    {"owner", text_is},
    {"tag", tagged},
    {"disk_format", text_in},
    {"container_format", text_in},
    {"id", id_is},
    {"protected", flag_is},
    {"os_hidden", flag_is},
    {"min_disk", number_is},
    {"min_ram", number_is},
    {"size_min", size_at_least},
    {"size_max", size_at_most},
    {"limit", any},
    {"marker", any},
    {"sort_key", any},
    {"sort_dir", any},
    {"sort", any},
    {"member_status", any},
};

static filter_fn *filter_of(const char *name)
{
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        if (strcmp(filters[i].name, name) == 0)
            return filters[i].has;
    }
    return text_is; /* a property of the user's own */
}

static const struct listing_key *key_of(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strlen(keys[i].name) == length && memcmp(keys[i].name, name, length) == 0)
            return &keys[i];
    }
    return NULL;
}

static bool parse_direction(const char *word, size_t length, bool *ret_ascending)
{
    bool ascending = length == 3 && memcmp(word, "asc", 3) == 0;
    if (!ascending && !(length == 4 && memcmp(word, "desc", 4) == 0))
        return false;
    *ret_ascending = ascending;
    return true;
}

static bool add_sort(struct listing *listing, const char *name, size_t length, struct refusal *refusal)
{
    const struct listing_key *key = key_of(name, length);
    if (!key || listing->sort_count == LISTING_SORTS_MAX)
        return refuse(refusal, 400, "Invalid sort key: %.*s", (int)(length < 64 ? length : 64), name);
    listing->sorts[listing->sort_count++] = (struct listing_sort){key, false};
    return true;
}

/* `sort=name:asc,size`: each key with its direction, descending where it is not said. */
static bool parse_sort(struct listing *listing, const char *text, struct refusal *refusal)
{
    for (;; text++) {
        size_t length = strcspn(text, ",");
        size_t name_length = strcspn(text, ":,");
        if (!add_sort(listing, text, name_length, refusal))
            return false;
        bool *ascending = &listing->sorts[listing->sort_count - 1].ascending;
        if (name_length < length &&
            !parse_direction(text + name_length + 1, length - name_length - 1, ascending))
            return refuse(refusal, 400, "Invalid sort direction in '%.64s'", text);
        text += length;
        if (!*text)
            return true;
    }
}

/* The older form: sort_key and sort_dir, each as often as one likes; one direction is for all. */
static bool parse_sort_keys(struct listing *listing, struct refusal *refusal)
{
    size_t directions = 0;
    bool last = false;
    for (size_t i = 0; i < listing->target->query_count; i++) {
        const struct target_query *query = &listing->target->queries[i];
        if (strcmp(query->name, "sort_key") == 0 &&
            !add_sort(listing, query->value, strlen(query->value), refusal))
            return false;
    }
    if (!listing->sort_count)
        listing->sorts[listing->sort_count++] = (struct listing_sort){&keys[0], false};
    for (size_t i = 0; i < listing->target->query_count; i++) {
        const struct target_query *query = &listing->target->queries[i];
        if (strcmp(query->name, "sort_dir") != 0)
            continue;
        if (!parse_direction(query->value, strlen(query->value), &last) || directions == listing->sort_count)
            return refuse(refusal, 400, "Invalid sort direction: %.64s", query->value);
        listing->sorts[directions++].ascending = last;
    }
    for (; directions == 1 && listing->sort_count > 1 && directions < listing->sort_count; directions++)
        listing->sorts[directions].ascending = last;
    return true;
}

static bool parse_limit(const struct target *target, uint64_t *ret_limit, struct refusal *refusal)
{
    const char *text = target_query(target, "limit");
    uint64_t limit = LIMIT_DEFAULT;
    if (text && !number_parse_u64(text, &limit))
        return refuse(refusal, 400, "limit param must be an integer of at least 0, not '%.64s'", text);
    *ret_limit = limit < LIMIT_MAX ? limit : LIMIT_MAX;
    return true;
}

static bool check_filters(const struct target *target, struct refusal *refusal)
{
    enum image_visibility ignored;
    uint64_t number;
    const char *visibility = target_query(target, "visibility");
    if (visibility && strcmp(visibility, "all") != 0 && !image_visibility_parse(visibility, &ignored))
        return refuse(refusal, 400, "Invalid visibility value: %.64s", visibility);
    static const char *const sizes[] = {"size_min", "size_max"};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const char *text = target_query(target, sizes[i]);
        if (text && !number_parse_u64(text, &number))
            return refuse(refusal, 400, "%s must be an integer of at least 0, not '%.64s'", sizes[i], text);
    }
    return true;
}

bool listing_parse(const struct target *target, struct listing *ret_listing, struct refusal *refusal)
{
    struct listing listing = {.target = target, .marker = target_query(target, "marker")};
    const char *sort = target_query(target, "sort");
    bool good = parse_limit(target, &listing.limit, refusal) && check_filters(target, refusal) &&
                (sort ? parse_sort(&listing, sort, refusal) : parse_sort_keys(&listing, refusal));
    if (good)
        *ret_listing = listing;
    return good;
}

/* Others' community images, and hidden ones, are listed only where they are asked for. */
static bool offered(const struct listing *listing, const struct image *image, const struct identity *identity)
{
    const char *visibility = target_query(listing->target, "visibility");
    const char *hidden = target_query(listing->target, "os_hidden");
    bool mine = *image->owner && strcmp(image->owner, identity->project) == 0;
    if (image->hidden && !hidden)
        return false;
    return mine || image->visibility != VISIBILITY_COMMUNITY || visibility;
}

bool listing_has(const struct listing *listing, const struct image *image, const struct identity *identity)
{
    if (!image_readable(image, identity) || !offered(listing, image, identity))
        return false;
    for (size_t i = 0; i < listing->target->query_count; i++) {
        const struct target_query *query = &listing->target->queries[i];
        if (!filter_of(query->name)(query->name, query->value, image))
            return false;
    }
    return true;
}

static int compare(const void *left, const void *right, void *context)
{
    const struct listing *listing = context;
    const struct image *left_image = *(struct image *const *)left;
    const struct image *right_image = *(struct image *const *)right;
    for (size_t i = 0; i < listing->sort_count; i++) {
        const struct listing_sort *sort = &listing->sorts[i];
        int order = sort->key->compare(sort->key->name, left_image, right_image);
        if (order)
            return sort->ascending ? order : -order;
    }
    return compare_numbers(right_image->number, left_image->number); /* the newest first */
}

void listing_sort(const struct listing *listing, struct image **images, size_t count)
{
    qsort_r(images, count, sizeof *images, compare, (void *)(uintptr_t)listing);
}
