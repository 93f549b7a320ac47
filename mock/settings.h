/* What can be switched while the server runs, for everybody or for one project: conditions of the
 * storage and of policy (conditions.def), and limits (limits.def). Safe for many threads at once. */
#ifndef MOCK_SETTINGS_H
#define MOCK_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

enum condition {
#define CONDITION(name, word, holds) CONDITION_##name,
#include "mock/conditions.def"
#undef CONDITION
    CONDITION_COUNT
};

enum limit {
#define LIMIT(name, word, value, bounds) LIMIT_##name,
#include "mock/limits.def"
#undef LIMIT
    LIMIT_COUNT
};

const char *condition_word(enum condition condition);
const char *condition_holds(enum condition condition); /* what is the case while it holds */
bool condition_parse(const char *word, enum condition *ret_condition);
const char *limit_word(enum limit limit);
bool limit_parse(const char *word, enum limit *ret_limit);

struct settings;

struct settings *settings_new(void);
void settings_free(struct settings *settings); /* accepts NULL */

/* `project` NULL: for everybody. Leaving for everybody leaves each project's too. */
void settings_enter(struct settings *settings, enum condition condition, const char *project);
void settings_leave(struct settings *settings, enum condition condition, const char *project);
bool settings_hold(struct settings *settings, enum condition condition, const char *project);

void settings_set_limit(struct settings *settings, enum limit limit, const char *project, uint64_t value);
/* Back to what holds for everybody or, with `project` NULL, back to the value of the start for all. */
void settings_unset_limit(struct settings *settings, enum limit limit, const char *project);
uint64_t settings_limit(struct settings *settings, enum limit limit, const char *project);
/* From now on the present values for everybody are those of the start. */
void settings_started(struct settings *settings);

/* Visits what holds for everybody (project NULL), then each project that differs, under the lock. */
struct settings_view {
    const char *project; /* NULL: everybody */
    uint32_t conditions; /* bit: enum condition */
    uint32_t limits_set; /* bit: enum limit */
    uint64_t limits[LIMIT_COUNT];
};
typedef void settings_visit_fn(void *context, const struct settings_view *view);
void settings_visit(struct settings *settings, settings_visit_fn *visit, void *context);

#endif
