/* A request as it will be sent: a `send` of the suite with its variables replaced. */
#ifndef CONFORMANCE_CASE_REQUEST_H
#define CONFORMANCE_CASE_REQUEST_H

#include <stdbool.h>

#include "base/err.h"
#include "conformance/match/body.h"
#include "conformance/spec/spec.h"
#include "conformance/spec/template.h"
#include "conformance/subject.h"
#include "conformance/target/target.h"

/* Owns everything in it; request_free. `wire` points into the rest. */
struct request {
    struct subject_request wire;
    char *identity;
    char *method;
    char *url;
    struct spec_pair *headers;
    size_t header_count;
    struct subject_header *wire_headers;
    struct body *body; /* NULL: none */
    uint64_t pause_after;
    char
        *image; /* name of a file that is taken where the target says, and not asked for; NULL: an exchange */
    char **run; /* a program of the target's and its arguments, run instead of anything; NULL: an exchange */
    size_t run_count;
    uint64_t run_timeout_ms;
    struct auth
        *auth; /* borrowed from the target: gives the token that is sent; NULL: nobody need be asked */
    size_t token_header; /* index of that token in the headers */
};

/* NULL with `err` set: a variable or a fixture cannot be had. */
struct request *request_make(const struct spec_send *send, const struct target *target, const char *fixtures,
                             const struct vars *vars, struct err *err);
/* For an image file that the target does not have downloaded. NULL with `err` set: it cannot be its name. */
struct request *request_for_image(const struct spec_send *send, const struct vars *vars, struct err *err);
/* Asks for nothing in particular, as nobody. */
struct request *request_for_probe(const char *url);
/* For a hook of the target. NULL with `err` set: a variable cannot be had. */
struct request *request_for_hook(const struct target_hook *hook, const struct target *target,
                                 const char *fixtures, const struct vars *vars, struct err *err);
/* For a program and its arguments: takes the words, NULL-terminated. */
struct request *request_for_program(char **words, size_t count, uint64_t timeout_ms);
/* The token may be an old one by the time that the request is sent: puts the present one in. */
bool request_authorize(struct request *request, struct err *err);
void request_free(struct request *request); /* accepts NULL */

#endif
