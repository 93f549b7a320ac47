/* A connection to a server on loopback. */
#ifndef BENCH_CONNECT_H
#define BENCH_CONNECT_H

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

/* The descriptor; -1 when nobody listens there. */
static inline int connect_to(const char *port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    return -1;
}

#endif
