#include <stdlib.h>
#include <string.h>

#include "base/percent.h"
#include "mock/calls.h"
#include "mock/image_json.h"
#include "mock/list_query.h"

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

static char *render(const struct exchange *exchange, uint64_t limit, struct image *const *images,
                    size_t count)
{
    struct buf out;
    buf_init(&out, IMAGE_TEXT_MAX);
    buf_puts(&out, "{\"images\": [");
    for (size_t i = 0; i < count; i++) {
        buf_puts(&out, i ? ", " : "");
        mock_show(exchange->mock, images[i], &out);
    }
    buf_puts(&out, "], \"first\": \"/v2/images");
    put_query(&out, &exchange->target, NULL);
    if (count && count == limit) {
        buf_puts(&out, "\", \"next\": \"/v2/images");
        put_query(&out, &exchange->target, image_id(images[count - 1]));
    }
    buf_puts(&out, "\", \"schema\": \"/v2/schemas/images\"}");
    return buf_take(&out);
}

static void end(struct exchange *exchange)
{
    struct listing listing;
    struct refusal refusal;
    struct image **images;
    size_t count;
    if (!list_query_parse(&exchange->target, &exchange->identity, &listing, &refusal)) {
        answer_refusal(exchange, &refusal);
        return;
    }
    if (!listing_page(&listing, exchange->mock->store, &images, &count)) {
        answer_error(exchange, 400, "Marker %.64s could not be found.", listing.marker);
        return;
    }
    answer_json(exchange, 200, render(exchange, listing.limit, images, count));
    for (size_t i = 0; i < count; i++)
        image_unref(images[i]);
    free(images);
}

const struct call call_list_images = {.end = end};
