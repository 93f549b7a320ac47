/* Any bytes as a ledger: what is read can be gone on with, and is read the same again; what is not is left as
 * it is. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "conformance/remains.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

static void read_again(const char *path, const json_t *wanted)
{
    struct err err = ERR_INIT;
    struct remains *remains = remains_load(path, &err);
    require(remains);
    json_t *open = remains_open(remains);
    require(json_equal(open, wanted));
    json_decref(open);
    remains_close(remains);
}

static void finish(const char *path, struct remains *remains)
{
    json_t *open = remains_open(remains);
    require(remains_begin(remains) && json_array_size(open) == remains_open_count(remains));
    remains_close(remains);
    read_again(path, open);
    json_decref(open);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("ledger", MFD_CLOEXEC);
    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    char *path = mem_printf("/proc/self/fd/%d", fd);
    struct err err = ERR_INIT;
    struct remains *remains = remains_load(path, &err);
    require((remains != NULL) == (err.code == ERR_NONE));
    if (remains)
        finish(path, remains);
    else
        require(lseek(fd, 0, SEEK_END) == (off_t)size);
    close(fd);
    free(path);
    return 0;
}
