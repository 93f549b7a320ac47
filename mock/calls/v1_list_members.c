/* GET /v1/images/{image_id}/members (seeds/002 and a sample of glance-v1/, which call the list by different
 * names; truth, images-v1: "Members"). */
#include <string.h>

#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/sharing.h"
#include "mock/wrong_status.h"

static const char *list_name(const struct exchange *exchange)
{
    bool site = exchange->mock->edition == EDITION_API_SITE;
    enum rule rule = site ? RULE_V1_MEMBERS_MEMBERS : RULE_V1_MEMBERS_MEMBERSHIPS;
    return site == exchange_obeys(exchange, rule) ? "members" : "memberships";
}

/* The owner sees all, a member itself only. */
static bool is_told(const struct exchange *exchange, const struct image *image,
                    const struct image_member *member)
{
    bool all =
        image_owned(image, &exchange->identity) || !exchange_obeys(exchange, RULE_V1_MEMBERS_SEES_ITSELF);
    return all || strcmp(member->project, exchange->identity.project) == 0;
}

static void list(struct exchange *exchange, const struct image *image)
{
    json_t *members = json_array();
    for (size_t i = 0; i < image_member_count(image); i++) {
        const struct image_member *member = image_member(image, i);
        if (is_told(exchange, image, member))
            json_array_append_new(members, json_pack("{s:s, s:b}", "member_id", member->project, "can_share",
                                                     member->can_share));
    }
    json_t *body = json_pack("{s:o}", list_name(exchange), members);
    answer_json(exchange, 200, json_dumps(body, 0));
    json_decref(body);
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    CLEANUP(image_unref) struct image *image = NULL;
    if (v1_sharing_exposed(exchange, &refusal))
        image = v1_find(exchange, &refusal);
    if (image)
        list(exchange, image);
    else
        answer_refusal(exchange, &refusal);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {200, 203, RULE_V1_MEMBERS_ANSWERS_200},
        {404, 406, RULE_V1_MEMBERS_ANSWERS_404},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_list_members = {
    .admits_anonymous = v1_admits_anonymous, .end = end, .status = status};
