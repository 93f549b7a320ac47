/* A transcript in the place of a subject: what a case asks for is answered with what was answered then, so
 * that the same code judges again. Nothing is sent and nothing waited for. */
#ifndef CONFORMANCE_PLAYBACK_H
#define CONFORMANCE_PLAYBACK_H

#include <stdbool.h>

#include "conformance/subject.h"
#include "reports/result.h"

struct playback;

/* `recorded` is borrowed for as long: a case as the log has it, with its bodies whole. */
struct playback *playback_new(const struct result_case *recorded);
void playback_free(struct playback *playback); /* accepts NULL */

/* What answers in the place of a subject; the playback is borrowed. A request that is not the one of the
 * transcript ends as SUBJECT_FAULT, and so does an answer whose body was not kept whole and cannot be made
 * again. */
struct subject_stand_in playback_stand_in(struct playback *playback);

/* Why the transcript does not fit to what was asked of it, NULL as long as it does: borrowed. */
const char *playback_fault(const struct playback *playback);
/* Exchanges that nothing has asked for. */
size_t playback_left(const struct playback *playback);

#endif
