#include "mock/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"

#define BACKLOG 1024

static bool is_loopback(const struct listen_address *address)
{
    static const uint8_t v6_loopback[16] = {[15] = 1};
    return address->v6 ? memcmp(address->bytes, v6_loopback, 16) == 0 : address->bytes[0] == 127;
}

/* The host without its brackets. */
static void unwrap(char **host)
{
    size_t length = strlen(*host);
    if (length >= 2 && (*host)[0] == '[' && (*host)[length - 1] == ']') {
        (*host)[length - 1] = '\0';
        (*host)++;
    }
}

static bool parse_host(char *host, struct listen_address *address)
{
    unwrap(&host);
    if (inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, address->bytes) == 1)
        return true;
    return address->v6 = inet_pton(AF_INET6, host, address->bytes) == 1;
}

bool listen_address_parse(const char *text, struct listen_address *ret_address, struct err *err)
{
    struct listen_address address = {0};
    CLEANUP(text) char *host = mem_dup(text);
    char *colon = strrchr(host, ':');
    uint64_t port;
    if (!colon || !number_parse_u64(colon + 1, &port) || port > UINT16_MAX)
        return err_set(err, ERR_VALUE, "'%.200s' is no address to listen on; it is written 127.0.0.1:9292",
                       text);
    *colon = '\0';
    address.port = (uint16_t)port;
    if (!parse_host(host, &address))
        return err_set(err, ERR_VALUE, "'%.200s' is no IP address", host);
    if (!is_loopback(&address))
        return err_set(err, ERR_VALUE,
                       "%.200s is not a loopback address; the mock believes every token, so it "
                       "listens on loopback only",
                       host);
    *ret_address = address;
    return true;
}

void listen_host(const struct listen_address *address, char out[static LISTEN_HOST_SIZE])
{
    char text[INET6_ADDRSTRLEN] = "";
    inet_ntop(address->v6 ? AF_INET6 : AF_INET, address->bytes, text, sizeof text);
    snprintf(out, LISTEN_HOST_SIZE, address->v6 ? "[%s]" : "%s", text);
}

union socket_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t fill(const struct listen_address *address, union socket_address *out)
{
    memset(out, 0, sizeof *out);
    if (address->v6) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(address->port);
        memcpy(&out->v6.sin6_addr, address->bytes, 16);
        return sizeof out->v6;
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons(address->port);
    memcpy(&out->v4.sin_addr, address->bytes, 4);
    return sizeof out->v4;
}

static bool bind_and_listen(int fd, const struct listen_address *address, uint16_t *ret_port, struct err *err)
{
    union socket_address bound;
    socklen_t length = fill(address, &bound);
    int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &bound.any, length) != 0 || listen(fd, BACKLOG) != 0) {
        if (errno == EADDRINUSE)
            return err_set(err, ERR_NETWORK,
                           "port %u is busy; stop what listens there, or choose another port "
                           "with --listen",
                           address->port);
        return err_set_errno(err, "cannot listen on port %u", address->port);
    }
    if (getsockname(fd, &bound.any, &length) != 0)
        return err_set_errno(err, "cannot find out the port");
    *ret_port = ntohs(address->v6 ? bound.v6.sin6_port : bound.v4.sin_port);
    return true;
}

bool listen_open(const struct listen_address *address, int *ret_socket, uint16_t *ret_port, struct err *err)
{
    int fd = socket(address->v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return err_set_errno(err, "cannot open a socket");
    if (!bind_and_listen(fd, address, ret_port, err)) {
        close(fd);
        return false;
    }
    *ret_socket = fd;
    return true;
}
