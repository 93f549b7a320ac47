/* A server on loopback for tests: each connection is served by a function of the test, in a thread of its
 * own. */
#ifndef CONFORMANCE_TEST_LOOPBACK_H
#define CONFORMANCE_TEST_LOOPBACK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define LOOPBACK_CONNECTIONS_MAX 64

struct loopback;

struct loopback_connection {
    struct loopback *loopback;
    int fd; /* closed when `serve` returns */
    size_t number;
    pthread_t thread;
};

struct loopback {
    char url[64];
    void (*serve)(int fd, size_t number, void *context); /* connections count from 0 */
    void *context;
    int listener;
    int nowhere;
    struct loopback_connection connections[LOOPBACK_CONNECTIONS_MAX];
    size_t count;
    pthread_t thread;
};

void loopback_start(struct loopback *loopback, void (*serve)(int fd, size_t number, void *context),
                    void *context);
/* Ends what is still being served, and waits for it. */
void loopback_stop(struct loopback *loopback);

/* Reads up to the end of the headers, which stand in `head` as a text; false at the end of the stream. */
bool loopback_read_head(int fd, char *head, size_t size);
/* False when the peer has gone. */
bool loopback_write(int fd, const void *bytes, size_t length);

#endif
