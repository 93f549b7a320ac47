#include "conformance/auth/auth.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conformance/auth/method.h"

#define TIMEOUT_MS 30000
/* A token is replaced so long before its end, or when a quarter of its life is left, if that is less. */
#define MARGIN_US      ((uint64_t)60 * 1000000)
#define LIFE_UNKNOWN_S 3600

struct auth {
    struct auth_settings settings;
    const struct auth_method *method;
    struct subject_options options;
    pthread_mutex_t lock; /* guards what follows */
    char **tokens;        /* all so far, since each must not be seen; the last one is in use */
    size_t token_count;
    bool refused;         /* the last one */
    uint64_t renew_at_us; /* by the steady clock */
    json_t *body;         /* "token" of the answer that brought it; NULL before */
};

/* ---- a new one, and its end ---- */

struct auth *auth_new(struct auth_settings *settings, const char *name, struct err *err)
{
    const struct auth_method *method = name ? auth_method_find(name) : auth_method_guess(settings);
    if (name && !method) {
        err_set(err, ERR_VALUE, "there is no method '%s'", name);
        return NULL;
    }
    if (!settings->values[AUTH_AUTH_URL]) {
        err_set(err, ERR_VALUE, "auth_url is missing: the address of Keystone");
        return NULL;
    }
    if (!method || !method->can(settings)) {
        err_set(err, ERR_VALUE, "it is not said how to authenticate: %s",
                method ? method->wants : "a password, an application credential, or a token");
        return NULL;
    }
    struct auth *auth = mem_alloc(sizeof *auth);
    auth->settings = *settings;
    *settings = (struct auth_settings){0};
    auth->method = method;
    auth->options = (struct subject_options){.timeout_ms = TIMEOUT_MS, .connect_timeout_ms = TIMEOUT_MS};
    pthread_mutex_init(&auth->lock, NULL);
    return auth;
}

void auth_free(struct auth *auth)
{
    if (!auth)
        return;
    for (size_t i = 0; i < auth->token_count; i++) {
        explicit_bzero(auth->tokens[i], strlen(auth->tokens[i]));
        free(auth->tokens[i]);
    }
    free(auth->tokens);
    json_decref(auth->body);
    auth_settings_fini(&auth->settings);
    pthread_mutex_destroy(&auth->lock);
    free(auth);
}

void auth_use_options(struct auth *auth, const struct subject_options *options)
{
    auth->options = *options;
}

/* ---- asking Keystone ---- */

/* With or without the version, as both are written in clouds.yaml. */
static char *tokens_url(const struct auth *auth, struct err *err)
{
    static const char version[] = "/v3";
    CLEANUP(text) char *base = subject_base_url(auth->settings.values[AUTH_AUTH_URL], err);
    if (!base)
        return NULL;
    size_t length = strlen(base);
    bool has_version = length >= sizeof version && strcmp(base + length - (sizeof version - 1), version) == 0;
    return mem_printf("%s%s/auth/tokens", base, has_version ? "" : version);
}

static char *tokens_body(const struct auth *auth)
{
    const struct auth_method *method = auth->method;
    char *const *values = auth->settings.values;
    json_t *wanted = json_pack("{s:{s:[s], s:o}}", "identity", "methods", method->name, method->name,
                               method->credential(&auth->settings));
    if (!method->is_scoped && (values[AUTH_PROJECT_ID] || values[AUTH_PROJECT_NAME]))
        json_object_set_new(wanted, "scope",
                            json_pack("{s:o}", "project",
                                      auth_settings_named(&auth->settings, AUTH_PROJECT_ID, AUTH_PROJECT_NAME,
                                                          AUTH_PROJECT_DOMAIN_ID, AUTH_PROJECT_DOMAIN_NAME)));
    json_t *root = json_pack("{s:o}", "auth", wanted);
    char *text = json_dumps(root, JSON_COMPACT);
    json_decref(root);
    return text;
}

static bool post(struct subject_session *session, const char *url, const char *text,
                 struct subject_exchange *ret_exchange, struct err *err)
{
    static char whole[] = "${body}";
    static const struct subject_header headers[] = {{"Content-Type", "application/json"},
                                                    {"Accept", "application/json"}};
    const struct spec_body spec = {.kind = SPEC_BODY_TEXT, .text = whole};
    struct vars *vars = vars_new(NULL);
    vars_set_text(vars, "body", text);
    struct body *body = body_open(&spec, "", vars, err);
    vars_free(vars);
    if (!body)
        return false;
    const struct subject_request request = {.method = "POST",
                                            .url = url,
                                            .headers = headers,
                                            .header_count = sizeof headers / sizeof *headers,
                                            .body = body,
                                            .unstoppable = true};
    const struct subject_watcher watcher = {.most_bytes = BUF_MIB};
    subject_send(session, &request, &watcher, ret_exchange);
    body_free(body);
    return true;
}

/* What the answer says is not repeated: it may have in it what was sent. */
static bool check_answer(const struct subject_exchange *exchange, const char *url, struct err *err)
{
    const struct answer *answer = &exchange->answer;
    if (exchange->outcome != SUBJECT_ANSWERED)
        return err_set(err, ERR_NETWORK, "no token from %s: %s", url, exchange->error);
    if (answer->status == 401)
        return err_set(err, ERR_VALUE, "no token from %s: the credentials are refused (401)", url);
    if (answer->status != 201)
        return err_set(err, ERR_VALUE, "no token from %s: answered %d, expected 201", url, answer->status);
    if (!answer_header(answer, "X-Subject-Token"))
        return err_set(err, ERR_SYNTAX, "no token from %s: no header X-Subject-Token", url);
    if (!json_is_object(json_object_get(answer->json, "token")))
        return err_set(err, ERR_SYNTAX, "no token from %s: no \"token\" in the body", url);
    return true;
}

/* ---- how long it lives ---- */

/* Seconds since 1970 of a time as the Identity API writes it, "2026-11-21T09:30:00.000000Z"; -1: none. */
static time_t time_of(const json_t *token, const char *name)
{
    struct tm parts = {0};
    const char *text = json_string_value(json_object_get(token, name));
    return text && strptime(text, "%Y-%m-%dT%H:%M:%S", &parts) ? timegm(&parts) : -1;
}

static uint64_t renewal_of(const json_t *token)
{
    time_t issued = time_of(token, "issued_at");
    time_t expires = time_of(token, "expires_at");
    bool known = issued >= 0 && expires > issued;
    uint64_t life_us = (known ? (uint64_t)(expires - issued) : LIFE_UNKNOWN_S) * 1000000;
    uint64_t margin_us = life_us / 4 < MARGIN_US ? life_us / 4 : MARGIN_US;
    return clock_now_us() + life_us - margin_us;
}

/* ---- under the lock ---- */

static void keep(struct auth *auth, const struct answer *answer)
{
    *mem_append(&auth->tokens, &auth->token_count) = mem_dup(answer_header(answer, "X-Subject-Token"));
    json_decref(auth->body);
    auth->body = json_incref(json_object_get(answer->json, "token"));
    auth->renew_at_us = renewal_of(auth->body);
    auth->refused = false;
}

static bool issue(struct auth *auth, struct err *err)
{
    CLEANUP(text) char *url = tokens_url(auth, err);
    struct subject_session *session = url ? subject_session_new(&auth->options, err) : NULL;
    if (!session)
        return false;
    struct subject_exchange exchange;
    char *text = tokens_body(auth);
    bool issued = post(session, url, text, &exchange, err);
    explicit_bzero(text, strlen(text));
    free(text);
    if (issued) {
        answer_read_json(&exchange.answer);
        issued = check_answer(&exchange, url, err);
        if (issued)
            keep(auth, &exchange.answer);
        subject_exchange_fini(&exchange);
    }
    subject_session_free(session);
    return issued;
}

static bool ensure(struct auth *auth, struct err *err)
{
    bool good = auth->token_count > 0 && !auth->refused && clock_now_us() < auth->renew_at_us;
    return good || issue(auth, err);
}

/* ---- the interface ---- */

char *auth_token(struct auth *auth, struct err *err)
{
    pthread_mutex_lock(&auth->lock);
    char *token = ensure(auth, err) ? mem_dup(auth->tokens[auth->token_count - 1]) : NULL;
    pthread_mutex_unlock(&auth->lock);
    return token;
}

void auth_token_refused(struct auth *auth, const char *token)
{
    pthread_mutex_lock(&auth->lock);
    if (auth->token_count > 0 && strcmp(auth->tokens[auth->token_count - 1], token) == 0)
        auth->refused = true;
    pthread_mutex_unlock(&auth->lock);
}

char *auth_project(struct auth *auth, struct err *err)
{
    pthread_mutex_lock(&auth->lock);
    char *project = NULL;
    if (ensure(auth, err))
        project = mem_dup(json_string_value(json_object_get(json_object_get(auth->body, "project"), "id")));
    pthread_mutex_unlock(&auth->lock);
    return project;
}

char *auth_roles(struct auth *auth, struct err *err)
{
    struct buf names;
    buf_init(&names, sizeof err->text);
    pthread_mutex_lock(&auth->lock);
    size_t i;
    const json_t *role;
    bool known = ensure(auth, err);
    json_array_foreach (known ? json_object_get(auth->body, "roles") : NULL, i, role) {
        const char *name = json_string_value(json_object_get(role, "name"));
        if (name)
            buf_printf(&names, "%s%s", names.length ? ", " : "", name);
    }
    pthread_mutex_unlock(&auth->lock);
    if (names.length > 0)
        return buf_take(&names);
    buf_fini(&names);
    return NULL;
}

static bool is_member(const json_t *object, const char *name, const char *value)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && strcmp(text, value) == 0;
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
            const char *region = json_string_value(json_object_get(endpoint, "region"));
            const char *kind = json_string_value(json_object_get(endpoint, "interface"));
            const char *type = json_string_value(json_object_get(one, "type"));
            buf_printf(seen, "%s%s/%s/%s", seen->length ? ", " : "", type ? type : "?", region ? region : "?",
                       kind ? kind : "?");
            if (is_member(one, "type", service->type) && is_member(endpoint, "interface", interface) &&
                (!service->region || is_member(endpoint, "region", service->region)))
                return json_string_value(json_object_get(endpoint, "url"));
        }
    }
    return NULL;
}

/* The catalog of some deployments has the version in it, which is part of each call's path here. */
static char *without_version(const char *url, struct err *err)
{
    char *base = subject_base_url(url, err);
    size_t length = base ? strlen(base) : 0;
    if (length > 3 && base[length - 3] == '/' && base[length - 2] == 'v' &&
        (base[length - 1] == '1' || base[length - 1] == '2'))
        base[length - 3] = '\0';
    return base;
}

char *auth_endpoint(struct auth *auth, const struct auth_service *service, struct err *err)
{
    struct buf seen;
    buf_init(&seen, sizeof err->text);
    pthread_mutex_lock(&auth->lock);
    char *found = NULL;
    if (ensure(auth, err)) {
        const char *url = find_endpoint(json_object_get(auth->body, "catalog"), service, &seen);
        found = url ? without_version(url, err) : NULL;
        if (!url)
            err_set(err, ERR_VALUE, "the catalog has no %s service, region %s, interface %s; it has: %s",
                    service->type, service->region ? service->region : "(any)",
                    service->interface ? service->interface : "public", seen.length ? seen.data : "nothing");
    }
    pthread_mutex_unlock(&auth->lock);
    buf_fini(&seen);
    return found;
}

void auth_secrets(struct auth *auth, void (*visit)(void *context, const char *secret), void *context)
{
    for (size_t i = 0; i < AUTH_SETTING_COUNT; i++) {
        if (auth_setting_is_secret((enum auth_setting)i) && auth->settings.values[i])
            visit(context, auth->settings.values[i]);
    }
    pthread_mutex_lock(&auth->lock);
    for (size_t i = 0; i < auth->token_count; i++)
        visit(context, auth->tokens[i]);
    pthread_mutex_unlock(&auth->lock);
}
