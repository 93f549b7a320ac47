/* GET /v2/images/{image_id}/file: glance-v2/images-data.inc, "Download binary image data"; ranges as in
 * ../shared/truth/images-v2.md, "GET /v2/images/{id}/file". */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/call.h"
#include "mock/images.h"
#include "mock/range.h"
#include "mock/stores.h"

/* What a check sees. */
struct attempt {
    const struct exchange *exchange;
    const struct identity *identity;
    const struct image *image; /* NULL: there is none */
    struct switches switches;
    const char *prefer;
    struct refusal refusal;
};

/* ---- the checks: each fills the refusal and returns true when it refuses ---- */

static bool refuses(struct attempt *attempt, int status, const char *text)
{
    refuse(&attempt->refusal, status, "%s", text);
    return true;
}

static bool without_token(struct attempt *attempt)
{
    return !attempt->exchange->authenticated &&
           refuses(attempt, 401, "This server could not verify that you are authorized.");
}

static bool refuses_unseen(struct attempt *attempt)
{
    bool gone = !attempt->image && !mock_obeys(attempt->exchange->mock, RULE_DOWNLOAD_NO_RECORD_IS_404);
    refuse(&attempt->refusal, gone ? 410 : 404, "No image found with ID %s",
           exchange_param(attempt->exchange, "image_id"));
    return true;
}

static bool without_image(struct attempt *attempt)
{
    return !attempt->image && refuses_unseen(attempt);
}

static bool hidden(struct attempt *attempt)
{
    return attempt->image && !image_visible_to(attempt->image, attempt->identity) && refuses_unseen(attempt);
}

/* No rule of the API: what the mock does when DOWNLOAD_READS_COMMUNITY is broken. */
static bool of_the_community(struct attempt *attempt)
{
    return attempt->image && !mock_obeys(attempt->exchange->mock, RULE_DOWNLOAD_READS_COMMUNITY) &&
           strcmp(image_text(attempt->image, "visibility"), "community") == 0 && !attempt->identity->admin &&
           !image_owned_by(attempt->image, attempt->identity) && refuses_unseen(attempt);
}

static bool denied(struct attempt *attempt)
{
    return attempt->switches.conditions[CONDITION_DOWNLOAD_DENIED] &&
           refuses(attempt, 403, "You are not authorized to complete download_image action.");
}

static bool deactivated(struct attempt *attempt)
{
    bool lets_admin = mock_obeys(attempt->exchange->mock, RULE_DOWNLOAD_DEACTIVATED_FOR_ADMIN);
    bool lets_others = !mock_obeys(attempt->exchange->mock, RULE_DOWNLOAD_DEACTIVATED_REFUSED);
    return attempt->image && image_has_status(attempt->image, "deactivated") &&
           !(attempt->identity->admin ? lets_admin : lets_others) &&
           refuses(attempt, 403,
                   "The requested image has been deactivated. Image data download is forbidden.");
}

static bool prefer_denied(struct attempt *attempt)
{
    return attempt->prefer && attempt->switches.conditions[CONDITION_PREFER_DENIED] &&
           refuses(attempt, 403, "You are not authorized to complete download_from_store action.");
}

static bool prefer_without_choice(struct attempt *attempt)
{
    return attempt->prefer && !stores_are_several_under(attempt->exchange->mock, &attempt->switches) &&
           refuses(attempt, 400, "Store preference needs several stores, and there is one.");
}

static bool prefer_malformed(struct attempt *attempt)
{
    const char *prefer = attempt->prefer;
    if (!prefer)
        return false;
    size_t length = strlen(prefer);
    bool empty_item = length == 0 || prefer[0] == ',' || prefer[length - 1] == ',' || strstr(prefer, ",,");
    return empty_item && refuses(attempt, 400, "The preference is no comma-separated list of stores.");
}

/* Calls `visit` for each store that is named, until it returns true. */
static bool any_preferred(const struct attempt *attempt,
                          bool (*visit)(const struct attempt *attempt, const char *store))
{
    char *list = mem_dup(attempt->prefer);
    char *rest = NULL;
    bool found = false;
    for (char *store = strtok_r(list, ",", &rest); store && !found; store = strtok_r(NULL, ",", &rest))
        found = visit(attempt, store);
    free(list);
    return found;
}

static bool is_unknown(const struct attempt *attempt, const char *store)
{
    return !stores_find(attempt->exchange->mock, store);
}

static bool holds_image(const struct attempt *attempt, const char *store)
{
    return attempt->image && strcmp(image_text(attempt->image, "stores"), store) == 0;
}

static bool prefer_unknown(struct attempt *attempt)
{
    return attempt->prefer && any_preferred(attempt, is_unknown) &&
           refuses(attempt, 400, "A preferred store is not configured on this service.");
}

/* No rule of the API: what the mock does when DOWNLOAD_PREFER_FALLS_BACK is broken. */
static bool prefer_misses(struct attempt *attempt)
{
    return attempt->prefer && !mock_obeys(attempt->exchange->mock, RULE_DOWNLOAD_PREFER_FALLS_BACK) &&
           !any_preferred(attempt, holds_image) && refuses(attempt, 404, "No preferred store has the image.");
}

#define ALWAYS RULE_COUNT

static const struct {
    bool (*refuses)(struct attempt *attempt);
    enum rule rule; /* ALWAYS: cannot be broken alone */
} checks[] = {
    {without_token, RULE_DOWNLOAD_NEEDS_TOKEN},
    {without_image, RULE_DOWNLOAD_NEEDS_IMAGE},
    {hidden, RULE_DOWNLOAD_HIDES_FOREIGN},
    {of_the_community, ALWAYS},
    {denied, ALWAYS},
    {deactivated, ALWAYS},
    {prefer_denied, RULE_DOWNLOAD_PREFER_DENIED},
    {prefer_without_choice, RULE_DOWNLOAD_PREFER_NEEDS_MULTISTORE},
    {prefer_malformed, RULE_DOWNLOAD_PREFER_FORMAT},
    {prefer_unknown, RULE_DOWNLOAD_PREFER_KNOWN},
    {prefer_misses, ALWAYS},
};

static bool passes(struct attempt *attempt)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++)
        if ((checks[i].rule == ALWAYS || mock_obeys(attempt->exchange->mock, checks[i].rule)) &&
            checks[i].refuses(attempt))
            return false;
    return true;
}

/* ---- which part ---- */

enum part_verdict {
    PART_ALL,
    PART_SOME,
    PART_REFUSED
};

/* Reads Range or, where there is none, Content-Range. True when there is one. */
static bool read_range(const struct exchange *exchange, uint64_t size, struct range *range,
                       enum range_verdict *ret_verdict)
{
    const struct mock *mock = exchange->mock;
    const char *header = exchange_header(exchange, "Range");
    const char *content = exchange_header(exchange, "Content-Range");
    if (!mock_obeys(mock, RULE_DOWNLOAD_CONTENT_RANGE_REQUEST))
        content = NULL;
    if (header && content && !mock_obeys(mock, RULE_DOWNLOAD_RANGE_WINS))
        header = NULL;
    if (header)
        *ret_verdict = range_parse(header, size, range);
    else if (content)
        *ret_verdict = range_parse_content_range(content, size, range);
    return header || content;
}

static const struct {
    int status;
    enum rule rule;
    enum part_verdict instead; /* while the rule is broken */
    const char *text;
} range_refusals[] = {
    [RANGE_MALFORMED] = {416, RULE_DOWNLOAD_MALFORMED_RANGE, PART_ALL,
                         "The Range header is not well-formed."},
    [RANGE_SEVERAL] = {400, RULE_DOWNLOAD_SEVERAL_RANGES, PART_SOME,
                       "Requests with multiple ranges are not supported in Glance."},
    [RANGE_UNSATISFIABLE] = {416, RULE_DOWNLOAD_UNSATISFIABLE_IS_416, PART_ALL,
                             "The Range requested is not available."},
};

static enum part_verdict choose_part(const struct exchange *exchange, uint64_t size, struct range *range,
                                     struct refusal *refusal)
{
    enum range_verdict verdict;
    if (!read_range(exchange, size, range, &verdict))
        return PART_ALL;
    if (verdict == RANGE_PART)
        return PART_SOME;
    if (!mock_obeys(exchange->mock, range_refusals[verdict].rule))
        return range_refusals[verdict].instead;
    refuse(refusal, range_refusals[verdict].status, "%s", range_refusals[verdict].text);
    return PART_REFUSED;
}

static const enum rule form_rules[] = {
    [RANGE_FORM_FIRST] = RULE_DOWNLOAD_RANGE_FIRST,       [RANGE_FORM_EXACT] = RULE_DOWNLOAD_RANGE_EXACT,
    [RANGE_FORM_OPEN_END] = RULE_DOWNLOAD_RANGE_OPEN_END, [RANGE_FORM_SUFFIX] = RULE_DOWNLOAD_RANGE_SUFFIX,
    [RANGE_FORM_CLAMPED] = RULE_DOWNLOAD_RANGE_CLAMPED,
};

/* While the rule of its form is broken, a part begins one byte beside where it should. */
static uint64_t first_byte(const struct mock *mock, const struct range *range, uint64_t size)
{
    if (mock_obeys(mock, form_rules[range->form]))
        return range->first;
    if (range->last + 1 < size)
        return range->first + 1;
    return range->first > 0 ? range->first - 1 : 0;
}

/* ---- the answer ---- */

/* What is needed of the image once the lock is given back. */
struct found {
    struct blob *data; /* NULL: none */
    char md5[33];
    bool spoilt;
};

static void add_headers(struct exchange *exchange, const struct found *found, bool partial)
{
    const struct mock *mock = exchange->mock;
    exchange_add_header(exchange, "Content-Type", "%s",
                        mock_obeys(mock, RULE_DOWNLOAD_CONTENT_TYPE) ? "application/octet-stream"
                                                                     : "text/plain");
    if (partial && !mock_obeys(mock, RULE_DOWNLOAD_CONTENT_MD5_OF_PART))
        return;
    const char *wrong = "00000000000000000000000000000000";
    exchange_add_header(exchange, "Content-MD5", "%s",
                        partial || mock_obeys(mock, RULE_DOWNLOAD_CONTENT_MD5) ? found->md5 : wrong);
}

static void answer_all(struct exchange *exchange, const struct found *found)
{
    int status = mock_obeys(exchange->mock, RULE_DOWNLOAD_FULL_IS_200) ? 200 : 206;
    exchange_answer_blob(exchange, status, found->data, 0, blob_size(found->data));
    add_headers(exchange, found, false);
}

static void answer_part(struct exchange *exchange, const struct found *found, const struct range *range)
{
    const struct mock *mock = exchange->mock;
    uint64_t size = blob_size(found->data);
    int status = mock_obeys(mock, RULE_DOWNLOAD_PARTIAL_IS_206) ? 206 : 200;
    exchange_answer_blob(exchange, status, found->data, first_byte(mock, range, size),
                         range->last - range->first + 1);
    add_headers(exchange, found, true);
    if (mock_obeys(mock, RULE_DOWNLOAD_CONTENT_RANGE))
        exchange_add_header(exchange, "Content-Range", "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, range->first,
                            range->last, size);
}

static void answer_data(struct exchange *exchange, const struct found *found)
{
    struct refusal refusal;
    struct range range;
    uint64_t size = blob_size(found->data);
    switch (choose_part(exchange, size, &range, &refusal)) {
    case PART_ALL:
        answer_all(exchange, found);
        break;
    case PART_SOME:
        answer_part(exchange, found, &range);
        break;
    case PART_REFUSED:
        exchange_refuse_as(exchange, &refusal);
        if (refusal.status == 416)
            exchange_add_header(exchange, "Content-Range", "bytes */%" PRIu64, size);
        return;
    }
    exchange->response.spoilt = found->spoilt || !mock_obeys(exchange->mock, RULE_DOWNLOAD_GIVES_DATA);
    exchange->response.length_unannounced = !mock_obeys(exchange->mock, RULE_DOWNLOAD_CONTENT_LENGTH);
}

/* Whether the request passes, and what it is about. */
static bool look(struct attempt *attempt, struct found *found)
{
    struct store *store = attempt->exchange->mock->store;
    store_read(store);
    attempt->image = store_find(store, exchange_param(attempt->exchange, "image_id"));
    attempt->switches = store_switches(store, attempt->image ? image_text(attempt->image, "owner")
                                                             : attempt->identity->project);
    bool passed = passes(attempt);
    const struct image *image = attempt->image;
    bool has_data = image && image->data && !image_has_status(image, "saving");
    if (passed && has_data) {
        found->data = blob_ref(image->data);
        found->spoilt = image->spoilt;
        memcpy(found->md5, image->md5, sizeof found->md5);
    }
    store_unlock(store);
    return passed;
}

static void answer_without_data(struct exchange *exchange, bool image_exists)
{
    if (!image_exists)
        exchange_answer(exchange, 200); /* DOWNLOAD_NEEDS_IMAGE is broken */
    else if (mock_obeys(exchange->mock, RULE_DOWNLOAD_NO_DATA_IS_204))
        exchange_answer(exchange, 204);
    else
        exchange_refuse(exchange, 404, "The image has no data.");
}

static void answer(struct exchange *exchange)
{
    struct identity identity = exchange->identity;
    if (!exchange->authenticated)
        identity_of_anybody(&identity);
    struct attempt attempt = {
        .exchange = exchange, .identity = &identity, .prefer = exchange_query(exchange, "prefer")};
    struct found found = {0};
    if (!look(&attempt, &found))
        exchange_refuse_as(exchange, &attempt.refusal);
    else if (found.data)
        answer_data(exchange, &found);
    else
        answer_without_data(exchange, attempt.image != NULL);
    blob_unref(found.data);
}

const struct call call_download_image_data = {
    .rules = RULE_CALL_DOWNLOAD, .own_checks = true, .answer = answer};
