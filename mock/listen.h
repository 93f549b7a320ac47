/* A listening socket on loopback. */
#ifndef MOCK_LISTEN_H
#define MOCK_LISTEN_H

#include <stddef.h>

#include "base/err.h"

/* The socket, close-on-exec; *ret_url (of url_size bytes) is its address with the port that was picked.
 * -1 with `err` set. */
int listen_on(const char *address, char *ret_url, size_t url_size, struct err *err);

#endif
