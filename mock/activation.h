/* Deactivate and reactivate: one moves an image where the other moves it back from. */
#ifndef MOCK_ACTIVATION_H
#define MOCK_ACTIVATION_H

#include "mock/exchange.h"

/* `status` is "active" or "deactivated": what the image shall be. */
void activation_answer(struct exchange *exchange, const char *status);

#endif
