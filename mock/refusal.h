/* Why a request is refused: the status of the answer and the sentence in its body. */
#ifndef MOCK_REFUSAL_H
#define MOCK_REFUSAL_H

#include <stdbool.h>

struct refusal {
    int status; /* 0: not refused */
    char text[512];
};

/* Returns false, so that a caller writes `return refuse(...)`. */
bool refuse(struct refusal *refusal, int status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
