/* GET /v2/images: glance-v2/images-images-v2.inc, "List images". */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/percent.h"
#include "mock/call.h"
#include "mock/listing.h"

enum {
    NEXT_MAX_BYTES = 8192
};

static int compare(const void *left, const void *right, void *context)
{
    return listing_compare(context, *(const struct image *const *)left, *(const struct image *const *)right);
}

/* All that are wanted, in their order, newest first where it says nothing else: owned. */
static const struct image **select_images(struct store *store, struct listing *listing, size_t *ret_count)
{
    const struct image **images = mem_alloc((store_count(store) + 1) * sizeof *images);
    size_t count = 0;
    for (const struct image *image = store_newest(store); image; image = image->older)
        if (listing_wants(listing, image))
            images[count++] = image;
    if (listing->sort_count > 0)
        qsort_r(images, count, sizeof *images, compare, listing);
    *ret_count = count;
    return images;
}

/* The index behind the marker; false when there is no such image in the list. */
static bool skip_marker(const struct listing *listing, const struct image *const *images, size_t count,
                        size_t *ret_first)
{
    size_t first = 0;
    while (listing->marker && first < count && strcmp(images[first]->id, listing->marker) != 0)
        first++;
    if (listing->marker && first == count)
        return false;
    *ret_first = first + (listing->marker != NULL);
    return true;
}

static void repeat_argument(void *context, const char *name, const char *value)
{
    struct buf *buf = context;
    if (strcmp(name, "marker") == 0)
        return;
    char *encoded_name = percent_encode(name);
    char *encoded_value = percent_encode(value);
    buf_printf(buf, "%s=%s&", encoded_name, encoded_value);
    free(encoded_name);
    free(encoded_value);
}

static json_t *next_link(const struct exchange *exchange, const struct image *last)
{
    struct buf buf;
    buf_init(&buf, NEXT_MAX_BYTES);
    buf_puts(&buf, "/v2/images?");
    exchange_each_query(exchange, repeat_argument, &buf);
    buf_printf(&buf, "marker=%s", last->id);
    json_t *link = json_string(buf.data);
    buf_fini(&buf);
    return link;
}

static json_t *page(const struct exchange *exchange, const struct listing *listing,
                    const struct image *const *images, size_t count)
{
    json_t *items = json_array();
    size_t shown = count < listing->limit ? count : listing->limit;
    for (size_t i = 0; i < shown; i++)
        json_array_append(items, images[i]->document);
    json_t *list =
        json_pack("{s:o, s:s, s:s}", "images", items, "first", "/v2/images", "schema", "/v2/schemas/images");
    if (shown > 0 && shown == listing->limit)
        json_object_set_new(list, "next", next_link(exchange, images[shown - 1]));
    return list;
}

static void answer(struct exchange *exchange)
{
    struct listing listing;
    struct refusal refusal = {0};
    if (!listing_parse(exchange, &listing, &refusal)) {
        exchange_refuse_as(exchange, &refusal);
        return;
    }
    struct store *store = exchange->mock->store;
    size_t count;
    size_t first;
    store_read(store);
    const struct image **images = select_images(store, &listing, &count);
    if (skip_marker(&listing, images, count, &first))
        exchange_answer_json(exchange, 200, page(exchange, &listing, images + first, count - first));
    else
        exchange_refuse(exchange, 400, "Invalid marker: image %s could not be found.", listing.marker);
    store_unlock(store);
    free(images);
}

const struct call call_list_images = {.answer = answer};
