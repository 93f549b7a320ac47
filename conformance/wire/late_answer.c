#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/mem.h"
#include "conformance/wire/transfer.h"

#define LATE_ANSWER_MAX_BYTES (64 * BUF_KIB)

/* The answer is read from our own descriptor of the connection, and given to libcurl once more through a
 * local socket, so that nothing but libcurl ever reads HTTP. */

static bool is_lost_behind_upload(const struct transfer *transfer)
{
    char *scheme = NULL;
    curl_easy_getinfo(transfer->easy, CURLINFO_SCHEME, &scheme);
    return transfer->code == CURLE_SEND_ERROR && transfer->header_bytes == 0 && transfer->socket >= 0 &&
           scheme && strcasecmp(scheme, "http") == 0;
}

/* Listens under a name that the kernel chooses, which has no file (unix(7), "Autobind"); -1 when it cannot.
 */
static int listen_locally(struct sockaddr_un *ret_name)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t size = sizeof name;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener >= 0 && bind(listener, (const struct sockaddr *)&name, sizeof name.sun_family) == 0 &&
        listen(listener, 1) == 0 && getsockname(listener, (struct sockaddr *)&name, &size) == 0) {
        *ret_name = name;
        return listener;
    }
    if (listener >= 0)
        close(listener);
    return -1;
}

/* All that there is: after a reset nothing more can come. */
static size_t read_late(int from, char bytes[static LATE_ANSWER_MAX_BYTES])
{
    size_t length = 0;
    for (ssize_t count = 1; count > 0 && length < LATE_ANSWER_MAX_BYTES;) {
        count = recv(from, bytes + length, LATE_ANSWER_MAX_BYTES - length, MSG_DONTWAIT);
        length += count > 0 ? (size_t)count : 0;
    }
    return length;
}

static void read_again(struct transfer *transfer, const char *bytes, size_t length)
{
    struct sockaddr_un name;
    int listener = listen_locally(&name);
    if (listener < 0)
        return;
    transfer_restart(transfer, "http://late/", name.sun_path + 1);
    int peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    close(listener);
    if (peer >= 0) {
        send(peer, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
        shutdown(peer, SHUT_WR);
    }
    transfer_drive(transfer, false);
    if (peer >= 0)
        close(peer);
}

void late_answer_recover(struct transfer *transfer)
{
    if (transfer->decided || !is_lost_behind_upload(transfer))
        return;
    char first_error[CURL_ERROR_SIZE];
    memcpy(first_error, transfer->curl_error, sizeof first_error);
    char *bytes = mem_alloc(LATE_ANSWER_MAX_BYTES);
    size_t length = read_late(transfer->socket, bytes);
    if (length > 0)
        read_again(transfer, bytes, length);
    free(bytes);
    if (length > 0 && transfer->code != CURLE_OK) { /* what went wrong first is what counts */
        transfer->code = CURLE_SEND_ERROR;
        memcpy(transfer->curl_error, first_error, sizeof first_error);
    }
}
