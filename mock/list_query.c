#include "mock/list_query.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"

/* Bounds of glance-v2/images-images-v2.inc and of Glance's defaults api_limit_max, limit_param_default. */
#define LIMIT_DEFAULT 25
#define LIMIT_MAX     1000

/* The queries that are no property of the user's own. NULL: no filter, but heeded elsewhere. */
static const struct {
    const char *name;
    filter_fn *has;
} filters[] = {
    {"name", filter_text_in},
    {"status", filter_status},
    {"visibility", filter_visibility},
    {"owner", filter_text},
    {"tag", filter_tag},
    {"disk_format", filter_text_in},
    {"container_format", filter_text_in},
    {"id", filter_id},
    {"protected", filter_protected},
    {"os_hidden", filter_hidden},
    {"min_disk", filter_min_disk},
    {"min_ram", filter_min_ram},
    {"size_min", filter_size_min},
    {"size_max", filter_size_max},
    {"limit", NULL},
    {"marker", NULL},
    {"sort_key", NULL},
    {"sort_dir", NULL},
    {"sort", NULL},
    {"member_status", NULL},
};

static filter_fn *filter_of(const char *name)
{
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        if (strcmp(filters[i].name, name) == 0)
            return filters[i].has;
    }
    return filter_property;
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
    return listing_sort_by(listing, name, length, false) ||
           refuse(refusal, 400, "Invalid sort key: %.*s", (int)(length < 64 ? length : 64), name);
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

static bool parse_sort_directions(const struct target *target, struct listing *listing,
                                  struct refusal *refusal)
{
    size_t directions = 0;
    bool last = false;
    for (size_t i = 0; i < target->query_count; i++) {
        const struct target_query *query = &target->queries[i];
        if (strcmp(query->name, "sort_dir") != 0)
            continue;
        if (!parse_direction(query->value, strlen(query->value), &last) || directions == listing->sort_count)
            return refuse(refusal, 400, "Invalid sort direction: %.64s", query->value);
        listing->sorts[directions++].ascending = last;
    }
    for (size_t i = 1; directions == 1 && i < listing->sort_count; i++)
        listing->sorts[i].ascending = last;
    return true;
}

/* The older form: sort_key and sort_dir, each as often as one likes; one direction is for all. */
static bool parse_sort_keys(const struct target *target, struct listing *listing, struct refusal *refusal)
{
    for (size_t i = 0; i < target->query_count; i++) {
        const struct target_query *query = &target->queries[i];
        if (strcmp(query->name, "sort_key") == 0 &&
            !add_sort(listing, query->value, strlen(query->value), refusal))
            return false;
    }
    if (!listing->sort_count)
        listing_sort_by(listing, "created_at", strlen("created_at"), false);
    return parse_sort_directions(target, listing, refusal);
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

static bool sizes_are_good(const struct target *target, struct refusal *refusal)
{
    static const char *const names[] = {"size_min", "size_max"};
    uint64_t number;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = target_query(target, names[i]);
        if (text && !number_parse_u64(text, &number))
            return refuse(refusal, 400, "%s must be an integer of at least 0, not '%.64s'", names[i], text);
    }
    return true;
}

/* Others' community images are listed only where a visibility is asked for. */
static bool parse_visibility(const struct target *target, struct listing *listing, struct refusal *refusal)
{
    enum image_visibility ignored;
    const char *word = target_query(target, "visibility");
    if (!word)
        return true;
    listing->foreign = listing->own;
    return strcmp(word, "all") == 0 || image_visibility_parse(word, &ignored) ||
           refuse(refusal, 400, "Invalid visibility value: %.64s", word);
}

/* And hidden ones only where they are. */
static void parse_hidden(const struct target *target, struct listing *listing)
{
    const char *word = target_query(target, "os_hidden");
    listing->hidden = word && strcasecmp(word, "true") == 0;
}

static void add_filters(const struct target *target, struct listing *listing)
{
    for (size_t i = 0; i < target->query_count; i++) {
        const struct target_query *query = &target->queries[i];
        filter_fn *has = filter_of(query->name);
        if (has)
            listing_require(listing, has, query->name, query->value);
    }
}

bool list_query_parse(const struct target *target, const struct identity *identity,
                      struct listing *ret_listing, struct refusal *refusal)
{
    struct listing listing;
    const char *sort = target_query(target, "sort");
    listing_init(&listing, identity, LIMIT_DEFAULT);
    listing.marker = target_query(target, "marker");
    parse_hidden(target, &listing);
    add_filters(target, &listing);
    bool good = parse_limit(target, &listing.limit, refusal) && parse_visibility(target, &listing, refusal) &&
                sizes_are_good(target, refusal) &&
                (sort ? parse_sort(&listing, sort, refusal) : parse_sort_keys(target, &listing, refusal));
    if (good)
        *ret_listing = listing;
    return good;
}
