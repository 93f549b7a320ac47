/* PUT /v1/images/{image_id}/members/{owner_id} (glance-v1/images-sharing-v1.inc, "Add member to image"). */
#include <string.h>

#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/sharing.h"
#include "mock/wrong_status.h"

/* can_share is what the body says, in an object called member as servers want it (truth: "PUT member") or by
 * itself as the document's sample has it; otherwise what it was, which is false for a new member. */
static bool can_share_of(const struct exchange *exchange, const json_t *body,
                         const struct image_member *before)
{
    const json_t *wrapped = json_object_get(json_object_get(body, "member"), "can_share");
    const json_t *alone = json_object_get(body, "can_share");
    enum rule rule = before ? RULE_V1_MEMBER_ADD_CHANGES : RULE_V1_MEMBER_ADD_CAN_SHARE;
    if (wrapped && exchange_obeys(exchange, RULE_V1_MEMBER_ADD_WRAPPED))
        return v1_can_share(wrapped);
    if (alone && exchange_obeys(exchange, rule))
        return v1_can_share(alone);
    if (!before)
        return !alone && !exchange_obeys(exchange, RULE_V1_MEMBER_ADD_CANNOT_SHARE);
    return before->can_share == (alone != NULL || exchange_obeys(exchange, RULE_V1_MEMBER_ADD_KEEPS));
}

static void remove_others(const struct image *image, struct image_draft *draft)
{
    for (size_t i = 0; i < image_member_count(image); i++)
        image_unshare(draft, image_member(image, i)->project);
}

static bool is_permitted(const struct exchange *exchange, const struct image *image,
                         const struct image_member *before, struct refusal *refusal)
{
    size_t count = image_member_count(image) + !before;
    if (strlen(exchange->second_parameter) >= IDENTITY_NAME_SIZE)
        return refuse(refusal, 400, "The name of a member may have at most %d bytes", IDENTITY_NAME_SIZE - 1);
    return v1_members_within(exchange, count, RULE_V1_MEMBER_ADD_QUOTA, refusal);
}

/* False when the image was changed meanwhile, and the whole must be looked at again. */
static bool try_add(struct exchange *exchange, const json_t *body)
{
    struct refusal refusal;
    const char *project = exchange->second_parameter;
    CLEANUP(image_unref)
    struct image *image = v1_find_shareable(exchange, RULE_V1_MEMBER_ADD_NEEDS_RIGHT, &refusal);
    const struct image_member *before = image ? image_member_of(image, project) : NULL;
    if (!image || !is_permitted(exchange, image, before, &refusal)) {
        answer_refusal(exchange, &refusal);
        return true;
    }
    struct image_draft *draft = image_revise(image);
    bool can_share = can_share_of(exchange, body, before);
    if (!exchange_obeys(exchange, RULE_V1_MEMBER_ADD_OTHERS_STAY))
        remove_others(image, draft);
    if (exchange_obeys(exchange, RULE_V1_MEMBER_ADD_SHARES))
        v1_share(draft, project, can_share);
    CLEANUP(image_unref) struct image *next = store_revision(exchange, image, draft);
    if (next)
        v1_answer_changed(exchange, RULE_V1_MEMBER_ADD_NO_BODY);
    return next != NULL;
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    json_t *body = exchange->body.length ? parse_json_body(exchange, &refusal) : json_null();
    if (!body || !v1_sharing_permitted(exchange, RULE_V1_MEMBER_ADD_DENIED, &refusal)) {
        answer_refusal(exchange, &refusal);
        json_decref(body);
        return;
    }
    while (!try_add(exchange, body))
        ;
    json_decref(body);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {204, 201, RULE_V1_MEMBER_ADD_ANSWERS_204},
        {404, 406, RULE_V1_MEMBER_ADD_ANSWERS_404},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_add_member = {
    .admits_anonymous = v1_admits_anonymous, .takes_json = true, .end = end, .status = status};
