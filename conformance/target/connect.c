/* From what a target file says to a subject that can be asked: tokens, the catalog, TLS. */
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/auth/secret.h"
#include "conformance/target/target.h"

#define CONNECT_TIMEOUT_MS 10000

struct subject_options target_subject_options(const struct target *target, const atomic_bool *stop)
{
    uint64_t timeout_ms = target->timeout_ms;
    return (struct subject_options){
        .timeout_ms = timeout_ms,
        .connect_timeout_ms = timeout_ms < CONNECT_TIMEOUT_MS ? timeout_ms : CONNECT_TIMEOUT_MS,
        .stop = stop,
        .tls = {target->ca_file, target->certificate, target->key, target->insecure},
    };
}

static bool authenticate(struct target_identity *identity, const struct subject_options *options,
                         struct err *err)
{
    auth_use_options(identity->auth, options);
    if (identity->project) {
        CLEANUP(text) char *token = auth_token(identity->auth, err);
        return token;
    }
    identity->project = auth_project(identity->auth, err);
    return identity->project || !err->code;
}

bool target_connect_identity(const struct target *target, struct target_identity *identity,
                             const atomic_bool *stop, struct err *err)
{
    struct subject_options options = target_subject_options(target, stop);
    if (identity->token || identity->auth || identity->basic)
        secret_forbid_core();
    if (!identity->auth || authenticate(identity, &options, err))
        return true;
    err_prefix(err, "identity %s", identity->name);
    return false;
}

bool target_connect_service(struct target *target, struct err *err)
{
    const struct target_identity *owner = target_identity(target, "owner");
    if (!target->service.type || target->url)
        return true;
    target->url = auth_endpoint(owner->auth, &target->service, err);
    return target->url;
}

bool target_connect(struct target *target, const atomic_bool *stop, struct err *err)
{
    if (!target_has_secrets(target, err))
        return false;
    for (size_t i = 0; i < target->identity_count; i++) {
        if (!target_connect_identity(target, &target->identities[i], stop, err))
            return false;
    }
    return target_connect_service(target, err);
}

void target_use_offline(struct target *target)
{
    if (!target->url)
        target->url = mem_dup("");
    for (size_t i = 0; i < target->identity_count; i++) {
        struct target_identity *identity = &target->identities[i];
        if (!identity->auth)
            continue;
        auth_free(identity->auth);
        identity->auth = NULL;
        identity->token = mem_dup("a token");
        if (!identity->project)
            identity->project = mem_printf("$${identity.%s.project}", identity->name);
    }
}
