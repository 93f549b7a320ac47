/* Serves a mock over HTTP. server.c is the only file that knows the HTTP library. */
#ifndef MOCK_SERVER_H
#define MOCK_SERVER_H

#include <stdbool.h>

#include "base/err.h"
#include "mock/mock.h"

struct server;

/* On the bound and listening socket, which it takes over. NULL when it cannot. */
struct server *server_start(struct mock *mock, int listen_socket, unsigned thread_count, struct err *err);
/* Ends every exchange, those that wait included. Accepts NULL. */
void server_stop(struct server *server);

#endif
