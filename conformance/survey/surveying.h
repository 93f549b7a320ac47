/* One survey while it is made: for the files here. */
#ifndef CONFORMANCE_SURVEY_SURVEYING_H
#define CONFORMANCE_SURVEY_SURVEYING_H

#include <jansson.h>

#include "conformance/survey/options.h"

struct surveying {
    const struct survey_options *options;
    struct target *target;
    struct subject_session *session;
    struct vars *vars; /* as of a first case */
    json_t *document;
    json_t *problems;
    json_t *notes;
};

void survey_problem(struct surveying *surveying, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void survey_note(struct surveying *surveying, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* GET as an identity: fills *ret_exchange. False with `err` set when the request cannot be made. */
bool survey_ask(struct surveying *surveying, const char *identity, const char *path,
                struct subject_exchange *ret_exchange, struct err *err);
/* The same of an answer of 2xx or 300 that is JSON: a new reference, NULL when it is anything else. */
json_t *survey_ask_json(struct surveying *surveying, const char *identity, const char *path);

/* A path that lists what an API has, of the first API that is claimed; NULL when none is. */
const char *survey_list_path(const struct target *target);

/* Each adds its parts to the document. */
void survey_apis(struct surveying *surveying);
void survey_identities(struct surveying *surveying);
void survey_claims(struct surveying *surveying);
void survey_cases(struct surveying *surveying);

#endif
