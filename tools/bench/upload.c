/* Sends an image's data as fast as the network takes it, and tells how fast that was; or digests the same
 * bytes, to tell how fast that is.
 *
 * usage: upload-speed SIZE-IN-MIB send PORT PATH TOKEN
 *        upload-speed SIZE-IN-MIB md5|sha512
 *
 * Prints MiB a second. The bytes are pseudo-random, 256 KiB of them again and again, as a client's buffer
 * holds. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "bench/connect.h"

#define MIB         ((size_t)1024 * 1024)
#define BLOCK_BYTES (256 * (size_t)1024)

static unsigned char *make_block(void)
{
    static unsigned char bytes[BLOCK_BYTES];
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < BLOCK_BYTES; i += sizeof state) {
        state ^= state << 13; /* xorshift64 */
        state ^= state >> 7;
        state ^= state << 17;
        memcpy(bytes + i, &state, sizeof state);
    }
    return bytes;
}

static void digest_all(const unsigned char *bytes, size_t mib, enum digest_kind kind)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest *digest = digest_new(kind);
    for (size_t left = mib * MIB; left > 0;) {
        size_t length = left < BLOCK_BYTES ? left : BLOCK_BYTES;
        digest_update(digest, bytes, length);
        left -= length;
    }
    digest_finish(digest, hex);
    digest_free(digest);
}

static int send_all(int to, const unsigned char *block, size_t mib)
{
    for (size_t left = mib * MIB; left > 0;) {
        size_t offset = (mib * MIB - left) % BLOCK_BYTES;
        size_t most = BLOCK_BYTES - offset;
        ssize_t sent = write(to, block + offset, left < most ? left : most);
        if (sent <= 0)
            return 0;
        left -= (size_t)sent;
    }
    return 1;
}

static int upload(const unsigned char *block, size_t mib, char **argv)
{
    char text[1024];
    int to = connect_to(argv[0]);
    int length = snprintf(text, sizeof text,
                          "PUT %s HTTP/1.1\r\nHost: localhost\r\nX-Auth-Token: %s\r\n"
                          "Content-Type: application/octet-stream\r\nContent-Length: %zu\r\n\r\n",
                          argv[1], argv[2], mib * MIB);
    if (to < 0 || write(to, text, (size_t)length) != length || !send_all(to, block, mib))
        return 0;
    ssize_t count = read(to, text, sizeof text - 1);
    close(to);
    return count > 12 && memcmp(text + 9, "204", 3) == 0;
}

int main(int argc, char **argv)
{
    enum digest_kind kind;
    if (argc < 3 || (argc != 6 && !digest_kind_parse(argv[2], &kind))) {
        fputs("usage: upload-speed SIZE-IN-MIB send PORT PATH TOKEN | SIZE-IN-MIB md5|sha512\n", stderr);
        return 64;
    }
    size_t mib = strtoul(argv[1], NULL, 10);
    const unsigned char *block = make_block();
    uint64_t started_us = clock_now_us();
    int done = 1;
    if (argc == 6)
        done = upload(block, mib, argv + 3);
    else
        digest_all(block, mib, kind);
    if (!done) {
        fputs("upload-speed: the upload was not answered with 204\n", stderr);
        return 2;
    }
    printf("%.1f\n", (double)mib * 1e6 / (double)(clock_now_us() - started_us));
    return 0;
}
