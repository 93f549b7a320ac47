#include "mock/versions.h"

/* ../shared/truth/images-v2.md, "Versions": v2.15 is current, everything since v2.0 supported. */
enum {
    NEWEST_MINOR = 15
};

static json_t *version(const char *host, int minor)
{
    json_t *links = json_pack("[{s:s, s:o}]", "rel", "self", "href", json_sprintf("http://%s/v2/", host));
    return json_pack("{s:o, s:s, s:o}", "id", json_sprintf("v2.%d", minor), "status",
                     minor == NEWEST_MINOR ? "CURRENT" : "SUPPORTED", "links", links);
}

void versions_answer(struct exchange *exchange, int status)
{
    const char *host = exchange_header(exchange, "Host");
    json_t *versions = json_array();
    for (int minor = NEWEST_MINOR; minor >= 0; minor--)
        json_array_append_new(versions, version(host ? host : "localhost", minor));
    exchange_answer_json(exchange, status, json_pack("{s:o}", "versions", versions));
}
