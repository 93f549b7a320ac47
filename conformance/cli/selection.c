#include "conformance/cli/selection.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"

#define SHARDS_MAX 1000

enum option_key {
    OPTION_API = 1024, /* after those of the commands, of outcome.c and of subject.c */
    OPTION_ONLY,
    OPTION_TAG,
    OPTION_EDITION,
    OPTION_SHARD,
};

static const struct argp_option known[] = {
    {"api", OPTION_API, "API", 0, "Only cases of this API (" SPEC_API_LIST "); may be repeated", 0},
    {"only", OPTION_ONLY, "GLOB", 0, "Only cases whose id, or whose clause's id, matches; may be repeated",
     0},
    {"tag", OPTION_TAG, "TAG", 0, "Only cases with this tag; may be repeated", 0},
    {"edition", OPTION_EDITION, "EDITION", 0,
     "Edition of the reference to judge by, for the APIs that have it: of images-v1 in-tree, api-site or "
     "create-page (in-tree)",
     0},
    {"shard", OPTION_SHARD, "K/N", 0, "Only the K-th of N parts of the cases, even by expected time", 0},
    {0},
};

static void take_api(struct argp_state *state, struct cli_selection *selection, char *api)
{
    for (size_t i = 0; i < SPEC_API_COUNT; i++) {
        if (strcmp(spec_api_names[i], api) == 0) {
            cli_words_add(&selection->apis, api);
            return;
        }
    }
    argp_error(state, "there is no API '%s': want " SPEC_API_LIST, api);
}

static void take_shard(struct argp_state *state, struct cli_selection *selection, const char *text)
{
    const char *slash = strchr(text, '/');
    if (!slash || !number_parse_u64_n(text, (size_t)(slash - text), &selection->shard) ||
        !number_parse_u64(slash + 1, &selection->shards) || selection->shard < 1 ||
        selection->shard > selection->shards || selection->shards > SHARDS_MAX)
        argp_error(state, "--shard: '%s' is no K/N with K from 1 to N, and N at most %d", text, SHARDS_MAX);
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct cli_selection *selection = state->input;
    switch (key) {
    case OPTION_API:
        take_api(state, selection, value);
        break;
    case OPTION_ONLY:
        cli_words_add(&selection->only, value);
        break;
    case OPTION_TAG:
        cli_words_add(&selection->tags, value);
        break;
    case OPTION_EDITION:
        selection->edition = value;
        break;
    case OPTION_SHARD:
        take_shard(state, selection, value);
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp cli_selection_argp = {.options = known, .parser = take};

void cli_selection_fini(struct cli_selection *selection)
{
    free(selection->apis.items);
    free(selection->only.items);
    free(selection->tags.items);
}

bool cli_selection_is_said(const struct cli_selection *selection)
{
    return selection->apis.count + selection->only.count + selection->tags.count + selection->shards > 0;
}

const struct spec_case **cli_selection_cases(const struct cli_selection *selection,
                                             const struct spec_suite *suite, size_t *ret_count)
{
    const struct spec_selection wanted = {
        .only = selection->only.items,
        .only_count = selection->only.count,
        .tags = selection->tags.items,
        .tag_count = selection->tags.count,
        .apis = selection->apis.items,
        .api_count = selection->apis.count,
        .one_edition = true,
        .edition = selection->edition,
    };
    return spec_select(suite, &wanted, ret_count);
}

bool cli_selection_knows_edition(const struct cli_selection *selection, const char *command,
                                 const struct spec_suite *suite)
{
    if (!selection->edition || spec_has_edition(suite, selection->edition))
        return true;
    CLEANUP(text) char *names = spec_edition_list(suite);
    cli_complain(command, "there is no edition '%s': this suite has %s", selection->edition, names);
    return false;
}

void cli_selection_claim(const struct cli_selection *selection, struct target *target)
{
    for (size_t i = 0; i < SPEC_API_COUNT; i++) {
        if (target_offers(target, spec_api_names[i]))
            return;
    }
    for (size_t i = 0; i < selection->apis.count; i++)
        target_offer(target, selection->apis.items[i]);
    if (selection->apis.count == 0)
        target_offer(target, "images-v2");
}
