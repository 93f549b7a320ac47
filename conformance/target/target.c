#include "conformance/target/target.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "conformance/subject.h"
#include "conformance/target/reading.h"

#define TIMEOUT_DEFAULT_MS 30000

/* ---- made and freed ---- */

struct target *target_new(void)
{
    struct target *target = mem_alloc(sizeof *target);
    target->timeout_ms = TIMEOUT_DEFAULT_MS;
    return target;
}

struct target *target_from_url(const char *url, const char *token, struct err *err)
{
    char *base = subject_service_url(url, err);
    if (!base)
        return NULL;
    struct target *target = target_new();
    target->name = mem_dup(base);
    target->url = base;
    target_offer(target, "community-images");
    if (token) {
        struct target_identity *owner = mem_append(&target->identities, &target->identity_count);
        owner->name = mem_dup("owner");
        owner->token = mem_dup(token);
    }
    return target;
}

struct target *target_from_cloud(const char *name, struct err *err)
{
    struct target *target = target_new();
    struct target_identity *owner = mem_append(&target->identities, &target->identity_count);
    owner->name = mem_dup("owner");
    target->name = mem_printf("cloud %s", name);
    target->service.type = mem_dup("image");
    target_offer(target, "community-images");
    if (target_use_cloud(target, owner, name, err))
        return target;
    target_free(target);
    return NULL;
}

static void words_free(char **words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    free(words);
}

static void hook_free(struct target_hook *hook)
{
    if (!hook)
        return;
    spec_send_fini(hook->send);
    free(hook->send);
    words_free(hook->run, hook->run_count);
    free(hook);
}

static void states_free(struct target_state *states, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        hook_free(states[i].enter);
        hook_free(states[i].leave);
        free(states[i].name);
        free(states[i].value);
    }
    free(states);
}

void target_free(struct target *target)
{
    if (!target)
        return;
    for (size_t i = 0; i < target->identity_count; i++) {
        free(target->identities[i].name);
        free(target->identities[i].token);
        free(target->identities[i].project);
        basic_login_free(target->identities[i].basic);
        auth_free(target->identities[i].auth);
    }
    free(target->identities);
    image_store_fini(&target->images);
    states_free(target->limits, target->limit_count);
    states_free(target->conditions, target->condition_count);
    words_free(target->features, target->feature_count);
    words_free(target->allowed, target->allowed_count);
    words_free(target->arguments, target->argument_count);
    char *const texts[] = {target->service.type, target->service.region, target->service.interface,
                           target->ca_file,      target->certificate,    target->key};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(target->name);
    free(target->url);
    free(target->program);
    yaml_tree_free(target->tree);
    free(target);
}

bool target_has_secrets(const struct target *target, struct err *err)
{
    const struct err *unavailable = &target->unavailable;
    return unavailable->code == ERR_NONE || err_set(err, unavailable->code, "%s", unavailable->text);
}

/* ---- asking ---- */

const struct target_identity *target_identity(const struct target *target, const char *name)
{
    for (size_t i = 0; i < target->identity_count; i++) {
        if (strcmp(target->identities[i].name, name) == 0)
            return &target->identities[i];
    }
    return NULL;
}

static const struct target_state *find_state(const struct target_state *states, size_t count,
                                             const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(states[i].name, name) == 0)
            return &states[i];
    }
    return NULL;
}

const struct target_state *target_limit(const struct target *target, const char *name)
{
    return find_state(target->limits, target->limit_count, name);
}

const struct target_state *target_condition(const struct target *target, const char *name)
{
    return find_state(target->conditions, target->condition_count, name);
}

static bool leaves_by(const struct target_state *states, size_t count, const char *program)
{
    for (size_t i = 0; i < count; i++) {
        const struct target_hook *leave = states[i].leave;
        if (leave && leave->run_count > 0 && strcmp(leave->run[0], program) == 0)
            return true;
    }
    return false;
}

bool target_leaves_by(const struct target *target, const char *program)
{
    return leaves_by(target->limits, target->limit_count, program) ||
           leaves_by(target->conditions, target->condition_count, program);
}

static bool has_word(char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

bool target_offers(const struct target *target, const char *feature)
{
    return has_word(target->features, target->feature_count, feature);
}

void target_offer(struct target *target, const char *feature)
{
    if (!target_offers(target, feature))
        *mem_append(&target->features, &target->feature_count) = mem_dup(feature);
}

static bool has_identity(const struct target *target, const char *name)
{
    return target_identity(target, name);
}

/* Of an identity that there is. */
static bool has_project(const struct target *target, const char *name)
{
    const struct target_identity *identity = target_identity(target, name);
    return !identity || identity->project;
}

static bool has_permission(const struct target *target, const char *name)
{
    return has_word(target->allowed, target->allowed_count, name);
}

static bool has_limit(const struct target *target, const char *name)
{
    return target_limit(target, name);
}

static bool has_condition(const struct target *target, const char *name)
{
    return target_condition(target, name);
}

void target_each_lack(const struct target *target, const char *api, const struct spec_needs *needs,
                      void (*visit)(void *context, const char *what, const char *name), void *context)
{
    const struct {
        const char *what;
        bool (*has)(const struct target *target, const char *name);
        const char *const *names;
        size_t count;
    } lists[] = {
        {"API", target_offers, &api, 1},
        {"feature", target_offers, (const char *const *)needs->features, needs->feature_count},
        {"identity", has_identity, (const char *const *)needs->identities, needs->identity_count},
        {"project of", has_project, (const char *const *)needs->projects, needs->project_count},
        {"limit", has_limit, (const char *const *)needs->limits, needs->limit_count},
        {"condition", has_condition, (const char *const *)needs->conditions, needs->condition_count},
        {"permission", has_permission, (const char *const *)needs->permissions, needs->permission_count},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        for (size_t k = 0; k < lists[i].count; k++) {
            if (!lists[i].has(target, lists[i].names[k]))
                visit(context, lists[i].what, lists[i].names[k]);
        }
    }
}

static void add_lack(void *context, const char *what, const char *name)
{
    struct buf *text = context;
    buf_printf(text, "%sno %s %s", text->length ? ", " : "", what, name);
}

char *target_lacks(const struct target *target, const char *api, const struct spec_needs *needs)
{
    struct buf text;
    buf_init(&text, 4 * BUF_KIB);
    target_each_lack(target, api, needs, add_lack, &text);
    if (text.length > 0)
        return buf_take(&text);
    buf_fini(&text);
    return NULL;
}
