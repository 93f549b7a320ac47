#include "mock/v1/written.h"

#include <stdio.h>

#include "base/digest.h"
#include "mock/v1/shown.h"

#define NO_RULE RULE_COUNT

/* What a broken rule shows in the body instead; a NULL word is null. */
static const struct {
    enum v1_kind kind;
    enum rule rule;
    bool with_data;
    bool without_name;
    const char *field;
    const char *word;
} wrongs[] = {
    {V1_CREATE, RULE_V1_CREATE_BODY_OF_DATA, true, false, "status", "queued"},
    {V1_CREATE, RULE_V1_CREATE_BODY_OF_DATA, true, false, "size", NULL},
    {V1_CREATE, RULE_V1_CREATE_BODY_OF_RESERVING, false, true, "disk_format", "raw"},
    {V1_CREATE, RULE_V1_CREATE_BODY_OF_METADATA, false, false, "name", NULL},
    {V1_UPDATE, RULE_V1_UPDATE_BODY_VALUES, false, false, "name", NULL},
};

static void spoil(const struct exchange *exchange, enum v1_kind kind, const struct image *image,
                  json_t *shown)
{
    enum rule whole = kind == V1_CREATE ? RULE_V1_CREATE_BODY_IMAGE : RULE_V1_UPDATE_BODY_IMAGE;
    if (!exchange_obeys(exchange, whole))
        json_object_del(shown, "owner");
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        bool concerned = wrongs[i].kind == kind && (!wrongs[i].with_data || image_data(image)) &&
                         (!wrongs[i].without_name || !image_name(image));
        if (concerned && !exchange_obeys(exchange, wrongs[i].rule))
            json_object_set_new(shown, wrongs[i].field,
                                wrongs[i].word ? json_string(wrongs[i].word) : json_null());
    }
}

static json_t *image_body(const struct exchange *exchange, enum v1_kind kind, const struct image *image)
{
    json_t *shown = v1_whole(exchange, image);
    spoil(exchange, kind, image, shown);
    return json_pack("{s:o}", "image", shown);
}

/* The documents that name the location as all there is in the body, and the rule that it is there. */
static enum rule location_rule(enum edition edition, enum v1_kind kind)
{
    static const enum rule rules[EDITION_COUNT][V1_KIND_COUNT] = {
        [EDITION_IN_TREE] = {NO_RULE, NO_RULE},
        [EDITION_API_SITE] = {RULE_V1_CREATE_BODY_LOCATION_OF_API_SITE, RULE_V1_UPDATE_BODY_LOCATION},
        [EDITION_CREATE_PAGE] = {RULE_V1_CREATE_BODY_LOCATION_OF_CREATE_PAGE, NO_RULE},
    };
    return rules[edition][kind];
}

static json_t *location_body(const struct exchange *exchange, const struct image *image, enum rule rule)
{
    return exchange_obeys(exchange, rule) ? json_pack("{s:o}", "location", v1_uri(exchange, image))
                                          : json_object();
}

static void put_location(struct exchange *exchange, const struct image *image)
{
    json_t *uri = v1_uri(exchange, image);
    const char *text = json_string_value(uri);
    bool right = exchange_obeys(exchange, RULE_V1_CREATE_LOCATION);
    if (text)
        answer_headerf(exchange, "Location", "%s%s", text, right ? "" : "-elsewhere");
    json_decref(uri);
}

void v1_wrong_checksum(const char *checksum, char *out)
{
    snprintf(out, DIGEST_HEX_SIZE, "%c%s", *checksum == '0' ? '1' : '0', checksum + 1);
}

static void put_etag(struct exchange *exchange, const struct image *image)
{
    char wrong[DIGEST_HEX_SIZE];
    const char *checksum = image_data(image) ? image_md5(image) : NULL;
    if (!checksum && !exchange_obeys(exchange, RULE_V1_CREATE_NO_ETAG_WHEN_RESERVING))
        checksum = "0";
    if (!checksum)
        return;
    v1_wrong_checksum(checksum, wrong);
    answer_header_copy(exchange, "Etag", exchange_obeys(exchange, RULE_V1_CREATE_ETAG) ? checksum : wrong);
}

void v1_answer_written(struct exchange *exchange, int status, enum v1_kind kind, const struct image *image)
{
    enum rule rule = location_rule(exchange->mock->edition, kind);
    json_t *body = rule == NO_RULE ? image_body(exchange, kind, image) : location_body(exchange, image, rule);
    answer_json(exchange, status, json_dumps(body, 0));
    json_decref(body);
    put_location(exchange, image);
    put_etag(exchange, image);
}
