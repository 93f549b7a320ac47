/* The HTTP server around a mock: the only module that knows libmicrohttpd. */
#ifndef MOCK_SERVER_H
#define MOCK_SERVER_H

#include <stdint.h>

#include "base/err.h"
#include "mock/mock.h"

struct server;

/* Serves `mock` on a loopback address, "127.0.0.1:9292" or "[::1]:0"; port 0 picks a free one. NULL with
 * `err` set: ERR_VALUE (no loopback address), ERR_IO (the port is taken, ...). */
struct server *server_start(struct mock *mock, const char *address, struct err *err);
/* "http://127.0.0.1:9292": borrowed. */
const char *server_url(const struct server *server);
/* Ends every exchange, held ones too. */
void server_stop(struct server *server);

#endif
