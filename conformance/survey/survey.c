#include "conformance/survey/survey.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "base/uuid.h"
#include "conformance/case/variables.h"
#include "conformance/peer.h"
#include "conformance/survey/surveying.h"

/* ---- who is there ---- */

static json_t *tls_json(const struct peer *peer)
{
    if (!peer->speaks_tls)
        return json_null();
    return json_pack("{s:b, s:s?, s:s?, s:s?, s:s?}", "verified", peer->is_verified, "name", peer->name,
                     "issuer", peer->issuer, "authority", peer->authority, "expires", peer->expires);
}

/* Whether anybody is. */
static bool look_at_peer(struct surveying *surveying)
{
    const struct subject_options options =
        target_subject_options(surveying->target, surveying->options->stop);
    struct peer peer;
    peer_look(surveying->target->url, &options, &peer);
    json_object_set_new(surveying->document, "peer",
                        json_pack("{s:b, s:I, s:s?, s:o}", "reached", peer.reached, "time_us",
                                  (json_int_t)peer.time_us, "error", peer.error, "tls", tls_json(&peer)));
    bool reached = peer.reached;
    if (!reached)
        survey_problem(surveying, "%s cannot be reached: %s", surveying->target->url, peer.error);
    if (surveying->target->insecure)
        survey_note(surveying, "INSECURE: the certificate of the subject is not verified");
    peer_fini(&peer);
    return reached;
}

/* A connection is not all: a certificate of the client, for one, is asked for only later. */
static bool is_answered(struct surveying *surveying)
{
    struct subject_exchange exchange;
    struct err err = ERR_INIT;
    if (!survey_ask(surveying, "anonymous", "/", &exchange, &err)) {
        survey_problem(surveying, "%s", err.text);
        return false;
    }
    bool answered = exchange.outcome == SUBJECT_ANSWERED;
    json_t *peer = json_object_get(surveying->document, "peer");
    json_object_set_new(peer, "reached", json_boolean(answered));
    if (!answered) {
        json_object_set_new(peer, "error", json_string(exchange.error));
        survey_problem(surveying, "%s does not answer: %s", surveying->target->url, exchange.error);
    }
    subject_exchange_fini(&exchange);
    return answered;
}

/* Where it is, when the catalog says so: only who is let in by Keystone is told. */
static bool find_service(struct surveying *surveying)
{
    struct target *target = surveying->target;
    struct err err = ERR_INIT;
    if (!target_has_secrets(target, &err)) {
        survey_problem(surveying, "%s", err.text);
        return false;
    }
    if (target->url)
        return true;
    bool found = true;
    for (size_t i = 0; found && i < target->identity_count; i++)
        found = strcmp(target->identities[i].name, "owner") != 0 ||
                target_connect_identity(target, &target->identities[i], surveying->options->stop, &err);
    found = found && target_connect_service(target, &err);
    if (!found)
        survey_problem(surveying, "%s", err.text);
    return found;
}

/* ---- the whole ---- */

static bool make_session(struct surveying *surveying, struct err *err)
{
    const struct subject_options options =
        target_subject_options(surveying->target, surveying->options->stop);
    surveying->session = subject_session_new(&options, err);
    return surveying->session;
}

static void set_vars(struct surveying *surveying)
{
    char uuid[UUID_SIZE];
    uuid_make(uuid);
    CLEANUP(text) char *run_id = mem_dup_n(uuid, 8);
    CLEANUP(text) char *case_id = mem_printf("%s-1", run_id);
    surveying->vars = vars_new(NULL);
    vars_set_text(surveying->vars, "run.id", run_id);
    vars_set_text(surveying->vars, "case.id", case_id);
    vars_set_text(surveying->vars, "case.uuid", uuid);
}

static void set_status(struct surveying *surveying, bool reached)
{
    int status = !reached                                   ? EXIT_STATUS_NOT_JUDGED
                 : json_array_size(surveying->problems) > 0 ? EXIT_STATUS_FAILED
                                                            : EXIT_STATUS_OK;
    json_object_set_new(surveying->document, "status", json_integer(status));
}

json_t *survey_make(const struct survey_options *options, struct err *err)
{
    struct surveying surveying = {
        .options = options, .target = options->target, .problems = json_array(), .notes = json_array()};
    surveying.document = json_pack("{s:s, s:s, s:s?, s:o, s:o}", "schema", "imageproof.target-check/1",
                                   "subject", options->target->name, "url", options->target->url, "problems",
                                   surveying.problems, "notes", surveying.notes);
    set_vars(&surveying);
    bool reached = find_service(&surveying);
    if (reached)
        json_object_set_new(surveying.document, "url", json_string(options->target->url));
    reached = reached && look_at_peer(&surveying);
    bool made = make_session(&surveying, err);
    reached = made && reached && is_answered(&surveying);
    if (reached) {
        survey_apis(&surveying);
        survey_identities(&surveying);
    }
    survey_claims(&surveying);
    survey_cases(&surveying);
    set_status(&surveying, reached);
    subject_session_free(surveying.session);
    vars_free(surveying.vars);
    if (made)
        return surveying.document;
    json_decref(surveying.document);
    return NULL;
}

int survey_status(const json_t *survey)
{
    return (int)json_integer_value(json_object_get(survey, "status"));
}
