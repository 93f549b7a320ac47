#include "mock/options.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exit_status.h"
#include "base/mem.h"
#include "base/number.h"

enum {
    THREADS_MAX = 64,
    THREADS_DEFAULT_MAX = 4
};

#define MEMORY_DEFAULT_BYTES ((uint64_t)2 << 30)

enum option_key {
    OPTION_LISTEN = 256,
    OPTION_API,
    OPTION_BREAK,
    OPTION_LIST_FAULTS,
    OPTION_JSON,
    OPTION_ADMIN,
    OPTION_STORES,
    OPTION_MEMORY,
    OPTION_CONDITION,
    OPTION_THREADS,
    OPTION_EXIT_WITH_PARENT,
    OPTION_LIMIT, /* and so many as there are limits */
};

static const struct argp_option known[] = {
    {"listen", OPTION_LISTEN, "ADDRESS:PORT", 0,
     "Where to listen, on loopback only (127.0.0.1:9292); port 0 picks a free one", 0},
    {"api", OPTION_API, "API,...", 0, "The APIs to serve: images-v2", 0},
    {"break", OPTION_BREAK, "CLAUSE", 0, "Disobey this one clause; may be repeated", 0},
    {"list-faults", OPTION_LIST_FAULTS, NULL, 0, "List the clauses that --break takes, and leave", 0},
    {"json", OPTION_JSON, NULL, 0, "With --list-faults: as JSON", 0},
    {"admin", OPTION_ADMIN, NULL, 0, "Let conditions and limits be switched under /__mock/", 0},
    {"stores", OPTION_STORES, "NAME,...", 0, "The stores of the service, the default one first (default)", 0},
    {"memory", OPTION_MEMORY, "SIZE", 0, "Bytes of image data to hold at most (2G); zeroes do not count", 0},
    {"condition", OPTION_CONDITION, "NAME", 0, "Let a condition hold from the start; may be repeated", 0},
    {"image-size-cap", OPTION_LIMIT + LIMIT_IMAGE_SIZE_CAP, "SIZE", 0, "Bytes of one image at most", 0},
    {"project-quota", OPTION_LIMIT + LIMIT_PROJECT_QUOTA, "SIZE", 0,
     "Bytes of all images of a project at most", 0},
    {"property-quota", OPTION_LIMIT + LIMIT_PROPERTY_QUOTA, "N", 0,
     "Additional properties of one image at most", 0},
    {"tag-quota", OPTION_LIMIT + LIMIT_TAG_QUOTA, "N", 0, "Tags of one image at most", 0},
    {"threads", OPTION_THREADS, "N", 0, "Threads that serve requests (the number of processors, at most 4)",
     0},
    {"exit-with-parent", OPTION_EXIT_WITH_PARENT, NULL, 0, "End when the process that started this one ends",
     0},
    {0},
};

static void take_api(struct argp_state *state, char *list)
{
    char *rest = NULL;
    for (char *api = strtok_r(list, ",", &rest); api; api = strtok_r(NULL, ",", &rest))
        if (strcmp(api, "images-v2") != 0)
            argp_error(state, "the API '%s' is not served by this version: it serves images-v2", api);
}

static void take_break(struct argp_state *state, struct options *options, const char *id)
{
    enum rule rule;
    const char *nearest;
    if (rule_find(id, &rule, &nearest))
        options->mock.rules.broken[rule] = true;
    else if (nearest)
        argp_error(state, "there is no clause '%s' to break; did you mean '%s'?", id, nearest);
    else
        argp_error(state, "there is no clause '%s' to break; see --list-faults", id);
}

static void take_condition(struct argp_state *state, struct options *options, const char *name)
{
    enum condition condition;
    if (!condition_find(name, &condition))
        argp_error(state, "there is no condition '%s'", name);
    else
        options->mock.switches.conditions[condition] = true;
}

static void take_stores(struct argp_state *state, struct options *options, const char *list)
{
    free(options->store_names);
    options->store_names = mem_dup(list);
    options->mock.store_count = 0;
    char *rest = NULL;
    for (char *name = strtok_r(options->store_names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        if (options->mock.store_count == MOCK_STORES_MAX)
            argp_error(state, "at most %d stores", MOCK_STORES_MAX);
        options->mock.stores[options->mock.store_count++] = name;
    }
    if (options->mock.store_count == 0)
        argp_error(state, "--stores names no store");
}

static uint64_t take_size(struct argp_state *state, const char *option, const char *text)
{
    uint64_t bytes = 0;
    if (!number_parse_size(text, &bytes))
        argp_error(state, "%s: '%s' is no number of bytes, as in 65536 or 64k", option, text);
    return bytes;
}

static unsigned take_threads(struct argp_state *state, const char *text)
{
    uint64_t threads = 0;
    if (!number_parse_u64(text, &threads) || threads < 1 || threads > THREADS_MAX)
        argp_error(state, "--threads: '%s' is no number from 1 to %d", text, THREADS_MAX);
    return (unsigned)threads;
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case OPTION_LISTEN:
        options->listen = value;
        return 0;
    case OPTION_API:
        take_api(state, value);
        return 0;
    case OPTION_BREAK:
        take_break(state, options, value);
        return 0;
    case OPTION_LIST_FAULTS:
        options->list_faults = true;
        return 0;
    case OPTION_JSON:
        options->json = true;
        return 0;
    case OPTION_ADMIN:
        options->mock.admin = true;
        return 0;
    case OPTION_STORES:
        take_stores(state, options, value);
        return 0;
    case OPTION_MEMORY:
        options->mock.memory_bytes = take_size(state, "--memory", value);
        return 0;
    case OPTION_CONDITION:
        take_condition(state, options, value);
        return 0;
    case OPTION_THREADS:
        options->mock.threads = take_threads(state, value);
        return 0;
    case OPTION_EXIT_WITH_PARENT:
        options->exit_with_parent = true;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "'%s' is no option", value);
        return 0;
    default:
        if (key < OPTION_LIMIT || key >= OPTION_LIMIT + LIMIT_COUNT)
            return ARGP_ERR_UNKNOWN;
        options->mock.switches.limits[key - OPTION_LIMIT] =
            take_size(state, limit_name((enum limit)(key - OPTION_LIMIT)), value);
        return 0;
    }
}

static unsigned default_threads(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (processors < 1)
        return 1;
    return processors < THREADS_DEFAULT_MAX ? (unsigned)processors : THREADS_DEFAULT_MAX;
}

void options_parse(struct options *options, int argc, char **argv)
{
    static const struct argp argp = {
        .options = known,
        .parser = take,
        .doc = "An OpenStack image service in memory, for clients to be built against and for imageproof to "
               "be tested with.\vA token is `user:project:role[,role]`, for example alice:demo:member.",
    };
    memset(options, 0, sizeof *options);
    options->listen = "127.0.0.1:9292";
    options->mock.memory_bytes = MEMORY_DEFAULT_BYTES;
    options->mock.threads = default_threads();
    options->mock.stores[0] = "default";
    options->mock.store_count = 1;
    switches_init(&options->mock.switches);
    argp_err_exit_status = EXIT_STATUS_USAGE;
    argp_program_version = "imageproof-mock " IMAGEPROOF_VERSION;
    argp_parse(&argp, argc, argv, 0, NULL, options);
}

void options_fini(struct options *options)
{
    free(options->store_names);
}
