#include "mock/calls.h"

static json_t *conditions_of(const struct settings_view *view)
{
    json_t *words = json_array();
    for (size_t i = 0; i < CONDITION_COUNT; i++) {
        if (view->conditions & UINT32_C(1) << i)
            json_array_append_new(words, json_string(condition_word((enum condition)i)));
    }
    return words;
}

/* Everybody's limits are all shown, a project's are those of its own; null is none. */
static json_t *limits_of(const struct settings_view *view)
{
    json_t *limits = json_object();
    for (size_t i = 0; i < LIMIT_COUNT; i++) {
        uint64_t value = view->limits[i];
        if (view->project && !(view->limits_set & UINT32_C(1) << i))
            continue;
        json_object_set_new(limits, limit_word((enum limit)i),
                            value > INT64_MAX ? json_null() : json_integer((json_int_t)value));
    }
    return limits;
}

static void show(void *context, const struct settings_view *view)
{
    json_t *state = context;
    json_t *projects = json_object_get(state, "projects");
    json_t *target = view->project ? json_object() : state;
    json_object_set_new(target, "conditions", conditions_of(view));
    json_object_set_new(target, "limits", limits_of(view));
    if (view->project && json_object_set_new(projects, view->project, target) != 0)
        return; /* a project whose name is no UTF-8 cannot be shown */
}

static json_t *faults_of(const struct rules *rules)
{
    json_t *faults = json_array();
    for (size_t i = 0; i < RULE_COUNT; i++) {
        if (!rule_obeyed(rules, (enum rule)i))
            json_array_append_new(faults, json_string(rule_clause((enum rule)i)));
    }
    return faults;
}

static void end(struct exchange *exchange)
{
    struct mock *mock = exchange->mock;
    json_t *state =
        json_pack("{s:I, s:I, s:o, s:{}}", "images", (json_int_t)store_count(mock->store), "stored_bytes",
                  (json_int_t)space_stored_bytes(mock->space), "faults", faults_of(&mock->rules), "projects");
    settings_visit(mock->settings, show, state);
    answer_json(exchange, 200, json_dumps(state, 0));
    json_decref(state);
}

const struct call call_show_state = {.admin_call = true, .end = end};
