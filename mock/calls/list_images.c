#include <stdlib.h>
#include <string.h>

#include "base/percent.h"
#include "mock/calls.h"
#include "mock/listing.h"

#define LIST_SIZE_MAX (1024 * BUF_MIB) /* 1000 images, each made of a body of at most 1 MiB */

/* Keeps the images that are asked for in front, gives the others back. */
static size_t keep(struct image **images, size_t count, const struct listing *listing,
                   const struct identity *identity)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (listing_has(listing, images[i], identity))
            images[kept++] = images[i];
        else
            image_unref(images[i]);
    }
    return kept;
}

/* Index of the first image after the marker. False when the marker is not among what can be seen. */
static bool find_start(struct image *const *images, size_t count, const char *marker, size_t *ret_start)
{
    size_t at = 0;
    while (marker && at < count && strcmp(images[at]->id, marker) != 0)
        at++;
    *ret_start = marker ? at + 1 : 0;
    return !marker || at < count;
}

/* The query of this request without a marker, `?` and all. */
static void put_query(struct buf *out, const struct target *target, const char *marker)
{
    const char *separator = "?";
    for (size_t i = 0; i < target->query_count; i++) {
        if (strcmp(target->queries[i].name, "marker") == 0)
            continue;
        buf_puts(out, separator);
        percent_encode(out, target->queries[i].name);
        buf_putc(out, '=');
        percent_encode(out, target->queries[i].value);
        separator = "&";
    }
    if (marker)
        buf_printf(out, "%smarker=%s", separator, marker);
}

static char *render(const struct listing *listing, struct image *const *images, size_t count)
{
    struct buf out;
    buf_init(&out, LIST_SIZE_MAX);
    buf_puts(&out, "{\"images\": [");
    for (size_t i = 0; i < count; i++) {
        buf_puts(&out, i ? ", " : "");
        buf_append(&out, images[i]->json, images[i]->json_length);
    }
    buf_puts(&out, "], \"first\": \"/v2/images");
    put_query(&out, listing->target, NULL);
    if (count && count == listing->limit) {
        buf_puts(&out, "\", \"next\": \"/v2/images");
        put_query(&out, listing->target, images[count - 1]->id);
    }
    buf_puts(&out, "\", \"schema\": \"/v2/schemas/images\"}");
    return buf_take(&out);
}

static void answer_page(struct exchange *exchange, const struct listing *listing, struct image *const *images,
                        size_t count)
{
    size_t start;
    if (!find_start(images, count, listing->marker, &start)) {
        answer_error(exchange, 400, "Marker %.64s could not be found.", listing->marker);
        return;
    }
    size_t left = count - start;
    size_t length = left < listing->limit ? left : (size_t)listing->limit;
    answer_json(exchange, 200, render(listing, images + start, length));
}

static void end(struct exchange *exchange)
{
    struct listing listing;
    struct refusal refusal;
    size_t count;
    if (!listing_parse(&exchange->target, &listing, &refusal)) {
        answer_refusal(exchange, &refusal);
        return;
    }
    struct image **images = store_all(exchange->mock->store, &count);
    count = keep(images, count, &listing, &exchange->identity);
    listing_sort(&listing, images, count);
    answer_page(exchange, &listing, images, count);
    for (size_t i = 0; i < count; i++)
        image_unref(images[i]);
    free(images);
}

const struct call call_list_images = {.end = end};
