#include "mock/versions.h"

#include <jansson.h>
#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "mock/api.h"

/* v2: those of Glance 25 (truth: "Versions"); v2.15 is the current one where no image cache is on.
 * v1: as the last release line that had it lists them (seeds/002, the example of the versions). */
static const struct {
    enum api api;
    const char *id;
    const char *status;
} versions[] = {
    {API_IMAGES_V2, "v2.15", "CURRENT"},   {API_IMAGES_V2, "v2.13", "SUPPORTED"},
    {API_IMAGES_V2, "v2.12", "SUPPORTED"}, {API_IMAGES_V2, "v2.11", "SUPPORTED"},
    {API_IMAGES_V2, "v2.10", "SUPPORTED"}, {API_IMAGES_V2, "v2.9", "SUPPORTED"},
    {API_IMAGES_V2, "v2.7", "SUPPORTED"},  {API_IMAGES_V2, "v2.6", "SUPPORTED"},
    {API_IMAGES_V2, "v2.5", "SUPPORTED"},  {API_IMAGES_V2, "v2.4", "SUPPORTED"},
    {API_IMAGES_V2, "v2.3", "SUPPORTED"},  {API_IMAGES_V2, "v2.2", "SUPPORTED"},
    {API_IMAGES_V2, "v2.1", "SUPPORTED"},  {API_IMAGES_V2, "v2.0", "SUPPORTED"},
    {API_IMAGES_V1, "v1.1", "SUPPORTED"},  {API_IMAGES_V1, "v1.0", "SUPPORTED"},
};

/* For a broken rule the versions of the Images API v1 are listed otherwise than they are right. */
static bool is_listed(const struct rules *rules, size_t i)
{
    return (strcmp(versions[i].id, "v1.0") != 0 || rule_obeyed(rules, RULE_V1_VERSIONS_LISTS_V1_0)) &&
           (strcmp(versions[i].id, "v1.1") != 0 || rule_obeyed(rules, RULE_V1_VERSIONS_LISTS_V1_1));
}

static json_t *version_json(const struct rules *rules, size_t i, const char *host)
{
    bool right = versions[i].api != API_IMAGES_V1 || rule_obeyed(rules, RULE_V1_VERSIONS_LINKS_V1);
    const char *segment = api_prefix(right ? versions[i].api : API_IMAGES_V2);
    CLEANUP(text) char *url = mem_printf("http://%.255s/%s/", host ? host : "127.0.0.1", segment);
    json_t *link = json_pack("{s:s, s:s*}", "rel", "self", "href", url);
    json_t *version =
        json_pack("{s:s, s:s, s:[o]}", "id", versions[i].id, "status", versions[i].status, "links", link);
    if (!rule_obeyed(rules, RULE_V1_VERSIONS_ITEM_SHAPE))
        json_object_del(version, "status");
    return version;
}

char *versions_json(const struct rules *rules, unsigned apis, const char *host)
{
    json_t *list = json_array();
    const char *named = rule_obeyed(rules, RULE_V1_VERSIONS_LINKS_FOLLOW_HOST) ? host : NULL;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        if (api_served(apis, versions[i].api) && is_listed(rules, i))
            json_array_append_new(list, version_json(rules, i, named));
    }
    json_t *whole = json_pack("{s:o}", "versions", list);
    char *text = json_dumps(whole, 0);
    json_decref(whole);
    return text;
}
