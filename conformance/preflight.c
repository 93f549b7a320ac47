#include "conformance/preflight.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/case/remove.h"

#define GIVEN      "preflight"
#define ANSWER_MAX 999

/* The answers that are about the owner or the state of the service, and not about what was asked: what any
 * case found would be that. */
static const struct {
    int from;
    int to;
    const char *advice;
} stops[] = {
    {401, 401,
     "see how identity owner of the target proves who it is (in a target file, --token, --os-cloud)"},
    {403, 403, "give identity owner of the target a role that may make, read and delete images"},
    {429, 429, "try again later, or with a lower --rate"},
    {500, ANSWER_MAX, "see to the service, whose own log may tell more"},
};

static const char *advice_of(int status)
{
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        if (status >= stops[i].from && status <= stops[i].to)
            return stops[i].advice;
    }
    return NULL;
}

static char *sentence(const char *api, const char *what, const char *advice)
{
    return mem_printf(
        "preflight of %s: %s; no case was run: %s, or judge it all the same with --no-preflight", api, what,
        advice);
}

/* ---- what was answered ---- */

/* Whether nothing can be told from it: no connection, no answer in time, no token. What is an answer but no
 * HTTP is for the cases to find. */
static bool is_nobody(const struct result_exchange *exchange)
{
    enum subject_outcome outcome = subject_outcome_parse(exchange->outcome);
    return outcome == SUBJECT_UNREACHABLE || outcome == SUBJECT_TIMEOUT || outcome == SUBJECT_FAULT;
}

static char *judge_exchange(const char *api, const struct result_exchange *exchange)
{
    const char *advice = advice_of(exchange->status);
    if (is_nobody(exchange)) {
        CLEANUP(text)
        char *what = mem_printf("%s %s had no answer: %s", exchange->method, exchange->url, exchange->error);
        return sentence(api, what, "see whether the service is there, and its address right");
    }
    CLEANUP(text)
    char *what = mem_printf("%s %s as %s was answered with %d", exchange->method, exchange->url,
                            exchange->identity, exchange->status);
    return advice ? sentence(api, what, advice) : NULL;
}

static char *judge_exchanges(const char *api, const struct result_case *result)
{
    char *reason = NULL;
    for (size_t i = 0; i < result->exchange_count && !reason; i++)
        reason = judge_exchange(api, &result->exchanges[i]);
    return reason;
}

/* ---- what is left ---- */

static void keep_first(void *context, const char *text)
{
    char **first = context;
    if (!*first)
        *first = mem_dup(text);
}

/* What the case itself did not remove may still be found by its name, as the ledger has it. */
static char *judge_left(const struct case_environment *environment, const char *api,
                        const struct result_case *result)
{
    struct err err = ERR_INIT;
    CLEANUP(text) char *left = NULL;
    struct removal removal = {.say = keep_first, .context = &left};
    if (!environment->remains)
        left = result->note_count > 0 ? mem_dup(result->notes[0]) : NULL;
    else if (remains_open_count(environment->remains) > 0 &&
             !remove_remains(environment->remains, environment->target, &removal, &err))
        left = mem_dup(err.text);
    if (!left)
        return NULL;
    CLEANUP(text) char *what = mem_printf("what was made cannot be deleted: %s", left);
    return sentence(api, what, "each case would leave more; give owner a role that may delete images");
}

/* ---- the whole ---- */

static const struct spec_given *find_given(const struct spec_suite *suite, const char *api,
                                           const struct spec_file **ret_file)
{
    for (size_t i = 0; i < suite->file_count; i++) {
        const struct spec_file *file = suite->files[i];
        for (size_t k = 0; k < file->given_count && strcmp(file->api, api) == 0; k++) {
            if (strcmp(file->givens[k]->name, GIVEN) != 0)
                continue;
            *ret_file = file;
            return file->givens[k];
        }
    }
    return NULL;
}

bool preflight_case(const struct spec_suite *suite, const char *api, struct preflight_case *ret_case)
{
    static char name[] = GIVEN;
    const struct spec_file *file;
    const struct spec_given *given = find_given(suite, api, &file);
    if (!given)
        return false;
    *ret_case = (struct preflight_case){
        .use = {.name = name, .given = given},
        .clause =
            {.id = name, .file = file, .document = name, .heading = name, .item = name, .says = given->says},
        .parts = {.givens = &ret_case->use, .given_count = 1, .needs = given->needs},
        .one = {.id = name, .name = name, .clause = &ret_case->clause, .parts = &ret_case->parts},
    };
    return true;
}

char *preflight(const struct case_environment *environment, const struct spec_suite *suite,
                struct subject_session *session, const char *api)
{
    struct preflight_case made;
    struct result_case result;
    if (!preflight_case(suite, api, &made))
        return NULL;
    case_run(environment, session, &made.one, PREFLIGHT_NUMBER, &result);
    char *reason = judge_exchanges(api, &result);
    char *left = judge_left(environment, api, &result);
    result_case_fini(&result);
    if (reason)
        free(left);
    return reason ? reason : left;
}
