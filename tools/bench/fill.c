/* Makes images through the Images API v2, as fast as one connection with requests in flight takes them.
 *
 * usage: fill-store COUNT PORT PROJECTS
 *
 * Image number i belongs to the project `project-(i % PROJECTS)` and is named `image-i`; it has both formats
 * and two properties. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "bench/connect.h"

#define IN_FLIGHT     64
#define REQUEST_BYTES ((size_t)512)
#define ANSWER        "HTTP/1.1 201 "

static void put_request(struct buf *out, size_t number, size_t project)
{
    char body[REQUEST_BYTES];
    int length =
        snprintf(body, sizeof body,
                 "{\"name\": \"image-%zu\", \"disk_format\": \"qcow2\", \"container_format\": \"bare\", "
                 "\"os_distro\": \"debian\", \"hw_disk_bus\": \"virtio\"}",
                 number);
    buf_printf(out,
               "POST /v2/images HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: bench:project-%zu:member\r\n"
               "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
               project, length, body);
}

static int send_all(int to, const struct buf *bytes)
{
    for (size_t sent = 0; sent < bytes->length;) {
        ssize_t count = write(to, bytes->data + sent, bytes->length - sent);
        if (count <= 0)
            return 0;
        sent += (size_t)count;
    }
    return 1;
}

/* Reads until `count` answers have begun; what an answer begins with is in no answer's body. */
static int read_answers(int from, size_t count)
{
    static char bytes[65536];
    static size_t kept; /* of the read before: the beginning of an answer may be cut in two */
    while (count > 0) {
        ssize_t length = read(from, bytes + kept, sizeof bytes - 1 - kept);
        if (length <= 0)
            return 0;
        size_t there = kept + (size_t)length;
        const char *at = bytes;
        bytes[there] = '\0';
        for (const char *next; (next = strstr(at, ANSWER)); at = next + strlen(ANSWER))
            count--;
        kept = strlen(at) < strlen(ANSWER) - 1 ? strlen(at) : strlen(ANSWER) - 1;
        memmove(bytes, bytes + there - kept, kept);
    }
    return 1;
}

static int fill(int to, size_t count, size_t projects)
{
    struct buf requests;
    buf_init(&requests, 2 * IN_FLIGHT * REQUEST_BYTES);
    int done = 1;
    for (size_t i = 0; i < count && done;) {
        size_t sent = 0;
        buf_clear(&requests);
        for (; sent < IN_FLIGHT && i < count; sent++, i++)
            put_request(&requests, i, i % projects);
        done = send_all(to, &requests) && read_answers(to, sent);
    }
    buf_fini(&requests);
    return done;
}

int main(int argc, char **argv)
{
    size_t count = argc == 4 ? strtoul(argv[1], NULL, 10) : 0;
    size_t projects = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
    if (!count || !projects) {
        fputs("usage: fill-store COUNT PORT PROJECTS\n", stderr);
        return 64;
    }
    int to = connect_to(argv[2]);
    if (to < 0 || !fill(to, count, projects)) {
        fputs("fill-store: an image was not answered with 201\n", stderr);
        return 2;
    }
    close(to);
    return 0;
}
