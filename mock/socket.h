/* The listening socket. */
#ifndef MOCK_SOCKET_H
#define MOCK_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct listen_address {
    bool v6;
    uint8_t bytes[16]; /* network order, 4 or 16 of them */
    uint16_t port;
};

#define LISTEN_HOST_SIZE 64
/* The address without its port, as it stands in a URL. */
void listen_host(const struct listen_address *address, char out[static LISTEN_HOST_SIZE]);

/* `ADDR:PORT` or `[ADDR]:PORT`, of loopback only: a mock believes every token. */
bool listen_address_parse(const char *text, struct listen_address *ret_address, struct err *err);
/* Binds and listens; *ret_port is the port that was picked for port 0. */
bool listen_open(const struct listen_address *address, int *ret_socket, uint16_t *ret_port, struct err *err);

#endif
