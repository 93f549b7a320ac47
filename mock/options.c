#include "mock/options.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/number.h"
#include "mock/gns3/general.h"

#define THREADS_DEFAULT_MAX 4
#define THREADS_MAX         64
#define HELP_SIZE_MAX       (16 * BUF_KIB)

const char *argp_program_version = "imageproof-mock " IMAGEPROOF_VERSION;

enum option_key {
    OPTION_LISTEN = 256, /* no short options */
    OPTION_API,
    OPTION_BREAK,
    OPTION_LIST_FAULTS,
    OPTION_LIST_CALLS,
    OPTION_JSON,
    OPTION_ADMIN,
    OPTION_STORES,
    OPTION_MEMORY,
    OPTION_IMAGE_SIZE_CAP,
    OPTION_PROJECT_QUOTA,
    OPTION_PROPERTY_QUOTA,
    OPTION_TAG_QUOTA,
    OPTION_THREADS,
    OPTION_EXIT_WITH_PARENT,
    OPTION_CONDITION,
    OPTION_FETCH_FROM,
    OPTION_EDITION,
    OPTION_QUIRKS,
    OPTION_GNS3_IMAGES,
    OPTION_GNS3_AUTH,
    OPTION_MEMBER_QUOTA,
    OPTION_END,
};

struct parsing {
    struct options *options;
    struct mock *mock;
};

typedef bool option_fn(struct parsing *parsing, const char *value, struct err *err);

static bool take_listen(struct parsing *parsing, const char *value, struct err *err)
{
    return listen_address_parse(value, &parsing->options->listen, err);
}

static bool take_api(struct parsing *parsing, const char *value, struct err *err)
{
    return apis_parse(value, &parsing->mock->apis, err);
}

static bool take_break(struct parsing *parsing, const char *value, struct err *err)
{
    return rules_break(&parsing->mock->rules, value, err);
}

static bool take_list_faults(struct parsing *parsing, const char *value, struct err *err)
{
    (void)value;
    (void)err;
    return parsing->options->list_faults = true;
}

static bool take_list_calls(struct parsing *parsing, const char *value, struct err *err)
{
    (void)value;
    (void)err;
    return parsing->options->list_calls = true;
}

static bool take_json(struct parsing *parsing, const char *value, struct err *err)
{
    (void)value;
    (void)err;
    return parsing->options->json = true;
}

static bool take_admin(struct parsing *parsing, const char *value, struct err *err)
{
    (void)value;
    (void)err;
    return parsing->mock->admin_calls = true;
}

static bool take_exit_with_parent(struct parsing *parsing, const char *value, struct err *err)
{
    (void)value;
    (void)err;
    return parsing->options->exit_with_parent = true;
}

static bool take_stores(struct parsing *parsing, const char *value, struct err *err)
{
    struct mock *mock = parsing->mock;
    CLEANUP(text) char *copy = mem_dup(value);
    char *rest = copy;
    while (rest) {
        const char *name = strsep(&rest, ",");
        if (!*name || strpbrk(name, " \t") || mock_store(mock, name))
            return err_set(err, ERR_VALUE,
                           "'%.200s' is no list of stores; they are written NAME,NAME, each once", value);
        *mem_append(&mock->stores, &mock->store_count) = mem_dup(name);
    }
    return true;
}

static bool take_size(const char *value, uint64_t *ret_bytes, struct err *err)
{
    return number_parse_size(value, ret_bytes) ||
           err_set(err, ERR_VALUE, "'%.200s' is no size; it is written 1048576 or 1M", value);
}

static bool take_memory(struct parsing *parsing, const char *value, struct err *err)
{
    return take_size(value, &parsing->mock->memory_bytes, err);
}

static bool take_limit(struct parsing *parsing, enum limit limit, const char *value, struct err *err)
{
    uint64_t number;
    if (!take_size(value, &number, err))
        return false;
    settings_set_limit(parsing->mock->settings, limit, NULL, number);
    return true;
}

static bool take_image_size_cap(struct parsing *parsing, const char *value, struct err *err)
{
    return take_limit(parsing, LIMIT_IMAGE_SIZE_CAP, value, err);
}

static bool take_project_quota(struct parsing *parsing, const char *value, struct err *err)
{
    return take_limit(parsing, LIMIT_PROJECT_QUOTA, value, err);
}

static bool take_property_quota(struct parsing *parsing, const char *value, struct err *err)
{
    return take_limit(parsing, LIMIT_PROPERTY_QUOTA, value, err);
}

static bool take_tag_quota(struct parsing *parsing, const char *value, struct err *err)
{
    return take_limit(parsing, LIMIT_TAG_QUOTA, value, err);
}

static bool take_member_quota(struct parsing *parsing, const char *value, struct err *err)
{
    return take_limit(parsing, LIMIT_MEMBER_QUOTA, value, err);
}

static bool take_threads(struct parsing *parsing, const char *value, struct err *err)
{
    uint64_t count;
    if (!number_parse_u64(value, &count) || count < 1 || count > THREADS_MAX)
        return err_set(err, ERR_VALUE, "'%.200s' is no number of threads from 1 to %d", value, THREADS_MAX);
    parsing->options->thread_count = (unsigned)count;
    return true;
}

static bool take_condition(struct parsing *parsing, const char *value, struct err *err)
{
    enum condition condition;
    if (!condition_parse(value, &condition))
        return err_set(err, ERR_VALUE, "there is no condition '%.200s'; see --help", value);
    settings_enter(parsing->mock->settings, condition, NULL);
    return true;
}

static bool take_fetch_from(struct parsing *parsing, const char *value, struct err *err)
{
    return fetcher_allow(parsing->mock->fetcher, value, err);
}

static bool take_edition(struct parsing *parsing, const char *value, struct err *err)
{
    return edition_parse(value, &parsing->mock->edition, err);
}

static bool take_quirks(struct parsing *parsing, const char *value, struct err *err)
{
    return rules_take_quirks(&parsing->mock->rules, value, err);
}

static bool take_gns3_images(struct parsing *parsing, const char *value, struct err *err)
{
    gns3_images_free(parsing->mock->gns3_images);
    parsing->mock->gns3_images = gns3_images_new_directory(value, err);
    return parsing->mock->gns3_images;
}

static bool take_gns3_auth(struct parsing *parsing, const char *value, struct err *err)
{
    if (!strchr(value, ':'))
        return err_set(err, ERR_VALUE, "'%.200s' is not USER:PASSWORD", value);
    free(parsing->mock->gns3_credentials);
    parsing->mock->gns3_credentials = gns3_credentials(value);
    return true;
}

/* By enum option_key. */
static option_fn *const takers[] = {
    take_listen,         take_api,           take_break,
    take_list_faults,    take_list_calls,    take_json,
    take_admin,          take_stores,        take_memory,
    take_image_size_cap, take_project_quota, take_property_quota,
    take_tag_quota,      take_threads,       take_exit_with_parent,
    take_condition,      take_fetch_from,    take_edition,
    take_quirks,         take_gns3_images,   take_gns3_auth,
    take_member_quota,
};

static const struct argp_option argp_options[] = {
    {"listen", OPTION_LISTEN, "ADDR:PORT", 0,
     "Listen there, on loopback only; port 0 is free-picked (127.0.0.1:9292)", 0},
    {"api", OPTION_API, "API,...", 0, "Serve these: images-v1, images-v2, gns3 (all)", 0},
    {"edition", OPTION_EDITION, "EDITION", 0,
     "Follow this document of the Images API v1: in-tree, api-site or create-page (in-tree)", 0},
    {"quirks", OPTION_QUIRKS, "SET", 0,
     "Answer as a real server where it differs from all documents: queens, the last one with the Images API "
     "v1, or gns3-2.2",
     1},
    {"stores", OPTION_STORES, "NAME,...", 0, "Have these stores, the first of them the default", 0},
    {"break", OPTION_BREAK, "CLAUSE", 0, "Disobey the rule of this clause; may be given again", 1},
    {"list-faults", OPTION_LIST_FAULTS, NULL, 0, "Print what can be broken, and end", 1},
    {"list-calls", OPTION_LIST_CALLS, NULL, 0, "Print which calls are served, and end", 1},
    {"json", OPTION_JSON, NULL, 0, "Print it as JSON", 1},
    {"condition", OPTION_CONDITION, "NAME", 0, "Let this be the case from the start; may be given again", 2},
    {"admin", OPTION_ADMIN, NULL, 0, "Answer /__mock/, where conditions, limits and faults are switched", 2},
    {"fetch-from", OPTION_FETCH_FROM, "HOST[:PORT]", 0,
     "Let data of images be fetched from there by HTTP (nowhere); may be given again", 3},
    {"memory", OPTION_MEMORY, "SIZE", 0, "Store at most so many bytes; runs of zeroes take none (2G)", 3},
    {"image-size-cap", OPTION_IMAGE_SIZE_CAP, "SIZE", 0, "Size of an image at most (1T)", 3},
    {"project-quota", OPTION_PROJECT_QUOTA, "SIZE", 0, "Sizes of the images of a project together (none)", 3},
    {"property-quota", OPTION_PROPERTY_QUOTA, "N", 0, "Properties of an image (128)", 3},
    {"tag-quota", OPTION_TAG_QUOTA, "N", 0, "Tags of an image (128)", 3},
    {"gns3-images", OPTION_GNS3_IMAGES, "DIR", 0,
     "Keep the images of the GNS3 API in this directory; nothing outside of it is touched (in memory)", 3},
    {"gns3-auth", OPTION_GNS3_AUTH, "USER:PASSWORD", 0, "Let the GNS3 API ask for these (for none)", 3},
    {"member-quota", OPTION_MEMBER_QUOTA, "N", 0, "Members of an image (128)", 3},
    {"threads", OPTION_THREADS, "N", 0, "Threads that serve (one for each CPU, at most 4)", 4},
    {"exit-with-parent", OPTION_EXIT_WITH_PARENT, NULL, 0, "End when the process that started this one ends",
     4},
    {0},
};

static error_t parse_option(int key, char *value, struct argp_state *state)
{
    struct err err = ERR_INIT;
    if (key == ARGP_KEY_ARG)
        argp_error(state, "'%s' is not an option, and there are no other arguments", value);
    if (key < OPTION_LISTEN || key >= OPTION_END)
        return ARGP_ERR_UNKNOWN;
    if (!takers[key - OPTION_LISTEN](state->input, value, &err))
        argp_error(state, "%s", err.text);
    return 0;
}

/* Appends to the help what the option --condition can name. */
static char *add_conditions(int key, const char *text, void *input)
{
    struct buf out;
    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC || !text)
        return (char *)(uintptr_t)text;
    buf_init(&out, HELP_SIZE_MAX);
    buf_printf(&out, "%s\n\nConditions, each for everybody or, by /__mock/, for one project:\n", text);
    for (size_t i = 0; i < CONDITION_COUNT; i++)
        buf_printf(&out, "  %-20s %s\n", condition_word((enum condition)i),
                   condition_holds((enum condition)i));
    return buf_take(&out);
}

static unsigned default_thread_count(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    if (count < 1)
        return 1;
    return count < THREADS_DEFAULT_MAX ? (unsigned)count : THREADS_DEFAULT_MAX;
}

void options_take(int argc, char **argv, struct options *options, struct mock *mock)
{
    static const struct argp argp = {
        .options = argp_options,
        .parser = parse_option,
        .doc = "The in-memory reference server of the Images APIs v1 and v2 and of the GNS3 compute API.\v"
               "Tokens are user:project:role[,role] with the roles admin, member and reader.",
        .help_filter = add_conditions,
    };
    struct parsing parsing = {options, mock};
    *options = (struct options){.listen = {.bytes = {127, 0, 0, 1}, .port = 9292},
                                .thread_count = default_thread_count()};
    argp_parse(&argp, argc, argv, 0, NULL, &parsing);
}
