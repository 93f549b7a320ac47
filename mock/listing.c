#include "mock/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BIT(number) (1u << (number))

typedef int compare_fn(const struct image *left, const struct image *right);

struct listing_key {
    const char *name;
    compare_fn *compare;
};

static int compare_numbers(uint64_t left, uint64_t right)
{
    return (left > right) - (left < right);
}

static int compare_texts(const char *left, const char *right)
{
    return strcmp(left ? left : "", right ? right : "");
}

#define COMPARE(field, compare)                                                                              \
    static int by_##field(const struct image *left, const struct image *right)                               \
    {                                                                                                        \
        return compare(image_##field(left), image_##field(right));                                           \
    }

COMPARE(number, compare_numbers)
COMPARE(size, compare_numbers)
COMPARE(min_disk, compare_numbers)
COMPARE(min_ram, compare_numbers)
COMPARE(name, compare_texts)
COMPARE(owner, compare_texts)
COMPARE(container_format, compare_texts)
COMPARE(disk_format, compare_texts)
COMPARE(visibility_word, compare_texts)
COMPARE(id, compare_texts)

static int by_status(const struct image *left, const struct image *right)
{
    return strcmp(image_status_word(image_status(left)), image_status_word(image_status(right)));
}

static int by_update(const struct image *left, const struct image *right)
{
    return compare_numbers((uint64_t)image_updated_at_s(left), (uint64_t)image_updated_at_s(right));
}

static const struct listing_key keys[] = {
    {"created_at", by_number},
    {"name", by_name},
    {"status", by_status},
    {"container_format", by_container_format},
    {"disk_format", by_disk_format},
    {"owner", by_owner},
    {"visibility", by_visibility_word},
    {"size", by_size},
    {"id", by_id},
    {"updated_at", by_update},
    {"min_disk", by_min_disk},
    {"min_ram", by_min_ram},
};

void listing_init(struct listing *listing, const struct identity *identity, uint64_t limit)
{
    unsigned all = BIT(VISIBILITY_COUNT) - 1;
    *listing = (struct listing){
        .identity = identity,
        .own = all,
        .foreign = all & ~BIT(VISIBILITY_COMMUNITY),
        .member_statuses = BIT(MEMBER_ACCEPTED),
        .changed_since_s = INT64_MIN,
        .limit = limit,
    };
}

bool listing_require(struct listing *listing, filter_fn *has, const char *attribute, const char *value)
{
    if (listing->filter_count == TARGET_QUERIES_MAX)
        return false;
    listing->filters[listing->filter_count++] = (struct listing_filter){has, attribute, value};
    return true;
}

static const struct listing_key *key_of(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (strlen(keys[i].name) == length && memcmp(keys[i].name, name, length) == 0)
            return &keys[i];
    }
    return NULL;
}

bool listing_sort_by(struct listing *listing, const char *key, size_t key_length, bool ascending)
{
    const struct listing_key *found = key_of(key, key_length);
    if (!found || listing->sort_count == LISTING_SORTS_MAX)
        return false;
    listing->sorts[listing->sort_count++] = (struct listing_sort){found, ascending};
    return true;
}

/* The orders of the store that hold all images of a list, and as few others as there is one for. */
struct source {
    size_t count;
    struct selection selections[3];
};

static void add_selection(struct source *source, const struct selection *common, const char *owner,
                          const char *member, unsigned visibilities)
{
    struct selection *selection = &source->selections[source->count];
    *selection = *common;
    selection->owner = owner;
    selection->member = member;
    selection->visibilities &= visibilities;
    source->count += selection->visibilities != 0;
}

/* What the filters say about the attributes that the store knows images by. The last one of a kind is as
 * good as any, since the filters are asked all the same. */
static struct selection common_of(const struct listing *listing)
{
    struct selection common = {.status = IMAGE_STATUS_COUNT,
                               .visibilities = listing->own | listing->foreign,
                               .hidden = listing->hidden,
                               .deleted = listing->deleted};
    for (size_t i = 0; i < listing->filter_count; i++) {
        const struct listing_filter *filter = &listing->filters[i];
        bool is_text =
            filter->has == filter_text || (filter->has == filter_text_in && !filter_list(filter->value));
        enum image_visibility visibility;
        if (is_text && strcmp(filter->attribute, "name") == 0)
            common.name = filter->value;
        else if (is_text && strcmp(filter->attribute, "owner") == 0)
            common.owner = filter->value;
        else if (filter->has == filter_status)
            common.visibilities = image_status_parse(filter->value, &common.status) ? common.visibilities : 0;
        else if (filter->has == filter_visibility && image_visibility_parse(filter->value, &visibility))
            common.visibilities &= BIT(visibility);
    }
    return common;
}

static struct source source_of(const struct listing *listing)
{
    struct source source = {0};
    struct selection common = common_of(listing);
    const char *project = listing->identity->project;
    bool own = *project && (!common.owner || strcmp(common.owner, project) == 0);
    unsigned for_members = listing->identity->admin ? 0 : BIT(VISIBILITY_SHARED);
    unsigned for_all = listing->identity->admin ? ~0u : BIT(VISIBILITY_COMMUNITY) | BIT(VISIBILITY_PUBLIC);
    if (own)
        add_selection(&source, &common, project, NULL, listing->own);
    add_selection(&source, &common, common.owner, NULL, listing->foreign & for_all);
    add_selection(&source, &common, NULL, project, listing->foreign & for_members);
    return source;
}

static bool shared_as_asked(const struct listing *listing, const struct image *image)
{
    const struct image_member *member = image_member_of(image, listing->identity->project);
    return image_visibility(image) != VISIBILITY_SHARED || !member ||
           listing->member_statuses & BIT(member->status);
}

static bool offered(const struct listing *listing, const struct image *image)
{
    const char *project = listing->identity->project;
    bool mine = *project && strcmp(image_owner(image), project) == 0;
    unsigned visibilities = mine ? listing->own : listing->foreign;
    return visibilities & BIT(image_visibility(image)) && image_hidden(image) == listing->hidden &&
           (listing->deleted || !image_deleted(image)) &&
           image_updated_at_s(image) >= listing->changed_since_s &&
           (mine || listing->identity->admin || shared_as_asked(listing, image));
}

static bool has(const struct listing *listing, const struct image *image)
{
    if (!offered(listing, image) || !image_readable(image, listing->identity))
        return false;
    for (size_t i = 0; i < listing->filter_count; i++) {
        const struct listing_filter *filter = &listing->filters[i];
        if (!filter->has(filter->attribute, filter->value, image))
            return false;
    }
    return true;
}

static void forget(struct image *const *images, size_t count)
{
    for (size_t i = 0; i < count; i++)
        image_unref(images[i]);
}

struct page {
    struct image **images;
    size_t count;
};

/* Adds the images that are listed, up to `limit` of them, and gives the others back. */
static void keep(const struct listing *listing, struct page *page, struct image **batch, size_t count,
                 uint64_t limit)
{
    for (size_t i = 0; i < count; i++) {
        if (page->count < limit && has(listing, batch[i]))
            *mem_append(&page->images, &page->count) = batch[i];
        else
            image_unref(batch[i]);
    }
}

/* Adds images in the order of their creation, from the one after number `after` on. */
static void fill(const struct listing *listing, struct store *store, uint64_t after, bool ascending,
                 uint64_t limit, struct page *page)
{
    struct image *batch[STORE_SELECT_MAX];
    struct source source = source_of(listing);
    size_t size = limit < STORE_SELECT_MAX ? (size_t)limit : STORE_SELECT_MAX;
    size_t count = 1;
    while (page->count < limit && count > 0) {
        count = store_select(store, source.selections, source.count, after, ascending, batch, size);
        if (count > 0)
            after = image_number(batch[count - 1]);
        keep(listing, page, batch, count, limit);
        size = STORE_SELECT_MAX; /* the filters leave many out */
    }
}

static int compare(const struct listing *listing, const struct image *left, const struct image *right)
{
    for (size_t i = 0; i < listing->sort_count; i++) {
        const struct listing_sort *sort = &listing->sorts[i];
        int order = sort->key->compare(left, right);
        if (order)
            return sort->ascending ? order : -order;
    }
    return by_number(right, left); /* the newest first */
}

static int compare_places(const void *left, const void *right, void *listing)
{
    return compare(listing, *(struct image *const *)left, *(struct image *const *)right);
}

static size_t count_until(const struct listing *listing, const struct page *page, const struct image *marker)
{
    size_t count = 0;
    while (marker && count < page->count && compare(listing, page->images[count], marker) <= 0)
        count++;
    return count;
}

/* Every image that is listed must be looked at to know which of them come first. */
static void fill_sorted(const struct listing *listing, struct store *store, const struct image *marker,
                        struct page *page)
{
    fill(listing, store, UINT64_MAX, false, UINT64_MAX, page);
    if (!page->count)
        return;
    qsort_r(page->images, page->count, sizeof *page->images, compare_places, (void *)(uintptr_t)listing);
    size_t start = count_until(listing, page, marker);
    size_t left = page->count - start;
    size_t length = left < listing->limit ? left : (size_t)listing->limit;
    forget(page->images, start);
    forget(page->images + start + length, left - length);
    memmove(page->images, page->images + start, length * sizeof *page->images);
    page->count = length;
}

static bool find_marker(const struct listing *listing, struct store *store, struct image **ret_marker)
{
    struct image *marker = listing->marker ? store_find(store, listing->marker) : NULL;
    if (marker && image_readable(marker, listing->identity) && (listing->deleted || !image_deleted(marker))) {
        *ret_marker = marker;
        return true;
    }
    image_unref(marker);
    return !listing->marker;
}

bool listing_page(const struct listing *listing, struct store *store, struct image ***ret_images,
                  size_t *ret_count)
{
    CLEANUP(image_unref) struct image *marker = NULL;
    struct page page = {mem_alloc(sizeof(struct image *)), 0}; /* so that no image is an array, too */
    bool by_creation = !listing->sort_count || listing->sorts[0].key->compare == by_number;
    bool ascending = listing->sort_count && listing->sorts[0].ascending;
    if (!find_marker(listing, store, &marker)) {
        free(page.images);
        return false;
    }
    if (by_creation)
        fill(listing, store,
             marker      ? image_number(marker)
             : ascending ? 0
                         : UINT64_MAX,
             ascending, listing->limit, &page);
    else
        fill_sorted(listing, store, marker, &page);
    *ret_images = page.images;
    *ret_count = page.count;
    return true;
}
