/* PUT /v1/images/{image_id}/members (glance-v1/images-sharing-v1.inc, "Replace membership list for an
 * image"). */
#include <string.h>

#include "mock/calls.h"
#include "mock/v1/general.h"
#include "mock/v1/sharing.h"
#include "mock/wrong_status.h"

static bool member_is_good(const json_t *member)
{
    const char *project = json_string_value(json_object_get(member, "member_id"));
    return project && *project && strlen(project) < IDENTITY_NAME_SIZE;
}

static bool is_good(const json_t *memberships)
{
    size_t i;
    json_t *member;
    json_array_foreach (memberships, i, member) {
        if (!member_is_good(member))
            return false;
    }
    return json_is_array(memberships);
}

/* The memberships of the body, owned; NULL with 400 in `refusal`. */
static json_t *parse_memberships(const struct exchange *exchange, struct refusal *refusal)
{
    json_t *body = parse_json_body(exchange, refusal);
    json_t *memberships = json_incref(json_object_get(body, "memberships"));
    json_decref(body);
    if (is_good(memberships))
        return memberships;
    json_decref(memberships);
    if (!exchange_obeys(exchange, RULE_V1_MEMBERS_REPLACE_WELL_FORMED))
        return json_array();
    refuse(refusal, 400,
           "The body must be {\"memberships\": [{\"member_id\": ..., \"can_share\": ...}, ...]}");
    return NULL;
}

/* can_share is what the list says; otherwise what it was, which is false for a new member. */
static bool can_share_of(const struct exchange *exchange, const json_t *member,
                         const struct image_member *before)
{
    const json_t *said = json_object_get(member, "can_share");
    if (said)
        return v1_can_share(said) == exchange_obeys(exchange, RULE_V1_MEMBERS_REPLACE_CAN_SHARE);
    if (before)
        return before->can_share == exchange_obeys(exchange, RULE_V1_MEMBERS_REPLACE_KEEPS);
    return !exchange_obeys(exchange, RULE_V1_MEMBERS_REPLACE_CANNOT_SHARE);
}

static bool is_listed(const json_t *memberships, const char *project)
{
    size_t i;
    json_t *member;
    json_array_foreach (memberships, i, member) {
        if (strcmp(json_string_value(json_object_get(member, "member_id")), project) == 0)
            return true;
    }
    return false;
}

static void replace(const struct exchange *exchange, const struct image *image, const json_t *memberships,
                    struct image_draft *draft)
{
    size_t i;
    json_t *member;
    bool removes = exchange_obeys(exchange, RULE_V1_MEMBERS_REPLACE_REMOVES) &&
                   (json_array_size(memberships) || exchange_obeys(exchange, RULE_V1_MEMBERS_REPLACE_CLEARS));
    for (i = 0; removes && i < image_member_count(image); i++) {
        if (!is_listed(memberships, image_member(image, i)->project))
            image_unshare(draft, image_member(image, i)->project);
    }
    if (!exchange_obeys(exchange, RULE_V1_MEMBERS_REPLACE_ADDS))
        return;
    json_array_foreach (memberships, i, member) {
        const char *project = json_string_value(json_object_get(member, "member_id"));
        v1_share(draft, project, can_share_of(exchange, member, image_member_of(image, project)));
    }
}

/* False when the image was changed meanwhile, and the whole must be looked at again. */
static bool try_replace(struct exchange *exchange, const json_t *memberships)
{
    struct refusal refusal;
    size_t count = json_array_size(memberships);
    CLEANUP(image_unref)
    struct image *image = v1_find_shareable(exchange, RULE_V1_MEMBERS_REPLACE_NEEDS_RIGHT, &refusal);
    if (!image || !v1_members_within(exchange, count, RULE_V1_MEMBERS_REPLACE_QUOTA, &refusal)) {
        answer_refusal(exchange, &refusal);
        return true;
    }
    struct image_draft *draft = image_revise(image);
    replace(exchange, image, memberships, draft);
    CLEANUP(image_unref) struct image *next = store_revision(exchange, image, draft);
    if (next)
        answer_empty(exchange, 204);
    return next != NULL;
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    json_t *memberships = NULL;
    if (v1_sharing_permitted(exchange, RULE_V1_MEMBER_ADD_DENIED, &refusal))
        memberships = parse_memberships(exchange, &refusal);
    if (!memberships)
        answer_refusal(exchange, &refusal);
    while (memberships && !try_replace(exchange, memberships))
        ;
    json_decref(memberships);
}

static int status(const struct exchange *exchange, int answered)
{
    static const struct wrong_status table[] = {
        {204, 201, RULE_V1_MEMBERS_REPLACE_ANSWERS_204},
        {404, 406, RULE_V1_MEMBERS_REPLACE_ANSWERS_404},
    };
    return wrong_status(&exchange->mock->rules, table, sizeof table / sizeof table[0], answered);
}

const struct call call_v1_replace_members = {
    .admits_anonymous = v1_admits_anonymous, .takes_json = true, .end = end, .status = status};
