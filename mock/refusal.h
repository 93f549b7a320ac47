/* Why a request is refused: the status of the answer and its sentence. */
#ifndef MOCK_REFUSAL_H
#define MOCK_REFUSAL_H

#include <stdbool.h>

struct refusal {
    int status;
    char text[512];
};

/* Returns false, so that a check says `return refuse(...)`. */
bool refuse(struct refusal *refusal, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
