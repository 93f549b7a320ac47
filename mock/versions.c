#include "mock/versions.h"

#include <jansson.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "base/mem.h"

/* Those of Glance 25 (truth: "Versions"): v2.15 is the current one where no image cache is on. */
static const struct {
    const char *id;
    const char *status;
} versions[] = {
    {"v2.15", "CURRENT"},   {"v2.13", "SUPPORTED"}, {"v2.12", "SUPPORTED"}, {"v2.11", "SUPPORTED"},
    {"v2.10", "SUPPORTED"}, {"v2.9", "SUPPORTED"},  {"v2.7", "SUPPORTED"},  {"v2.6", "SUPPORTED"},
    {"v2.5", "SUPPORTED"},  {"v2.4", "SUPPORTED"},  {"v2.3", "SUPPORTED"},  {"v2.2", "SUPPORTED"},
    {"v2.1", "SUPPORTED"},  {"v2.0", "SUPPORTED"},
};

char *versions_json(const char *host)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        CLEANUP(text) char *url = mem_printf("http://%.255s/v2/", host ? host : "127.0.0.1");
        json_t *link = json_pack("{s:s, s:s*}", "rel", "self", "href", url);
        json_array_append_new(list, json_pack("{s:s, s:s, s:[o]}", "id", versions[i].id, "status",
                                              versions[i].status, "links", link));
    }
    json_t *whole = json_pack("{s:o}", "versions", list);
    char *text = json_dumps(whole, 0);
    json_decref(whole);
    return text;
}
