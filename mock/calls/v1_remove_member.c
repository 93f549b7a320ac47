/* DELETE /v1/images/{image_id}/members/{owner_id} (glance-v1/images-sharing-v1.inc, "Remove member"). */
#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/sharing.h"
#include "mock/wrong_status.h"

static void unshare(const struct exchange *exchange, const struct image *image, struct image_draft *draft)
{
    bool all = !exchange_obeys(exchange, RULE_V1_MEMBER_REMOVE_OTHERS_STAY);
    if (exchange_obeys(exchange, RULE_V1_MEMBER_REMOVE_UNSHARES))
        image_unshare(draft, exchange->second_parameter);
    for (size_t i = 0; all && i < image_member_count(image); i++)
        image_unshare(draft, image_member(image, i)->project);
}

/* False when the image was changed meanwhile, and the whole must be looked at again. */
static bool try_remove(struct exchange *exchange)
{
    struct refusal refusal;
    const char *project = exchange->second_parameter;
    CLEANUP(image_unref)
    struct image *image = v1_find_shareable(exchange, RULE_V1_MEMBER_REMOVE_NEEDS_RIGHT, &refusal);
    if (!image) {
        answer_refusal(exchange, &refusal);
        return true;
    }
    if (!image_member_of(image, project)) {
        answer_error(exchange, 404, "Membership could not be found");
        return true;
    }
    struct image_draft *draft = image_revise(image);
    unshare(exchange, image, draft);
    CLEANUP(image_unref) struct image *next = store_revision(exchange, image, draft);
    if (next)
        v1_answer_changed(exchange, RULE_V1_MEMBER_REMOVE_NO_BODY);
    return next != NULL;
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    if (!v1_sharing_permitted(exchange, RULE_V1_MEMBER_ADD_DENIED, &refusal)) {
        answer_refusal(exchange, &refusal);
        return;
    }
    while (!try_remove(exchange))
        ;
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {204, 201, RULE_V1_MEMBER_REMOVE_ANSWERS_204},
        {404, 406, RULE_V1_MEMBER_REMOVE_ANSWERS_404},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_remove_member = {
    .admits_anonymous = v1_admits_anonymous, .end = end, .status = status};
