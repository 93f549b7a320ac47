/* What a case would send, without sending anything: for `imageproof run --dry-run`. What only an answer tells
 * stays visible as ${name}; the run's own id is 00000000 there, and the case's uuid one of zeroes. */
#ifndef CONFORMANCE_CASE_OUTLINE_H
#define CONFORMANCE_CASE_OUTLINE_H

#include "conformance/spec/spec.h"
#include "conformance/target/target.h"
#include "reports/result.h"

/* One request, or one program of a hook. Good until the callback returns. */
struct outline_request {
    const char *purpose;                 /* "given image: queued", "step 2", "clean-up" */
    const char *identity;                /* of a program: "" */
    const char *method;                  /* of a program: RESULT_RUN */
    const char *path;                    /* behind the address of the target; "program:NAME" */
    const struct result_header *headers; /* without credentials */
    size_t header_count;
    const char *body_kind; /* "none", "generated", "file", "text", "json", "hex", "parts" */
    uint64_t body_bytes;
    bool size_known;     /* that does not depend on an answer */
    bool held;           /* its body is held open for a while */
    uint64_t until_ms;   /* it is sent again until the answer is as expected, so long; 0: once */
    const char *unknown; /* why nothing more can be told before there are answers; NULL: this is all */
};

struct outline {
    const struct target *target; /* of target_use_offline() */
    const char *fixtures;
    void (*request)(void *context, const struct outline_request *request);
    void *context;
};

/* Calls `request` for each, in the order of sending. `number` as for case_run(). False with `err` set: a
 * value of the target is no good. */
bool outline_case(const struct outline *outline, const struct spec_case *one, size_t number, struct err *err);

#endif
