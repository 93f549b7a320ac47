/* A mock of our own whose faults are switched while it runs. */
#ifndef CONFORMANCE_PROOF_BROKEN_MOCK_H
#define CONFORMANCE_PROOF_BROKEN_MOCK_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"
#include "conformance/spec/spec.h"
#include "reports/result.h"

struct broken_mock;

/* Starts what `target` (a target file with a `start`) says, to obey that edition of the reference (NULL: as
 * it does by itself). NULL with `err` set. */
struct broken_mock *broken_mock_start(const char *target, const char *edition, atomic_bool *stop,
                                      struct err *err);
/* Ends it; false with `err` set when it had ended by itself. Accepts NULL. */
bool broken_mock_stop(struct broken_mock *mock, struct err *err);

/* Switches one fault on, or off again. */
bool broken_mock_switch(struct broken_mock *mock, const char *fault, bool on, struct err *err);

/* Where it is reached: at its own address, or through whatever passes requests on to it from `url`. */
const char *broken_mock_url(const struct broken_mock *mock);
void broken_mock_reach_at(struct broken_mock *mock, const char *url);

/* Runs cases against it. False with `err` set when they could not all be judged; *ret_run is filled in any
 * case but the first that `err` tells of, so that result_fini is always right. */
bool broken_mock_run(struct broken_mock *mock, const struct spec_suite *suite, const char *fixtures,
                     const struct spec_case *const *cases, size_t count, struct run_result *ret_run,
                     struct err *err);

#endif
