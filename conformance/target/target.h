/* Who is judged: a target file, or what the command line says instead of one.
 *
 *     subject: Glance 25.1                     what reports call it
 *     url: http://127.0.0.1:9292               or `start`, below
 *     start: {program: imageproof-mock, arguments: [--listen, "127.0.0.1:0"]}
 *     timeout: 30s                             of one exchange
 *     max_upload: 64M                          of one body that is sent; a case that sends more is not judged
 *     identities:
 *       owner: {token: "u:${case.id}:member", project: "${case.id}"}
 *       admin: {token: "admin:admin:admin"}
 *       other: {auth: {auth_url: ..., username: ..., password: {env: OTHER_PASSWORD}, project_name: ...}}
 *       reader: {cloud: NAME}                of clouds.yaml
 *       guest: {basic: {user: gns3, password: {file: PATH}}}      sent as Authorization
 *     service: {type: image, region: R, interface: public}     instead of url: from the catalog of owner
 *     tls: {ca: FILE, certificate: FILE, key: FILE, insecure: false}
 *     images: {directory: /mnt/images/QEMU}  where a step `fetch` takes image files: see image_store.h
 *     allow: [all-images]                  what is done only by permission, since it concerns what others
 * have features: [images-v2, multistore]      the APIs among them; when none is, those that --api names
 *     limits:
 *       image_size_cap: {value: 1M, enter: SEND, leave: SEND}
 *     conditions:
 *       storage-full: {enter: SEND, leave: SEND}
 *       storage-readonly: {enter: {run: [lock, "${run.id}"], timeout: 10s}, leave: {run: [unlock]}, alone:
 * true}
 *
 * SEND is a `send` of specs/README.md ({method, path, as, query, headers, json, body}), answered with
 * 2xx; `run` is a program, started without a shell, that ends with status 0. Texts are templates: ${case.id},
 * ${run.id}, ${identity.NAME.project}. While a state holds that is `alone`, as one with a program is unless
 * it says otherwise, no other case runs. A limit without `enter` always holds; a started program prints
 * `listening on URL` and is stopped when the run is over. */
#ifndef CONFORMANCE_TARGET_TARGET_H
#define CONFORMANCE_TARGET_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "conformance/auth/auth.h"
#include "conformance/auth/basic_login.h"
#include "conformance/image_store.h"
#include "conformance/spec/problems.h"
#include "conformance/spec/spec.h"
#include "conformance/spec/template.h"
#include "conformance/spec/yaml_tree.h"

struct target_identity {
    char *name;    /* "owner", "other", "admin", "reader", "stranger", or the author's own */
    char *token;   /* template; sent as X-Auth-Token; NULL: none is sent */
    char *project; /* template; ${identity.NAME.project}; NULL: not known, or known when it is connected */
    struct auth *auth;         /* gives the token instead; NULL: none */
    struct basic_login *basic; /* sent as Authorization; NULL: none is sent */
};

/* What brings a state about, or ends it. */
struct target_hook {
    struct spec_send *send; /* NULL: a program */
    char **run;             /* templates: the program, which is none, and its arguments; NULL-terminated */
    size_t run_count;
    uint64_t timeout_ms; /* of the program */
};

/* A limit or a condition: how it comes to hold, and how it stops. */
struct target_state {
    char *name;
    char *value;               /* limits: template of a size or number, ${limits.NAME}; NULL for conditions */
    struct target_hook *enter; /* NULL: it always holds */
    struct target_hook *leave; /* NULL: nothing needs to be done */
    bool alone;                /* it is the whole deployment's: while it holds, only its own case runs */
    struct yaml_place place;
};

struct target {
    char *name;       /* what reports call it */
    char *url;        /* base, without a slash at its end; NULL until a `start` has been started */
    char *program;    /* start: NULL when there is a url. Without a slash: beside this program, then PATH */
    char **arguments; /* start: NULL-terminated, without the program's name */
    size_t argument_count;
    uint64_t timeout_ms;
    uint64_t max_upload_bytes;   /* nothing larger is sent in one body; 0: not said */
    struct auth_service service; /* type NULL: there is a url, or a start */
    char *ca_file;               /* of TLS; this and what follows NULL: not said */
    char *certificate;
    char *key;
    bool insecure; /* the certificate of the subject is not verified */
    struct target_identity *identities;
    size_t identity_count;
    struct image_store images;
    struct err
        unavailable; /* a secret that is not where the file says: such a file can be checked all the same */
    char **features;
    size_t feature_count;
    char **allowed; /* what may be done although it concerns more than a run has made */
    size_t allowed_count;
    struct target_state *limits;
    size_t limit_count;
    struct target_state *conditions;
    size_t condition_count;
    struct yaml_tree *tree; /* places point into it; NULL when it was not read from a file */
};

/* Owned. NULL after complaining in `problems`: every mistake of the file at once. */
struct target *target_load(const char *path, struct problems *problems);
/* A bare URL with at most one token: identity `owner`, no limits, no conditions, feature of each API. */
struct target *target_from_url(const char *url, const char *token, struct err *err);
/* A cloud of clouds.yaml, or of OS_ variables: identity `owner`, no limits, no conditions. */
struct target *target_from_cloud(const char *name, struct err *err);
void target_free(struct target *target);
/* Whether every secret is where the file says. Anything that asks a subject asks this first. */
bool target_has_secrets(const struct target *target, struct err *err);

/* Before anything is sent: identities that authenticate get their tokens and projects, a service its url, and
 * a core dump can no longer have their secrets in it. `stop` is borrowed. */
bool target_connect(struct target *target, const atomic_bool *stop, struct err *err);
/* The same in parts: an identity of it, and then where it is. */
bool target_connect_identity(const struct target *target, struct target_identity *identity,
                             const atomic_bool *stop, struct err *err);
bool target_connect_service(struct target *target, struct err *err);
/* In place of target_connect(), for who sends nothing: whatever only a connection tells (address, tokens,
 * projects) is a text that says so. */
void target_use_offline(struct target *target);
/* How requests to the subject are made; points into the target. */
struct subject_options target_subject_options(const struct target *target, const atomic_bool *stop);
/* Makes an identity of a cloud: as clouds.yaml says, TLS as far as the target does not say it. */
bool target_use_cloud(struct target *target, struct target_identity *identity, const char *name,
                      struct err *err);

/* What is judged, as JSON: its file (JSON is YAML), its present address, no credentials. Owned. */
char *target_describe(const struct target *target);
/* A target of such a description, for judging again. NULL with `err` set. */
struct target *target_from_description(const char *description, struct err *err);

/* Borrowed; NULL when the target has none of that name. */
const struct target_identity *target_identity(const struct target *target, const char *name);
const struct target_state *target_limit(const struct target *target, const char *name);
const struct target_state *target_condition(const struct target *target, const char *name);
/* Whether a limit or condition is left by that program. */
bool target_leaves_by(const struct target *target, const char *program);
bool target_offers(const struct target *target, const char *feature);

/* What a case of that API with those `needs` asks and the target does not have, as one line ("no identity
 * admin, no limit project_quota"), owned; NULL when it has everything. The APIs are features too. */
char *target_lacks(const struct target *target, const char *api, const struct spec_needs *needs);
/* The same one by one: `what` is "feature", "identity", ... */
void target_each_lack(const struct target *target, const char *api, const struct spec_needs *needs,
                      void (*visit)(void *context, const char *what, const char *name), void *context);
/* Adds a feature, unless it is offered already. */
void target_offer(struct target *target, const char *feature);

/* Beside this program when `name` has no slash in it and is there, otherwise as it is: owned. */
char *target_find_program(const char *name);

/* Starts the program of `start`, waits for its line (5 s at most), sets target->url. The child never
 * outlives this process's orderly end; extra arguments are put after the file's. */
struct target_process;
struct target_process *target_start(struct target *target, char *const *extra, size_t extra_count,
                                    struct err *err);
/* Ends it (SIGTERM, then after 3 s SIGKILL) and reaps it. Accepts NULL. False with `err` set when it
 * had died before by itself: the text says with what. */
bool target_stop(struct target_process *process, struct err *err);

#endif
