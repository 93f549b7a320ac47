#ifndef CONFORMANCE_TEST_MADE_BODY_H
#define CONFORMANCE_TEST_MADE_BODY_H

#include "conformance/match/body.h"

/* Bytes made from seed 1; `size` as in a clause: "32M". Owned. */
struct body *made_body(const char *size);

#endif
