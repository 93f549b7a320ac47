/* Who is let in, and whether they are who the suite takes them for. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/survey/surveying.h"

/* ---- one ---- */

static const char *way_of(const struct target_identity *identity)
{
    return identity->auth ? "keystone" : identity->token ? "token" : identity->basic ? "basic" : "nothing";
}

/* What a wrong answer means. */
static const char *meaning_of(int status)
{
    return status == 401   ? "its credentials are refused"
           : status == 403 ? "it may not list images"
                           : "it cannot list images";
}

static json_t *ask_as(struct surveying *surveying, const struct target_identity *identity, int *ret_status)
{
    const char *path = survey_list_path(surveying->target);
    bool is_stranger = strcmp(identity->name, "stranger") == 0;
    struct subject_exchange exchange;
    struct err err = ERR_INIT;
    if (!path)
        return json_null();
    if (!survey_ask(surveying, identity->name, path, &exchange, &err)) {
        survey_problem(surveying, "identity %s: %s", identity->name, err.text);
        return json_false();
    }
    int status = *ret_status = exchange.answer.status;
    bool accepted = status / 100 == 2;
    if (exchange.outcome != SUBJECT_ANSWERED)
        survey_problem(surveying, "identity %s: GET %s: %s", identity->name, path, exchange.error);
    else if (is_stranger && status != 401)
        survey_problem(surveying,
                       "identity stranger: GET %s answered %d, expected 401 to credentials that "
                       "are not valid",
                       path, status);
    else if (!is_stranger && !accepted)
        survey_problem(surveying, "identity %s: %s: GET %s answered %d", identity->name, meaning_of(status),
                       path, status);
    subject_exchange_fini(&exchange);
    return json_boolean(accepted);
}

static char *expanded(const struct surveying *surveying, const char *text)
{
    return text ? template_expand(text, surveying->vars, NULL) : NULL;
}

static void look_at(struct surveying *surveying, struct target_identity *identity, json_t *found)
{
    struct err err = ERR_INIT;
    int status = 0;
    bool connected = target_connect_identity(surveying->target, identity, surveying->options->stop, &err);
    if (!connected)
        survey_problem(surveying, "%s", err.text);
    json_t *accepted = connected ? ask_as(surveying, identity, &status) : json_false();
    CLEANUP(text) char *project = expanded(surveying, identity->project);
    CLEANUP(text) char *roles = connected && identity->auth ? auth_roles(identity->auth, NULL) : NULL;
    json_array_append_new(found, json_pack("{s:s, s:s, s:o, s:i, s:s?, s:s?}", "name", identity->name, "by",
                                           way_of(identity), "accepted", accepted, "status", status,
                                           "project", project, "roles", roles));
    if (!project && strcmp(identity->name, "stranger") != 0)
        survey_note(surveying,
                    "identity %s: its project is not known; `project` says it, for cases that name it",
                    identity->name);
}

/* ---- two ---- */

/* Those that may be of one project: a reader is to see what the owner has. */
static bool may_share(const char *left, const char *right)
{
    static const char *const pairs[][2] = {{"owner", "reader"}, {"reader", "owner"}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (strcmp(pairs[i][0], left) == 0 && strcmp(pairs[i][1], right) == 0)
            return true;
    }
    return false;
}

static bool is_other(const struct target_identity *identity)
{
    return strcmp(identity->name, "other") == 0;
}

static bool same_text(const struct surveying *surveying, const char *left, const char *right)
{
    CLEANUP(text) char *one = expanded(surveying, left);
    CLEANUP(text) char *two = expanded(surveying, right);
    return one && two && strcmp(one, two) == 0;
}

static void compare(struct surveying *surveying, const struct target_identity *left,
                    const struct target_identity *right)
{
    CLEANUP(text) char *project = expanded(surveying, left->project);
    if (same_text(surveying, left->token, right->token))
        survey_problem(surveying, "identities %s and %s are one: they have the same token", left->name,
                       right->name);
    if (!same_text(surveying, left->project, right->project) || may_share(left->name, right->name))
        return;
    if (is_other(left) || is_other(right))
        survey_problem(surveying, "identities %s and %s are of one project, %s: `other` is to be of another",
                       left->name, right->name, project);
    else
        survey_note(surveying, "identities %s and %s are of one project, %s", left->name, right->name,
                    project);
}

void survey_identities(struct surveying *surveying)
{
    struct target *target = surveying->target;
    json_t *found = json_array();
    for (size_t i = 0; i < target->identity_count; i++)
        look_at(surveying, &target->identities[i], found);
    for (size_t i = 0; i < target->identity_count; i++) {
        for (size_t k = i + 1; k < target->identity_count; k++)
            compare(surveying, &target->identities[i], &target->identities[k]);
    }
    json_object_set_new(surveying->document, "identities", found);
}
