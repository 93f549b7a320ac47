#include "mock/v1/list.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/percent.h"
#include "mock/v1/query.h"
#include "mock/v1/shown.h"
#include "mock/wrong_status.h"

#define LINK_SIZE_MAX (256 * BUF_KIB) /* a target comes in a header, which is shorter than that */

static void forget(struct image **images, size_t count)
{
    for (size_t i = 0; i < count; i++)
        image_unref(images[i]);
    free(images);
}

/* The address of a page of this list: the one after `marker` or, without one, the first. */
static json_t *link_to(const struct exchange *exchange, const char *marker)
{
    struct buf out;
    const struct target *target = &exchange->target;
    const char *separator = "?";
    buf_init(&out, LINK_SIZE_MAX);
    buf_puts(&out, "/v1/images/detail");
    for (size_t i = 0; i < target->query_count; i++) {
        if (strcmp(target->queries[i].name, "marker") == 0)
            continue;
        buf_puts(&out, separator);
        percent_encode(&out, target->queries[i].name);
        buf_putc(&out, '=');
        percent_encode(&out, target->queries[i].value);
        separator = "&";
    }
    if (marker)
        buf_printf(&out, "%smarker=%s", separator, marker);
    json_t *link = json_string(out.data);
    buf_fini(&out);
    return link;
}

/* The page before ends with the marker of this one: going back from it, the marker of that page is as many
 * images away as a page has; where there are fewer, that page is the first. */
static json_t *link_to_previous(const struct v1_query *query)
{
    const struct exchange *exchange = query->exchange;
    struct listing back = query->listing;
    struct image **images;
    size_t count;
    for (size_t i = 0; i < back.sort_count; i++)
        back.sorts[i].ascending = !back.sorts[i].ascending;
    if (!listing_page(&back, exchange->mock->store, &images, &count))
        return link_to(exchange, NULL); /* the marker has been deleted since it was looked at */
    bool first = count < back.limit || count == 0;
    json_t *link = link_to(exchange, first ? NULL : image_id(images[count - 1]));
    forget(images, count);
    return link;
}

/* glance-v1/parameters.yaml, next and previous: of the list with details only. */
static void put_links(const struct v1_query *query, json_t *body, struct image *const *images, size_t count,
                      bool more)
{
    const struct exchange *exchange = query->exchange;
    bool has_next = more || (!exchange_obeys(exchange, RULE_V1_DETAIL_NO_NEXT_AFTER_LAST) && count > 0);
    bool has_previous =
        query->listing.marker || !exchange_obeys(exchange, RULE_V1_DETAIL_NO_PREVIOUS_BEFORE_FIRST);
    if (has_next && exchange_obeys(exchange, RULE_V1_DETAIL_NEXT))
        json_object_set_new(body, "next", link_to(exchange, image_id(images[count - 1])));
    if (has_previous && exchange_obeys(exchange, RULE_V1_DETAIL_PREVIOUS))
        json_object_set_new(body, "previous", link_to_previous(query));
}

static char *render(const struct v1_query *query, struct image *const *images, size_t count, bool more)
{
    json_t *items = json_array();
    enum v1_form form = query->detailed ? V1_IN_DETAILS : V1_IN_LIST;
    for (size_t i = 0; i < count; i++)
        json_array_append_new(items, v1_item(query->exchange, images[i], form));
    json_t *body = json_pack("{s:o}", "images", items);
    if (query->detailed)
        put_links(query, body, images, count, more);
    char *text = json_dumps(body, 0);
    json_decref(body);
    return text;
}

static void answer_page(struct exchange *exchange, struct v1_query *query)
{
    struct image **images;
    size_t count;
    struct listing listing = query->listing;
    listing.limit += listing.limit > 0; /* one more shows whether there is a next page */
    bool found = listing_page(&listing, exchange->mock->store, &images, &count);
    if (!found && !V1_LIST_OBEYS(query, MARKER_KNOWN)) {
        listing.marker = query->listing.marker = NULL;
        found = listing_page(&listing, exchange->mock->store, &images, &count);
    }
    if (!found) {
        answer_error(exchange, 400, "Invalid marker %.64s: no image is known by it", listing.marker);
        return;
    }
    bool more = count > query->listing.limit;
    size_t lost = query->listing.marker && count > 0 && !V1_LIST_OBEYS(query, PAGES) ? 1 : 0;
    answer_json(exchange, 200, render(query, images + lost, (more ? count - 1 : count) - lost, more));
    forget(images, count);
}

void v1_answer_list(struct exchange *exchange, bool detailed)
{
    struct v1_query query;
    struct refusal refusal;
    if (exchange_meets(exchange, CONDITION_LIST_DENIED))
        answer_error(exchange, 403, "You are not authorized to complete get_images action.");
    else if (v1_query_parse(exchange, detailed, &query, &refusal))
        answer_page(exchange, &query);
    else
        answer_refusal(exchange, &refusal);
}

int v1_list_status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {200, 203, RULE_V1_LIST_ANSWERS_200},
        {400, 422, RULE_V1_LIST_ANSWERS_400},
        {403, 405, RULE_V1_LIST_ANSWERS_403},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

int v1_detail_status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {200, 203, RULE_V1_DETAIL_ANSWERS_200},
        {400, 422, RULE_V1_DETAIL_ANSWERS_400},
        {403, 405, RULE_V1_DETAIL_ANSWERS_403},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}
