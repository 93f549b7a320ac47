#include "conformance/cli/subject.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"
#include "conformance/auth/secret.h"
#include "conformance/subject.h"

enum option_key {
    OPTION_CLOUD = 768, /* after those of the commands, and of outcome.c */
    OPTION_TOKEN,
    OPTION_URL,
    OPTION_TIMEOUT,
};

static const struct argp_option known[] = {
    {"os-cloud", OPTION_CLOUD, "NAME", 0,
     "The subject is a cloud of clouds.yaml; envvars is the one of OS_ variables", 0},
    {"token", OPTION_TOKEN, "TOKEN", 0, "X-Auth-Token for a URL (or environment IMAGEPROOF_TOKEN)", 0},
    {"url", OPTION_URL, "URL", 0, "Address to use in place of the target's", 0},
    {"timeout", OPTION_TIMEOUT, "DURATION", 0, "Time for one exchange, as 500ms or 30s (as the target says)",
     0},
    {0},
};

static void take_timeout(struct argp_state *state, struct cli_subject *subject, const char *text)
{
    if (!number_parse_duration_ms(text, &subject->timeout_ms) || subject->timeout_ms == 0)
        argp_error(state, "--timeout: '%s' is no duration, as 500ms or 30s", text);
}

static void take_subject(struct argp_state *state, struct cli_subject *subject, const char *text)
{
    const char *other = subject->subject ? subject->subject : subject->cloud;
    if (other)
        argp_error(state, "one subject at a time: '%s' and '%s'", other, text);
    if (!*text)
        argp_error(state, "the name of the subject is empty");
}

static error_t take(int key, char *value, struct argp_state *state)
{
    struct cli_subject *subject = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        subject->token = secret_take_variable("IMAGEPROOF_TOKEN");
        break;
    case OPTION_CLOUD:
        take_subject(state, subject, value);
        subject->cloud = value;
        break;
    case OPTION_TOKEN:
        free(subject->token);
        subject->token = secret_take_argument(value);
        break;
    case OPTION_URL:
        subject->url = value;
        break;
    case OPTION_TIMEOUT:
        take_timeout(state, subject, value);
        break;
    case ARGP_KEY_ARG:
        take_subject(state, subject, value);
        subject->subject = value;
        break;
    default:
        return ARGP_ERR_UNKNOWN;
    }
    return 0;
}

const struct argp cli_subject_argp = {.options = known, .parser = take};

void cli_subject_fini(struct cli_subject *subject)
{
    free(subject->token);
}

bool cli_subject_is_bundled(const struct cli_subject *subject)
{
    return !subject->subject && !subject->cloud;
}

static struct target *load(const char *path)
{
    struct problems problems = {0};
    struct target *target = target_load(path, &problems);
    cli_print_problems(&problems);
    problems_fini(&problems);
    return target;
}

static struct target *load_bundled(void)
{
    CLEANUP(text) char *folder = cli_targets();
    CLEANUP(text) char *path = mem_printf("%s/mock.yaml", folder);
    return load(path);
}

static struct target *find(const struct cli_subject *subject, struct err *err)
{
    if (cli_subject_is_bundled(subject))
        return load_bundled();
    if (subject->cloud)
        return target_from_cloud(subject->cloud, err);
    if (strstr(subject->subject, "://"))
        return target_from_url(subject->subject, subject->token, err);
    return load(subject->subject);
}

static bool use_url(struct target *target, const char *url, struct err *err)
{
    char *base = subject_base_url(url, err);
    if (!base) {
        err_prefix(err, "--url");
        return false;
    }
    free(target->url);
    target->url = base;
    return true;
}

struct target *cli_subject_target(const struct cli_subject *subject)
{
    struct err err = ERR_INIT;
    if (!cli_subject_is_bundled(subject))
        secret_forbid_core(); /* what is read now may be one */
    struct target *target = find(subject, &err);
    if (target && subject->timeout_ms)
        target->timeout_ms = subject->timeout_ms;
    if (target && (!subject->url || use_url(target, subject->url, &err)))
        return target;
    if (err.code != ERR_NONE)
        cli_complain(subject->command, "%s", err.text);
    target_free(target);
    return NULL;
}

static bool connect_target(const struct cli_subject *subject, struct target *target, const atomic_bool *stop)
{
    struct err err = ERR_INIT;
    bool connected = target_connect(target, stop, &err);
    if (!connected)
        cli_complain(subject->command, "%s", err.text);
    return connected;
}

/* The bundled mock follows the edition that it is judged by; a subject that the user names is as it is. */
static struct cli_words all_arguments(const struct cli_subject *subject, const struct cli_words *further,
                                      char *edition)
{
    static char flag[] = "--edition";
    struct cli_words arguments = {0};
    if (cli_subject_is_bundled(subject) && edition) {
        cli_words_add(&arguments, flag);
        cli_words_add(&arguments, edition);
    }
    for (size_t i = 0; i < further->count; i++)
        cli_words_add(&arguments, further->items[i]);
    return arguments;
}

bool cli_subject_start(const struct cli_subject *subject, struct target *target,
                       const struct cli_words *arguments, char *edition, const atomic_bool *stop,
                       struct target_process **ret_process)
{
    struct err err = ERR_INIT;
    *ret_process = NULL;
    if (target->url || !target->program)
        return connect_target(subject, target, stop);
    struct cli_words all = all_arguments(subject, arguments, edition);
    *ret_process = target_start(target, all.items, all.count, &err);
    free(all.items);
    if (!*ret_process)
        cli_complain(subject->command, "%s", err.text);
    return *ret_process;
}
