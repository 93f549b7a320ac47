#include "conformance/auth/issued.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/mem.h"
#include "conformance/subject.h"

#define LIFE_UNKNOWN_S  3600
#define ROLES_MAX_BYTES 1024 /* the rest is left out: they are told to people */

/* ---- the answer ---- */

static bool check_answer(const struct answer *answer, const char *from, struct err *err)
{
    const char *token = answer_header(answer, "X-Subject-Token");
    if (answer->status == 401)
        return err_set(err, ERR_VALUE, "no token from %s: the credentials are refused (401)", from);
    if (answer->status != 201)
        return err_set(err, ERR_VALUE, "no token from %s: answered %d, expected 201", from, answer->status);
    if (!token || !*token)
        return err_set(err, ERR_SYNTAX, "no token from %s: no header X-Subject-Token", from);
    if (!json_is_object(json_object_get(answer->json, "token")))
        return err_set(err, ERR_SYNTAX, "no token from %s: no \"token\" in the body", from);
    return true;
}

/* Seconds since 1970 of a time as the Identity API writes it, "2026-11-21T09:30:00.000000Z"; -1: none. */
static time_t time_of(const json_t *token, const char *name)
{
    struct tm parts = {0};
    const char *text = json_string_value(json_object_get(token, name));
    return text && strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) ? timegm(&parts) : -1;
}

static uint64_t life_of(const json_t *token)
{
    time_t issued = time_of(token, "issued_at");
    time_t expires = time_of(token, "expires_at");
    return issued >= 0 && expires > issued ? (uint64_t)(expires - issued) : LIFE_UNKNOWN_S;
}

bool issued_read(struct answer *answer, const char *from, struct issued *ret_issued, struct err *err)
{
    answer_read_json(answer);
    if (!check_answer(answer, from, err))
        return false;
    json_t *body = json_incref(json_object_get(answer->json, "token"));
    *ret_issued = (struct issued){
        .token = mem_dup(answer_header(answer, "X-Subject-Token")), .life_s = life_of(body), .body = body};
    return true;
}

void issued_fini(struct issued *issued)
{
    if (issued->token)
        explicit_bzero(issued->token, strlen(issued->token));
    free(issued->token);
    json_decref(issued->body);
    *issued = (struct issued){0};
}

const char *issued_project(const struct issued *issued)
{
    return json_string_value(json_object_get(json_object_get(issued->body, "project"), "id"));
}

char *issued_roles(const struct issued *issued)
{
    struct buf names;
    size_t i;
    const json_t *role;
    buf_init(&names, ROLES_MAX_BYTES);
    json_array_foreach (json_object_get(issued->body, "roles"), i, role) {
        const char *name = json_string_value(json_object_get(role, "name"));
        if (name)
            buf_printf(&names, "%s%s", names.length ? ", " : "", name);
    }
    if (names.length > 0)
        return buf_take(&names);
    buf_fini(&names);
    return NULL;
}

/* ---- the catalog ---- */

static bool is_member(const json_t *object, const char *name, const char *value)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && strcmp(text, value) == 0;
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "?";
}

/* The address of the first endpoint that is meant: borrowed. Each is told in `seen`. */
static const char *find_endpoint(const json_t *catalog, const struct auth_service *service, struct buf *seen)
{
    size_t s;
    size_t e;
    const json_t *one;
    const json_t *endpoint;
    const char *interface = service->interface ? service->interface : "public";
    json_array_foreach (catalog, s, one) {
        json_array_foreach (json_object_get(one, "endpoints"), e, endpoint) {
            const char *url = json_string_value(json_object_get(endpoint, "url"));
            buf_printf(seen, "%s%s/%s/%s%s", seen->length ? ", " : "", member(one, "type"),
                       member(endpoint, "region"), member(endpoint, "interface"),
                       url ? "" : " (without a url)");
            if (url && is_member(one, "type", service->type) && is_member(endpoint, "interface", interface) &&
                (!service->region || is_member(endpoint, "region", service->region)))
                return url;
        }
    }
    return NULL;
}

char *issued_endpoint(const struct issued *issued, const struct auth_service *service, struct err *err)
{
    struct buf seen;
    buf_init(&seen, sizeof err->text);
    const char *url = find_endpoint(json_object_get(issued->body, "catalog"), service, &seen);
    char *found = url ? subject_service_url(url, err) : NULL;
    if (!url)
        err_set(err, ERR_VALUE, "the catalog has no %s service, region %s, interface %s; it has: %s",
                service->type, service->region ? service->region : "(any)",
                service->interface ? service->interface : "public", seen.length ? seen.data : "nothing");
    else if (!found)
        err_prefix(err, "the catalog's %s service", service->type);
    buf_fini(&seen);
    return found;
}
