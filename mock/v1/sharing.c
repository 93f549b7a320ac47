#include "mock/v1/sharing.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/mem.h"
#include "mock/v1/general.h"

bool v1_sharing_exposed(const struct exchange *exchange, struct refusal *refusal)
{
    return !exchange_meets(exchange, CONDITION_SHARING_OFF) ||
           refuse(refusal, 404, "Sharing is not exposed by this service.");
}

bool v1_sharing_permitted(const struct exchange *exchange, enum rule rule, struct refusal *refusal)
{
    if (!v1_sharing_exposed(exchange, refusal))
        return false;
    return !exchange_meets(exchange, CONDITION_MEMBERS_DENIED) || !exchange_obeys(exchange, rule) ||
           refuse(refusal, 403, "You are not authorized to complete modify_member action.");
}

struct image *v1_find_shareable(const struct exchange *exchange, enum rule rule, struct refusal *refusal)
{
    bool everybody = !exchange_obeys(exchange, rule);
    struct image *image =
        everybody ? store_get(exchange->mock->store, exchange->parameter) : v1_find(exchange, refusal);
    const struct image_member *member = image ? image_member_of(image, exchange->identity.project) : NULL;
    bool may =
        image && (everybody || image_owned(image, &exchange->identity) || (member && member->can_share));
    if (may)
        return image;
    image_unref(image);
    v1_refuse_unknown(exchange, refusal);
    return NULL;
}

bool v1_can_share(const json_t *value)
{
    return json_is_true(value) ||
           (json_is_string(value) && strcasecmp(json_string_value(value), "true") == 0);
}

static void make_shared(struct image_draft *draft)
{
    const char *visibility = json_string_value(json_object_get(draft->attributes, "visibility"));
    if (strcmp(visibility, "private") == 0)
        json_object_set_new(draft->attributes, "visibility", json_string("shared"));
}

void v1_share(struct image_draft *draft, const char *project, bool can_share)
{
    int64_t now_s = clock_calendar_s();
    struct image_member member = {.project = project,
                                  .status = MEMBER_PENDING,
                                  .can_share = can_share,
                                  .created_at_s = now_s,
                                  .updated_at_s = now_s};
    for (size_t i = 0; i < draft->member_count; i++) {
        if (strcmp(draft->members[i].project, project) == 0) {
            member.status = draft->members[i].status;
            member.created_at_s = draft->members[i].created_at_s;
        }
    }
    image_share(draft, &member);
    make_shared(draft);
}

bool v1_members_within(const struct exchange *exchange, size_t count, enum rule rule, struct refusal *refusal)
{
    uint64_t quota = exchange_limit(exchange, LIMIT_MEMBER_QUOTA);
    return count <= quota || !exchange_obeys(exchange, rule) ||
           refuse(refusal, 413,
                  "The limit has been exceeded on the number of allowed image members for this image. "
                  "Attempted: %lu, Maximum: %lu",
                  (unsigned long)count, (unsigned long)quota);
}

void v1_answer_changed(struct exchange *exchange, enum rule rule)
{
    if (exchange_obeys(exchange, rule))
        answer_empty(exchange, 204);
    else
        answer_json(exchange, 200, mem_dup("{}"));
}
