/* `limits` and `conditions` of a target file: how they come to hold, and how they stop. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/target/reading.h"

#define RUN_TIMEOUT_DEFAULT_MS 30000

static void read_program(struct reading *reading, const struct yaml_node *node, struct target_hook *hook)
{
    static const char *const keys[] = {"run", "timeout", NULL};
    const struct yaml_node *run = yaml_get(node, "run");
    reading_keys(reading, node, "a hook that runs a program", keys);
    reading_words(reading, run, "run", &hook->run, &hook->run_count);
    for (size_t i = 0; i < hook->run_count; i++)
        reading_check_template(reading, run, "run", hook->run[i]);
    if (run->kind == YAML_KIND_SEQUENCE && run->count == 0)
        problems_add(reading->problems, run->place, "run, expected a program");
    if (hook->run_count > 0 && strstr(hook->run[0], "${"))
        problems_add(reading->problems, run->place, "run: the program itself has no variable in it");
    hook->timeout_ms = RUN_TIMEOUT_DEFAULT_MS;
    if (yaml_get(node, "timeout"))
        reading_duration(reading, yaml_get(node, "timeout"), "timeout", &hook->timeout_ms);
}

static struct target_hook *read_hook(struct reading *reading, const struct yaml_node *node)
{
    if (!node)
        return NULL;
    struct target_hook *hook = mem_alloc(sizeof *hook);
    if (node->kind == YAML_KIND_MAPPING && yaml_get(node, "run")) {
        read_program(reading, node, hook);
        return hook;
    }
    hook->send = mem_alloc(sizeof *hook->send);
    spec_send_parse(node, reading->problems, hook->send);
    return hook;
}

static bool runs_program(const struct target_hook *hook)
{
    return hook && !hook->send;
}

static void read_state(struct reading *reading, const struct yaml_node *key, const struct yaml_node *node,
                       bool is_limit, struct target_state *state)
{
    static const char *const limit_keys[] = {"value", "enter", "leave", "alone", NULL};
    const char *const *keys = is_limit ? limit_keys : limit_keys + 1;
    state->name = mem_dup(key->text);
    state->place = key->place;
    if (!reading_is_mapping(reading, node, is_limit ? "a limit" : "a condition"))
        return;
    reading_keys(reading, node, is_limit ? "a limit" : "a condition", keys);
    state->value = reading_template(reading, yaml_get(node, "value"), "value");
    if (is_limit && !yaml_get(node, "value"))
        problems_add(reading->problems, node->place, "a limit without the mandatory key \"value\"");
    state->enter = read_hook(reading, yaml_get(node, "enter"));
    state->leave = read_hook(reading, yaml_get(node, "leave"));
    state->alone = runs_program(state->enter) || runs_program(state->leave);
    if (yaml_get(node, "alone"))
        state->alone = reading_flag(reading, yaml_get(node, "alone"), "alone");
}

void read_limits(struct reading *reading, const struct yaml_node *node)
{
    struct target *target = reading->target;
    for (size_t i = 0; reading_is_mapping(reading, node, "limits") && i < node->count; i++)
        read_state(reading, &node->keys[i], &node->values[i], true,
                   mem_append(&target->limits, &target->limit_count));
}

void read_conditions(struct reading *reading, const struct yaml_node *node)
{
    struct target *target = reading->target;
    for (size_t i = 0; reading_is_mapping(reading, node, "conditions") && i < node->count; i++)
        read_state(reading, &node->keys[i], &node->values[i], false,
                   mem_append(&target->conditions, &target->condition_count));
}
