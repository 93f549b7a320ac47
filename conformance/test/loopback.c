#include "conformance/test/loopback.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/testing.h"

static void *serve_one(void *context)
{
    struct loopback_connection *connection = context;
    struct loopback *loopback = connection->loopback;
    loopback->serve(connection->fd, connection->number, loopback->context);
    dup2(loopback->nowhere, connection->fd); /* closes the connection; the number stays ours */
    return NULL;
}

static void *accept_all(void *context)
{
    struct loopback *loopback = context;
    while (loopback->count < LOOPBACK_CONNECTIONS_MAX) {
        int fd = accept(loopback->listener, NULL, NULL);
        if (fd < 0)
            break;
        struct loopback_connection *connection = &loopback->connections[loopback->count];
        *connection = (struct loopback_connection){.loopback = loopback, .fd = fd, .number = loopback->count};
        loopback->count++;
        pthread_create(&connection->thread, NULL, serve_one, connection);
    }
    return NULL;
}

void loopback_start(struct loopback *loopback, void (*serve)(int fd, size_t number, void *context),
                    void *context)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    *loopback = (struct loopback){.serve = serve, .context = context};
    loopback->nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    loopback->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(loopback->listener, (struct sockaddr *)&address, size), 0);
    ck_assert_int_eq(listen(loopback->listener, LOOPBACK_CONNECTIONS_MAX), 0);
    getsockname(loopback->listener, (struct sockaddr *)&address, &size);
    snprintf(loopback->url, sizeof loopback->url, "http://127.0.0.1:%u/some/path", ntohs(address.sin_port));
    ck_assert_int_eq(pthread_create(&loopback->thread, NULL, accept_all, loopback), 0);
}

void loopback_stop(struct loopback *loopback)
{
    shutdown(loopback->listener, SHUT_RDWR); /* accept returns */
    pthread_join(loopback->thread, NULL);
    close(loopback->listener);
    for (size_t i = 0; i < loopback->count; i++)
        shutdown(loopback->connections[i].fd, SHUT_RDWR);
    for (size_t i = 0; i < loopback->count; i++) {
        pthread_join(loopback->connections[i].thread, NULL);
        close(loopback->connections[i].fd);
    }
    close(loopback->nowhere);
}

bool loopback_read_head(int fd, char *head, size_t size)
{
    size_t length = 0;
    head[0] = '\0';
    while (length + 1 < size && !strstr(head, "\r\n\r\n")) {
        ssize_t count = recv(fd, head + length, 1, 0);
        if (count <= 0)
            return false;
        length += (size_t)count;
        head[length] = '\0';
    }
    return true;
}

bool loopback_write(int fd, const void *bytes, size_t length)
{
    const char *next = bytes;
    while (length > 0) {
        ssize_t count = send(fd, next, length, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        next += count;
        length -= (size_t)count;
    }
    return true;
}
