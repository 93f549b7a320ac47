#include "conformance/auth/auth.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conformance/auth/method.h"

#define TIMEOUT_MS 30000
#define TRIES_MAX  3 /* over a connection that is lost: to ask twice for a token changes nothing */
/* A token is replaced so long before its end, or when a quarter of its life is left, if that is less. */
#define MARGIN_US ((uint64_t)60 * 1000000)

struct auth {
    struct auth_settings settings;
    const struct auth_method *method;
    struct subject_options options;
    pthread_mutex_t lock;  /* guards what follows */
    struct issued *tokens; /* all so far, since each must not be seen; the last one is in use */
    size_t token_count;
    bool refused;         /* the last one */
    uint64_t renew_at_us; /* by the steady clock, as the next */
    uint64_t ends_at_us;
};

/* ---- a new one, and its end ---- */

/* They are told to Keystone in JSON, which has to be UTF-8 (RFC 8259, 8.1). */
static bool are_texts(const struct auth_settings *settings, struct err *err)
{
    for (size_t i = 0; i < AUTH_SETTING_COUNT; i++) {
        json_t *text = settings->values[i] ? json_string(settings->values[i]) : json_null();
        bool is_text = text;
        json_decref(text);
        if (!is_text)
            return err_set(err, ERR_VALUE, "%s is no UTF-8", auth_setting_keys[i]);
    }
    return true;
}

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
    if (!are_texts(settings, err))
        return NULL;
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
    for (size_t i = 0; i < auth->token_count; i++)
        issued_fini(&auth->tokens[i]);
    free(auth->tokens);
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

/* ---- under the lock ---- */

static const struct issued *current(const struct auth *auth)
{
    return &auth->tokens[auth->token_count - 1];
}

/* Its life began when it was asked for, not when it came. */
static void keep(struct auth *auth, const struct issued *issued, uint64_t asked_us)
{
    uint64_t life_us = issued->life_s * 1000000;
    *mem_append(&auth->tokens, &auth->token_count) = *issued;
    auth->ends_at_us = asked_us + life_us;
    auth->renew_at_us = auth->ends_at_us - (life_us / 4 < MARGIN_US ? life_us / 4 : MARGIN_US);
    auth->refused = false;
}

static bool take_answer(struct auth *auth, struct subject_exchange *exchange, const char *url,
                        struct err *err)
{
    struct issued issued;
    if (exchange->outcome != SUBJECT_ANSWERED)
        return err_set(err, ERR_NETWORK, "no token from %s: %s", url, exchange->error);
    if (!issued_read(&exchange->answer, url, &issued, err))
        return false;
    keep(auth, &issued, clock_now_us() - exchange->time_us);
    return true;
}

static bool ask(struct auth *auth, struct subject_session *session, const char *url, struct err *err)
{
    struct subject_exchange exchange;
    char *text = tokens_body(auth);
    bool asked = post(session, url, text, &exchange, err);
    for (int tries = 1; asked && exchange.lost && tries < TRIES_MAX; tries++) {
        subject_exchange_fini(&exchange);
        asked = post(session, url, text, &exchange, err);
    }
    explicit_bzero(text, strlen(text));
    free(text);
    if (!asked)
        return false;
    bool taken = take_answer(auth, &exchange, url, err);
    subject_exchange_fini(&exchange);
    return taken;
}

static bool issue(struct auth *auth, struct err *err)
{
    CLEANUP(text) char *url = tokens_url(auth, err);
    struct subject_session *session = url ? subject_session_new(&auth->options, err) : NULL;
    bool issued = session && ask(auth, session, url, err);
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
    char *token = ensure(auth, err) ? mem_dup(current(auth)->token) : NULL;
    pthread_mutex_unlock(&auth->lock);
    return token;
}

bool auth_token_refused(struct auth *auth, const char *token)
{
    pthread_mutex_lock(&auth->lock);
    bool is_current = auth->token_count > 0 && strcmp(current(auth)->token, token) == 0;
    bool is_over = !is_current || clock_now_us() >= auth->ends_at_us;
    auth->refused = auth->refused || is_current;
    pthread_mutex_unlock(&auth->lock);
    return is_over;
}

char *auth_project(struct auth *auth, struct err *err)
{
    pthread_mutex_lock(&auth->lock);
    char *project = ensure(auth, err) ? mem_dup(issued_project(current(auth))) : NULL;
    pthread_mutex_unlock(&auth->lock);
    return project;
}

char *auth_roles(struct auth *auth, struct err *err)
{
    pthread_mutex_lock(&auth->lock);
    char *roles = ensure(auth, err) ? issued_roles(current(auth)) : NULL;
    pthread_mutex_unlock(&auth->lock);
    return roles;
}

char *auth_endpoint(struct auth *auth, const struct auth_service *service, struct err *err)
{
    pthread_mutex_lock(&auth->lock);
    char *found = ensure(auth, err) ? issued_endpoint(current(auth), service, err) : NULL;
    pthread_mutex_unlock(&auth->lock);
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
        visit(context, auth->tokens[i].token);
    pthread_mutex_unlock(&auth->lock);
}
