#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/spec/internal.h"

static void add_all(char ***words, size_t *count, char *const *more, size_t more_count)
{
    for (size_t i = 0; i < more_count; i++)
        words_add(words, count, more[i]);
}

void needs_add(struct spec_needs *needs, const struct spec_needs *more)
{
    add_all(&needs->features, &needs->feature_count, more->features, more->feature_count);
    add_all(&needs->limits, &needs->limit_count, more->limits, more->limit_count);
    add_all(&needs->conditions, &needs->condition_count, more->conditions, more->condition_count);
    add_all(&needs->identities, &needs->identity_count, more->identities, more->identity_count);
    add_all(&needs->projects, &needs->project_count, more->projects, more->project_count);
    add_all(&needs->permissions, &needs->permission_count, more->permissions, more->permission_count);
    needs->source = needs->source || more->source;
}

static void parse_identities(struct spec_context *context, const struct yaml_node *node,
                             struct spec_needs *needs)
{
    for (size_t i = 0; node && i < node->count && !node->keys; i++) {
        const struct yaml_node *item = &node->values[i];
        if (item->text && !identity_is_known(item->text)) {
            struct guess guess;
            guess_init(&guess, item->text);
            identity_guess(&guess);
            problems_add(context->problems, item->place, "unknown identity \"%s\"%s", item->text,
                         guess_end(&guess));
        } else if (item->text && strcmp(item->text, "anonymous") == 0) {
            problems_add(context->problems, item->place,
                         "anonymous is nobody's to offer: it needs no identity");
        }
    }
    read_words(context, node, "identities", &needs->identities, &needs->identity_count);
}

void needs_parse(struct spec_context *context, const struct yaml_node *node, struct spec_needs *needs)
{
    static const struct spec_key keys[] = {{"features", false},
                                           {"limits", false},
                                           {"conditions", false},
                                           {"identities", false},
                                           {"permissions", false}};
    if (!node || !read_is_mapping(context, node, "needs"))
        return;
    read_keys(context, node, "needs", keys, sizeof keys / sizeof keys[0]);
    read_words(context, yaml_get(node, "features"), "features", &needs->features, &needs->feature_count);
    read_words(context, yaml_get(node, "limits"), "limits", &needs->limits, &needs->limit_count);
    read_words(context, yaml_get(node, "conditions"), "conditions", &needs->conditions,
               &needs->condition_count);
    parse_identities(context, yaml_get(node, "identities"), needs);
    read_words(context, yaml_get(node, "permissions"), "permissions", &needs->permissions,
               &needs->permission_count);
}

void needs_fini(struct spec_needs *needs)
{
    words_free(needs->features, needs->feature_count);
    words_free(needs->limits, needs->limit_count);
    words_free(needs->conditions, needs->condition_count);
    words_free(needs->identities, needs->identity_count);
    words_free(needs->projects, needs->project_count);
    words_free(needs->permissions, needs->permission_count);
}
