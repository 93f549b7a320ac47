/* What a target file says, held against what is there: who can be reached, who is let in, what is offered,
 * and what of the suite can be judged. Nothing is made, changed or removed: whatever is asked is a GET.
 *
 * The findings are a JSON document, "imageproof.target-check/1", without any credential in it:
 *
 *   subject, url        as reports call it; url null when it is not known
 *   status              of the command: 0 usable, 1 something that is said does not hold, 2 not reached
 *   problems            what does not hold, as lines
 *   notes               what is worth to be known, as lines
 *   peer                {reached, time_us, error, tls}
 *   peer.tls            null, or {verified, name, issuer, authority, expires}
 *   apis                [{name, claimed, offered, versions}]
 *   identities          [{name, by, accepted, status, project, roles}]; accepted null: not asked
 *   stores              names, null when they are not told
 *   features            those that are claimed, without the APIs
 *   limits, conditions  [{name, value, enter, leave, alone, usable}]
 *   allow               what is allowed
 *   images              {by, place, usable}
 *   max_upload          bytes, or null
 *   cases               {all, judged, not_claimed, add}
 *   cases.not_claimed   [{reason, cases}]
 *   cases.add           [{what, name, cases, write}] */
#ifndef CONFORMANCE_SURVEY_SURVEY_H
#define CONFORMANCE_SURVEY_SURVEY_H

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"
#include "conformance/survey/options.h"

/* The document: a new reference. NULL with `err` set when there is no session to be had. */
json_t *survey_make(const struct survey_options *options, struct err *err);
int survey_status(const json_t *survey);
/* For people. */
void survey_write(const json_t *survey, FILE *out);

#endif
