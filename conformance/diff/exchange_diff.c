#include "conformance/diff/exchange_diff.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/diff/body_shape.h"
#include "conformance/match/match.h"
#include "conformance/match/pointer.h"

struct comparison {
    const struct exchange_side *left;
    const struct exchange_side *right;
    const struct spec_step *step;
    json_t *left_json; /* NULL: no JSON */
    json_t *right_json;
    exchange_differ *differ;
    void *context;
};

static void tell(const struct comparison *comparison, const char *what, const char *left, const char *right)
{
    if (strcmp(left, right) != 0)
        comparison->differ(comparison->context, what, left, right);
}

/* Calls `look` for each place of that kind that an expectation of the step is about. */
static void each_place(struct comparison *comparison, enum match_place kind,
                       void (*look)(void *context, const char *place))
{
    const struct spec_step *step = comparison->step;
    for (size_t i = 0; step && i < step->expect_count; i++) {
        const struct spec_expect *expect = &step->expects[i];
        if (expect->matcher->places && expect->matcher->place == kind)
            expect->matcher->places(expect->data, look, comparison);
    }
}

/* ---- headers ---- */

static const char *header_of(const struct exchange_side *side, const char *name)
{
    const struct result_message *message = &side->exchange->response;
    for (size_t i = 0; i < message->header_count; i++) {
        if (strcasecmp(message->headers[i].name, name) == 0)
            return message->headers[i].value;
    }
    return NULL;
}

static void compare_presence(const struct comparison *comparison, const struct exchange_side *having,
                             const struct exchange_side *lacking)
{
    const struct result_message *message = &having->exchange->response;
    for (size_t i = 0; i < message->header_count; i++) {
        if (header_of(lacking, message->headers[i].name))
            continue;
        CLEANUP(text) char *what = mem_printf("header %s", message->headers[i].name);
        tell(comparison, what, having == comparison->left ? "present" : "absent",
             having == comparison->left ? "absent" : "present");
    }
}

static void look_at_header(void *context, const char *name)
{
    const struct comparison *comparison = context;
    const char *left = header_of(comparison->left, name);
    const char *right = header_of(comparison->right, name);
    if (!left || !right)
        return;
    CLEANUP(text) char *what = mem_printf("header %s", name);
    CLEANUP(text) char *here = normal_text(left, &comparison->left->names);
    CLEANUP(text) char *there = normal_text(right, &comparison->right->names);
    tell(comparison, what, here, there);
}

/* ---- bodies ---- */

static void tell_shape(void *context, const char *pointer, const char *left, const char *right)
{
    CLEANUP(text) char *what = mem_printf("body %s", *pointer ? pointer : "/");
    tell(context, what, left, right);
}

static char *value_text(json_t *value, const struct normal_names *names)
{
    CLEANUP(text) char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    return text ? normal_text(text, names) : mem_dup("");
}

/* What is of another type is a difference of shape. */
static bool are_comparable(const json_t *left, const json_t *right)
{
    if (json_is_boolean(left) && json_is_boolean(right))
        return true;
    bool is_scalar = !json_is_object(left) && !json_is_array(left);
    return is_scalar && left && right && json_typeof(left) == json_typeof(right);
}

static void look_at_value(void *context, const char *pointer)
{
    const struct comparison *comparison = context;
    json_t *left = pointer_get(comparison->left_json, pointer);
    json_t *right = pointer_get(comparison->right_json, pointer);
    if (!are_comparable(left, right))
        return;
    CLEANUP(text) char *what = mem_printf("value %s", pointer);
    CLEANUP(text) char *here = value_text(left, &comparison->left->names);
    CLEANUP(text) char *there = value_text(right, &comparison->right->names);
    tell(comparison, what, here, there);
}

static void compare_bodies(struct comparison *comparison)
{
    const struct result_body *left = &comparison->left->exchange->response.body;
    const struct result_body *right = &comparison->right->exchange->response.body;
    const char *here = body_kind(left, &comparison->left_json);
    const char *there = body_kind(right, &comparison->right_json);
    tell(comparison, "body", here, there);
    if (comparison->left_json && comparison->right_json) {
        body_shape_compare(comparison->left_json, comparison->right_json, tell_shape, comparison);
        each_place(comparison, MATCH_PLACE_POINTER, look_at_value);
    }
    json_decref(comparison->left_json);
    json_decref(comparison->right_json);
}

void exchange_compare(const struct exchange_side *left, const struct exchange_side *right,
                      const struct spec_step *step, exchange_differ *differ, void *context)
{
    struct comparison comparison = {
        .left = left, .right = right, .step = step, .differ = differ, .context = context};
    CLEANUP(text) char *here = mem_printf("%d", left->exchange->status);
    CLEANUP(text) char *there = mem_printf("%d", right->exchange->status);
    tell(&comparison, "outcome", left->exchange->outcome, right->exchange->outcome);
    if (left->exchange->status == 0 || right->exchange->status == 0)
        return; /* there is nothing to compare */
    tell(&comparison, "status", here, there);
    compare_presence(&comparison, left, right);
    compare_presence(&comparison, right, left);
    each_place(&comparison, MATCH_PLACE_HEADER, look_at_header);
    compare_bodies(&comparison);
}
