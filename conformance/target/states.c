/* `limits` and `conditions` of a target file: how they come to hold, and how they stop. */
#include <stdlib.h>

#include "base/mem.h"
#include "conformance/target/reading.h"

static struct spec_send *read_hook(struct reading *reading, const struct yaml_node *node)
{
    if (!node)
        return NULL;
    struct spec_send *send = mem_alloc(sizeof *send);
    if (spec_send_parse(node, reading->problems, send))
        return send;
    free(send);
    return NULL;
}

static void read_state(struct reading *reading, const struct yaml_node *key, const struct yaml_node *node,
                       bool is_limit, struct target_state *state)
{
    static const char *const limit_keys[] = {"value", "enter", "leave", NULL};
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
