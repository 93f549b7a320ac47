#include "mock/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/number.h"

#define BACKLOG 1024

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool parse_host(const char *host, uint16_t port, union address *address)
{
    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        return ntohl(address->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    if (inet_pton(AF_INET6, host, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
    }
    return false;
}

/* "HOST:PORT", with brackets around an IPv6 host. */
static bool parse(const char *text, union address *address, struct err *err)
{
    const char *colon = strrchr(text, ':');
    uint64_t port;
    if (!colon || !number_parse_u64(colon + 1, &port) || port > UINT16_MAX)
        return err_set(err, ERR_VALUE, "'%s' is no address: want ADDRESS:PORT, for example 127.0.0.1:9292",
                       text);
    char host[INET6_ADDRSTRLEN] = "";
    size_t length = (size_t)(colon - text);
    bool bracketed = length > 2 && text[0] == '[' && colon[-1] == ']';
    if (bracketed) {
        text++;
        length -= 2;
    }
    if (length < sizeof host)
        memcpy(host, text, length);
    if (!parse_host(host, (uint16_t)port, address))
        return err_set(err, ERR_VALUE,
                       "'%s' is no loopback address: the mock listens on 127.0.0.1 or [::1] only", text);
    return true;
}

static socklen_t address_bytes(const union address *address)
{
    return address->any.sa_family == AF_INET ? sizeof address->v4 : sizeof address->v6;
}

static void write_url(const union address *address, char *url, size_t size)
{
    char host[INET6_ADDRSTRLEN];
    if (address->any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &address->v4.sin_addr, host, sizeof host);
        snprintf(url, size, "http://%s:%u", host, ntohs(address->v4.sin_port));
    } else {
        inet_ntop(AF_INET6, &address->v6.sin6_addr, host, sizeof host);
        snprintf(url, size, "http://[%s]:%u", host, ntohs(address->v6.sin6_port));
    }
}

static bool bind_and_listen(int fd, union address *address)
{
    int on = 1;
    socklen_t length = address_bytes(address);
    return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
           bind(fd, &address->any, length) == 0 && listen(fd, BACKLOG) == 0 &&
           getsockname(fd, &address->any, &length) == 0;
}

int listen_on(const char *text, char *ret_url, size_t url_size, struct err *err)
{
    union address address;
    if (!parse(text, &address, err))
        return -1;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind_and_listen(fd, &address)) {
        write_url(&address, ret_url, url_size);
        return fd;
    }
    err_set_errno(err, "cannot listen on %s", text);
    if (fd >= 0)
        close(fd);
    return -1;
}
