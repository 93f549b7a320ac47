/* GET /v2/images/{image_id}/members (glance-v2/images-sharing-v2.inc, "List image members"). */
#include <string.h>

#include "base/clock.h"
#include "mock/calls.h"

static json_t *member_json(const struct image *image, const struct image_member *member)
{
    static const char *const words[] = {
        [MEMBER_PENDING] = "pending", [MEMBER_ACCEPTED] = "accepted", [MEMBER_REJECTED] = "rejected"};
    char created_at[CLOCK_ISO_SIZE];
    char updated_at[CLOCK_ISO_SIZE];
    clock_iso(member->created_at_s, created_at);
    clock_iso(member->updated_at_s, updated_at);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "created_at", created_at, "image_id", image_id(image),
                     "member_id", member->project, "schema", "/v2/schemas/member", "status",
                     words[member->status], "updated_at", updated_at);
}

/* The owner sees all, a member itself only. */
static json_t *members_of(const struct exchange *exchange, const struct image *image)
{
    json_t *members = json_array();
    bool all = image_owned(image, &exchange->identity);
    bool lists = exchange_obeys(exchange, RULE_V1_BOTH_V2_SHOWS_MEMBERS);
    for (size_t i = 0; lists && i < image_member_count(image); i++) {
        const struct image_member *member = image_member(image, i);
        if (all || strcmp(member->project, exchange->identity.project) == 0)
            json_array_append_new(members, member_json(image, member));
    }
    return members;
}

static void end(struct exchange *exchange)
{
    struct refusal refusal;
    CLEANUP(image_unref) struct image *image = find_readable(exchange, &refusal);
    if (!image) {
        answer_refusal(exchange, &refusal);
        return;
    }
    json_t *body =
        json_pack("{s:o, s:s}", "members", members_of(exchange, image), "schema", "/v2/schemas/members");
    answer_json(exchange, 200, json_dumps(body, 0));
    json_decref(body);
}

const struct call call_list_members = {.end = end};
