#include "conformance/diff/case_diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/diff/exchange_diff.h"

/* One of the two. */
struct side {
    const struct result_case *result;
    struct normal_names names;
    char **keys; /* beside the exchanges: what each was for; NULL of one that is not compared */
};

struct pairing {
    const struct spec_case *one;
    struct side left;
    struct side right;
    size_t left_index; /* of the exchange at hand; RESULT_NO_EXCHANGE: it was not made */
    size_t right_index;
    struct diff *diff;
};

/* ---- which exchanges are the same one ---- */

/* A hook is how a deployment is brought into a state: each has its own. */
static bool is_hook(const struct result_exchange *exchange)
{
    return strncmp(exchange->purpose, "enter ", 6) == 0 || strncmp(exchange->purpose, "leave ", 6) == 0;
}

/* "step 2, try 3" is step 2. Owned. */
static char *step_of(const struct result_exchange *exchange)
{
    const char *end = strstr(exchange->purpose, ", try ");
    return end ? mem_dup_n(exchange->purpose, (size_t)(end - exchange->purpose)) : mem_dup(exchange->purpose);
}

static char *request_of(const struct result_exchange *exchange, const struct normal_names *names)
{
    CLEANUP(text) char *url = normal_text(exchange->url, names);
    return mem_printf("%s %s", exchange->method, url);
}

/* A request that was repeated until its answer was as expected counts by its last answer. */
static bool is_repeated(const struct result_case *result, size_t index)
{
    if (index + 1 >= result->exchange_count)
        return false;
    const struct result_exchange *one = &result->exchanges[index];
    const struct result_exchange *next = &result->exchanges[index + 1];
    CLEANUP(text) char *step = step_of(one);
    CLEANUP(text) char *next_step = step_of(next);
    return strcmp(step, next_step) == 0 && strcmp(one->method, next->method) == 0 &&
           strcmp(one->url, next->url) == 0;
}

static void side_init(struct side *side, const struct result_case *result, const char *url)
{
    *side = (struct side){.result = result, .names = {.subject = url, .run = result->run_id}};
    side->keys = mem_alloc((result->exchange_count + 1) * sizeof *side->keys);
    for (size_t i = 0; i < result->exchange_count; i++) {
        const struct result_exchange *exchange = &result->exchanges[i];
        if (is_hook(exchange) || is_repeated(result, i))
            continue;
        CLEANUP(text) char *step = step_of(exchange);
        CLEANUP(text) char *request = request_of(exchange, &side->names);
        side->keys[i] = mem_printf("%s: %s as %s", step, request, exchange->identity);
    }
}

static void side_fini(struct side *side)
{
    for (size_t i = 0; i < side->result->exchange_count; i++)
        free(side->keys[i]);
    free(side->keys);
}

/* ---- who is right ---- */

static const struct result_finding *finding_at(const struct side *side, size_t exchange)
{
    for (size_t i = 0; exchange != RESULT_NO_EXCHANGE && i < side->result->finding_count; i++) {
        if (side->result->findings[i].exchange == exchange)
            return &side->result->findings[i];
    }
    return NULL;
}

static void decide(const struct result_finding *left, const struct result_finding *right,
                   struct diff_difference *difference)
{
    const struct result_finding *finding = left ? left : right;
    difference->clause = finding ? mem_dup(finding->clause) : NULL;
    if (finding && !(left && right))
        difference->obeyed = left ? DIFF_RIGHT : DIFF_LEFT;
}

static const struct result_exchange *exchange_at(const struct side *side, size_t index)
{
    return index == RESULT_NO_EXCHANGE ? NULL : &side->result->exchanges[index];
}

static unsigned common_status(const struct result_exchange *left, const struct result_exchange *right)
{
    return left && right && left->status == right->status ? (unsigned)left->status : 0;
}

static void add(void *context, const char *what, const char *left, const char *right)
{
    struct pairing *pairing = context;
    const struct result_exchange *mine = exchange_at(&pairing->left, pairing->left_index);
    const struct result_exchange *theirs = exchange_at(&pairing->right, pairing->right_index);
    const struct side *side = mine ? &pairing->left : &pairing->right;
    const struct result_exchange *exchange = mine ? mine : theirs;
    struct diff_difference *difference = mem_append(&pairing->diff->items, &pairing->diff->count);
    *difference = (struct diff_difference){.id = mem_dup(pairing->one->id),
                                           .step = step_of(exchange),
                                           .request = request_of(exchange, &side->names),
                                           .what = mem_dup(what),
                                           .status = common_status(mine, theirs),
                                           .left = mem_dup(left),
                                           .right = mem_dup(right)};
    decide(finding_at(&pairing->left, pairing->left_index), finding_at(&pairing->right, pairing->right_index),
           difference);
}

/* ---- one case ---- */

/* What the suite expects of the answer: of "step N" alone. */
static const struct spec_step *step_called(const struct spec_case *one, const char *name)
{
    static const char step[] = "step ";
    uint64_t number;
    bool is_numbered =
        strncmp(name, step, strlen(step)) == 0 && number_parse_u64(name + strlen(step), &number);
    if (!is_numbered || number < 1 || number > one->parts->step_count)
        return NULL;
    return &one->parts->steps[number - 1];
}

/* A case that failed has not sent the rest, and has cut off what it held: that is no difference of its own.
 */
static void tell_missing(struct pairing *pairing)
{
    if (pairing->left.result->verdict == VERDICT_PASS && pairing->right.result->verdict == VERDICT_PASS)
        add(pairing, "exchange", pairing->left_index == RESULT_NO_EXCHANGE ? "not made" : "made",
            pairing->right_index == RESULT_NO_EXCHANGE ? "not made" : "made");
}

static void compare_pair(struct pairing *pairing)
{
    const struct exchange_side left = {&pairing->left.result->exchanges[pairing->left_index],
                                       pairing->left.names};
    const struct exchange_side right = {&pairing->right.result->exchanges[pairing->right_index],
                                        pairing->right.names};
    CLEANUP(text) char *name = step_of(left.exchange);
    exchange_compare(&left, &right, step_called(pairing->one, name), add, pairing);
}

/* The first of that key from `from` on. */
static size_t find_key(const struct side *side, const char *key, size_t from)
{
    for (size_t i = from; i < side->result->exchange_count; i++) {
        if (side->keys[i] && strcmp(side->keys[i], key) == 0)
            return i;
    }
    return RESULT_NO_EXCHANGE;
}

static void compare_exchanges(struct pairing *pairing)
{
    bool *met = mem_alloc((pairing->right.result->exchange_count + 1) * sizeof *met);
    for (size_t i = 0; i < pairing->left.result->exchange_count; i++) {
        const char *key = pairing->left.keys[i];
        size_t other = key ? find_key(&pairing->right, key, 0) : RESULT_NO_EXCHANGE;
        while (other != RESULT_NO_EXCHANGE && met[other])
            other = find_key(&pairing->right, key, other + 1);
        pairing->left_index = i;
        pairing->right_index = other;
        if (other != RESULT_NO_EXCHANGE) {
            met[other] = true;
            compare_pair(pairing);
        } else if (key) {
            tell_missing(pairing);
        }
    }
    pairing->left_index = RESULT_NO_EXCHANGE;
    for (size_t i = 0; i < pairing->right.result->exchange_count; i++) {
        pairing->right_index = i;
        if (pairing->right.keys[i] && !met[i])
            tell_missing(pairing);
    }
    free(met);
}

/* Verdicts that differ are told where no answer that differs tells it. */
static void compare_verdicts(const struct pairing *pairing, size_t first)
{
    const struct result_case *left = pairing->left.result;
    const struct result_case *right = pairing->right.result;
    bool told = left->verdict == right->verdict;
    for (size_t i = first; i < pairing->diff->count; i++)
        told = told || pairing->diff->items[i].clause;
    if (told)
        return;
    struct diff_difference *difference = mem_append(&pairing->diff->items, &pairing->diff->count);
    *difference = (struct diff_difference){.id = mem_dup(pairing->one->id),
                                           .step = mem_dup(""),
                                           .request = mem_dup(""),
                                           .what = mem_dup("verdict"),
                                           .left = mem_dup(verdict_name(left->verdict)),
                                           .right = mem_dup(verdict_name(right->verdict))};
    decide(left->finding_count ? left->findings : NULL, right->finding_count ? right->findings : NULL,
           difference);
}

/* Whether it can be compared. */
static bool is_judged(const struct result_case *result, const char *url, struct diff *diff)
{
    if (result->verdict == VERDICT_PASS || result->verdict == VERDICT_FAIL)
        return true;
    if (result->verdict != VERDICT_NOT_CLAIMED)
        *mem_append(&diff->not_judged, &diff->not_judged_count) =
            mem_printf("%s at %s: %s", result->id, url, result->reason ? result->reason : "not judged");
    return false;
}

void case_compare(const struct spec_case *one, const struct result_case *left, const char *left_url,
                  const struct result_case *right, const char *right_url, struct diff *diff)
{
    if (left->verdict == VERDICT_NOT_CLAIMED || right->verdict == VERDICT_NOT_CLAIMED) {
        diff->unclaimed++;
        return;
    }
    bool left_judged = is_judged(left, left_url, diff);
    bool right_judged = is_judged(right, right_url, diff);
    if (!left_judged || !right_judged)
        return;
    struct pairing pairing = {.one = one, .diff = diff};
    size_t first = diff->count;
    diff->compared++;
    side_init(&pairing.left, left, left_url);
    side_init(&pairing.right, right, right_url);
    compare_exchanges(&pairing);
    compare_verdicts(&pairing, first);
    side_fini(&pairing.left);
    side_fini(&pairing.right);
}

void diff_fini(struct diff *diff)
{
    for (size_t i = 0; i < diff->count; i++) {
        struct diff_difference *difference = &diff->items[i];
        free(difference->id);
        free(difference->step);
        free(difference->request);
        free(difference->what);
        free(difference->left);
        free(difference->right);
        free(difference->clause);
    }
    free(diff->items);
    for (size_t i = 0; i < diff->not_judged_count; i++)
        free(diff->not_judged[i]);
    free(diff->not_judged);
    *diff = (struct diff){0};
}
