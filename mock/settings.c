#include "mock/settings.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/mem.h"

static const char *const condition_words[] = {
#define CONDITION(name, word, holds) word,
#include "mock/conditions.def"
#undef CONDITION
};

static const char *const condition_texts[] = {
#define CONDITION(name, word, holds) holds,
#include "mock/conditions.def"
#undef CONDITION
};

static const char *const limit_words[] = {
#define LIMIT(name, word, value, bounds) word,
#include "mock/limits.def"
#undef LIMIT
};

static const uint64_t limit_defaults[] = {
#define LIMIT(name, word, value, bounds) value,
#include "mock/limits.def"
#undef LIMIT
};

struct scope {
    struct settings_view view;
    char *name; /* owned; the view's project */
    UT_hash_handle hh;
};

struct settings {
    pthread_rwlock_t lock;
    struct settings_view everybody;
    uint64_t start_limits[LIMIT_COUNT];
    struct scope *projects; /* by name */
};

static bool word_parse(const char *word, const char *const *words, size_t count, size_t *ret_index)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(word, words[i]) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

const char *condition_word(enum condition condition)
{
    return condition_words[condition];
}

const char *condition_holds(enum condition condition)
{
    return condition_texts[condition];
}

bool condition_parse(const char *word, enum condition *ret_condition)
{
    size_t index;
    if (!word_parse(word, condition_words, CONDITION_COUNT, &index))
        return false;
    *ret_condition = (enum condition)index;
    return true;
}

const char *limit_word(enum limit limit)
{
    return limit_words[limit];
}

bool limit_parse(const char *word, enum limit *ret_limit)
{
    size_t index;
    if (!word_parse(word, limit_words, LIMIT_COUNT, &index))
        return false;
    *ret_limit = (enum limit)index;
    return true;
}

struct settings *settings_new(void)
{
    struct settings *settings = mem_alloc(sizeof *settings);
    pthread_rwlock_init(&settings->lock, NULL);
    memcpy(settings->everybody.limits, limit_defaults, sizeof limit_defaults);
    settings_started(settings);
    return settings;
}

static void forget(struct settings *settings, struct scope *scope)
{
    HASH_DEL(settings->projects, scope);
    free(scope->name);
    free(scope);
}

void settings_free(struct settings *settings)
{
    if (!settings)
        return;
    struct scope *scope;
    struct scope *next;
    HASH_ITER (hh, settings->projects, scope, next)
        forget(settings, scope);
    pthread_rwlock_destroy(&settings->lock);
    free(settings);
}

void settings_started(struct settings *settings)
{
    memcpy(settings->start_limits, settings->everybody.limits, sizeof settings->start_limits);
}

static struct settings_view *find(struct settings *settings, const char *project)
{
    struct scope *scope;
    HASH_FIND_STR(settings->projects, project, scope);
    return scope ? &scope->view : NULL;
}

static struct settings_view *find_or_add(struct settings *settings, const char *project)
{
    if (!project)
        return &settings->everybody;
    struct settings_view *known = find(settings, project);
    if (known)
        return known;
    struct scope *scope = mem_alloc(sizeof *scope);
    scope->name = mem_dup(project);
    scope->view.project = scope->name;
    HASH_ADD_KEYPTR(hh, settings->projects, scope->name, strlen(scope->name), scope);
    return &scope->view;
}

/* Takes bits off one project or, with `project` NULL, off everybody and each project; a project
 * that no longer differs from everybody is forgotten, so that a long run does not grow. */
static void clear_bits(struct settings *settings, const char *project, uint32_t conditions, uint32_t limits)
{
    struct scope *scope;
    struct scope *next;
    if (!project) {
        settings->everybody.conditions &= ~conditions;
        settings->everybody.limits_set &= ~limits;
    }
    HASH_ITER (hh, settings->projects, scope, next) {
        if (project && strcmp(project, scope->name) != 0)
            continue;
        scope->view.conditions &= ~conditions;
        scope->view.limits_set &= ~limits;
        if (!scope->view.conditions && !scope->view.limits_set)
            forget(settings, scope);
    }
}

void settings_enter(struct settings *settings, enum condition condition, const char *project)
{
    pthread_rwlock_wrlock(&settings->lock);
    find_or_add(settings, project)->conditions |= UINT32_C(1) << condition;
    pthread_rwlock_unlock(&settings->lock);
}

void settings_leave(struct settings *settings, enum condition condition, const char *project)
{
    pthread_rwlock_wrlock(&settings->lock);
    clear_bits(settings, project, UINT32_C(1) << condition, 0);
    pthread_rwlock_unlock(&settings->lock);
}

bool settings_hold(struct settings *settings, enum condition condition, const char *project)
{
    uint32_t bit = UINT32_C(1) << condition;
    pthread_rwlock_rdlock(&settings->lock);
    const struct settings_view *view = find(settings, project);
    bool hold = settings->everybody.conditions & bit || (view && view->conditions & bit);
    pthread_rwlock_unlock(&settings->lock);
    return hold;
}

void settings_set_limit(struct settings *settings, enum limit limit, const char *project, uint64_t value)
{
    pthread_rwlock_wrlock(&settings->lock);
    struct settings_view *view = find_or_add(settings, project);
    view->limits[limit] = value;
    view->limits_set |= UINT32_C(1) << limit;
    pthread_rwlock_unlock(&settings->lock);
}

void settings_unset_limit(struct settings *settings, enum limit limit, const char *project)
{
    pthread_rwlock_wrlock(&settings->lock);
    clear_bits(settings, project, 0, UINT32_C(1) << limit);
    if (!project)
        settings->everybody.limits[limit] = settings->start_limits[limit];
    pthread_rwlock_unlock(&settings->lock);
}

uint64_t settings_limit(struct settings *settings, enum limit limit, const char *project)
{
    pthread_rwlock_rdlock(&settings->lock);
    const struct settings_view *view = find(settings, project);
    if (!view || !(view->limits_set & UINT32_C(1) << limit))
        view = &settings->everybody;
    uint64_t value = view->limits[limit];
    pthread_rwlock_unlock(&settings->lock);
    return value;
}

void settings_visit(struct settings *settings, settings_visit_fn *visit, void *context)
{
    pthread_rwlock_rdlock(&settings->lock);
    visit(context, &settings->everybody);
    for (struct scope *scope = settings->projects; scope; scope = scope->hh.next)
        visit(context, &scope->view);
    pthread_rwlock_unlock(&settings->lock);
}
