/* Any bytes as clouds.yaml, and behind a line "---secure" as secure.yaml: a cloud that is read can be made an
 * identity, unless too little is said of it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "conformance/auth/auth.h"
#include "conformance/auth/clouds.h"

#define SEPARATOR "\n---secure\n"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

static int file_of(const char *variable, const uint8_t *data, size_t size)
{
    int file = memfd_create(variable, MFD_CLOEXEC);
    char *path = mem_printf("/proc/self/fd/%d", file);
    require(file >= 0 && write(file, data, size) == (ssize_t)size);
    setenv(variable, path, 1);
    free(path);
    return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *separator = memmem(data, size, SEPARATOR, strlen(SEPARATOR));
    size_t first = separator ? (size_t)(separator - data) : size;
    size_t rest = separator ? first + strlen(SEPARATOR) : size;
    int clouds = file_of("OS_CLIENT_CONFIG_FILE", data, first);
    int secure = file_of("OS_CLIENT_SECURE_FILE", data + rest, size - rest);
    struct cloud cloud;
    struct err err = ERR_INIT;
    if (cloud_load("lab", &cloud, &err)) {
        struct auth *auth = auth_new(&cloud.settings, cloud.method, &err);
        require((auth != NULL) == (err.code == ERR_NONE));
        auth_free(auth);
        cloud_fini(&cloud);
    } else {
        require(err.code != ERR_NONE);
    }
    close(clouds);
    close(secure);
    return 0;
}
