/* Which APIs are there, and which stores. */
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/survey/surveying.h"

static const struct api {
    const char *name;
    const char *versions[2]; /* where it tells them; the first that does counts */
    const char *sign;        /* what its versions begin with; NULL: it tells the one that it has */
    const char *list;
} apis[] = {
    {"images-v1", {"/versions", "/"}, "v1", "/v1/images?limit=1"},
    {"images-v2", {"/versions", "/"}, "v2", "/v2/images?limit=1"},
    {"gns3-compute-v2", {"/v2/compute/version", "/v2/version"}, NULL, "/v2/compute/qemu/images"},
};

const char *survey_list_path(const struct target *target)
{
    for (size_t i = 0; i < sizeof apis / sizeof *apis; i++) {
        if (target_offers(target, apis[i].name))
            return apis[i].list;
    }
    return NULL;
}

/* ---- versions ---- */

/* Those that begin with the sign, as texts. */
static json_t *signed_versions(const char *sign, const json_t *list)
{
    json_t *versions = json_array();
    size_t i;
    const json_t *one;
    json_array_foreach (list, i, one) {
        const char *id = json_string_value(json_object_get(one, "id"));
        const char *status = json_string_value(json_object_get(one, "status"));
        if (!id || strncmp(id, sign, strlen(sign)) != 0)
            continue;
        CLEANUP(text) char *text = mem_printf("%s%s%s", id, status ? " " : "", status ? status : "");
        json_array_append_new(versions, json_string(text));
    }
    return versions;
}

/* What an answer tells of the versions of the API; NULL when it tells nothing of that. */
static json_t *versions_in(const struct api *api, const json_t *answer)
{
    const json_t *list = json_object_get(answer, "versions");
    const char *one = json_string_value(json_object_get(answer, "version"));
    if (api->sign)
        return json_is_array(list) ? signed_versions(api->sign, list) : NULL;
    return one ? json_pack("[s]", one) : NULL;
}

static json_t *ask_versions(struct surveying *surveying, const struct api *api)
{
    json_t *versions = NULL;
    for (size_t i = 0; !versions && i < sizeof api->versions / sizeof *api->versions; i++) {
        json_t *answer = survey_ask_json(surveying, "owner", api->versions[i]);
        versions = versions_in(api, answer);
        json_decref(answer);
    }
    return versions;
}

/* Where versions are not told: whether its images can be asked for. */
static bool answers(struct surveying *surveying, const struct api *api)
{
    struct subject_exchange exchange;
    if (!survey_ask(surveying, "owner", api->list, &exchange, NULL))
        return false;
    int status = exchange.answer.status;
    subject_exchange_fini(&exchange);
    return status / 100 == 2 || status == 401 || status == 403;
}

static void look_at_api(struct surveying *surveying, const struct api *api, json_t *found)
{
    bool claimed = target_offers(surveying->target, api->name);
    json_t *versions = ask_versions(surveying, api);
    bool offered = versions ? json_array_size(versions) > 0 : answers(surveying, api);
    if (claimed && !offered)
        survey_problem(surveying, "the API %s is claimed, and not there: it is not among the versions%s%s",
                       api->name, versions ? "" : ", and nothing answers at ", versions ? "" : api->list);
    if (offered && !claimed)
        survey_note(surveying, "the API %s is there, and not claimed: features: [%s] has it judged",
                    api->name, api->name);
    json_array_append_new(found,
                          json_pack("{s:s, s:b, s:b, s:o}", "name", api->name, "claimed", claimed, "offered",
                                    offered, "versions", versions ? versions : json_array()));
}

/* ---- stores ---- */

/* Their names, null when they are not told. False when the owner may not ask. */
static bool ask_stores(struct surveying *surveying, json_t **ret_names)
{
    struct subject_exchange exchange;
    *ret_names = json_null();
    if (!survey_ask(surveying, "owner", "/v2/info/stores", &exchange, NULL))
        return false;
    int status = exchange.answer.status;
    if (status == 200)
        answer_read_json(&exchange.answer);
    const json_t *list = json_object_get(exchange.answer.json, "stores");
    if (json_is_array(list))
        *ret_names = json_array();
    size_t i;
    const json_t *store;
    json_array_foreach (list, i, store) {
        const char *name = json_string_value(json_object_get(store, "id"));
        if (name)
            json_array_append_new(*ret_names, json_string(name));
    }
    subject_exchange_fini(&exchange);
    return status != 401 && status != 403;
}

static void look_at_stores(struct surveying *surveying)
{
    json_t *names;
    bool asked = ask_stores(surveying, &names);
    bool several = json_array_size(names) > 1;
    bool claimed = target_offers(surveying->target, "multistore");
    if (asked && claimed && !several)
        survey_problem(surveying, "multistore is claimed, and %s",
                       json_is_array(names) ? "there is one store" : "/v2/info/stores tells no stores");
    if (several && !claimed)
        survey_note(surveying,
                    "there are several stores: features: [multistore] has what is said of them judged");
    json_object_set_new(surveying->document, "stores", names);
}

void survey_apis(struct surveying *surveying)
{
    json_t *found = json_array();
    for (size_t i = 0; i < sizeof apis / sizeof *apis; i++)
        look_at_api(surveying, &apis[i], found);
    json_object_set_new(surveying->document, "apis", found);
    if (target_offers(surveying->target, "images-v2"))
        look_at_stores(surveying);
}
