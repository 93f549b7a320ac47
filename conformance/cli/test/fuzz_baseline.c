/* Any bytes as a baseline: what is read is read again when it has been written. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "conformance/cli/baseline_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool load(const void *bytes, size_t length, struct baseline *ret_baseline)
{
    struct problems problems = {0};
    int file = memfd_create("baseline", MFD_CLOEXEC);
    char *path = mem_printf("/proc/self/fd/%d", file);
    require(file >= 0 && write(file, bytes, length) == (ssize_t)length);
    bool loaded = baseline_file_load(path, ret_baseline, &problems);
    require(loaded == (problems.count == 0));
    problems_fini(&problems);
    free(path);
    close(file);
    return loaded;
}

static void write_and_read(const struct baseline *baseline)
{
    char *text = NULL;
    size_t length;
    struct baseline again;
    FILE *out = open_memstream(&text, &length);
    baseline_file_write(baseline, "anybody", out);
    fclose(out);
    require(load(text, length, &again) && again.count == baseline->count);
    for (size_t i = 0; i < again.count; i++) {
        const struct baseline_entry *entry = baseline_find(&again, baseline->entries[i].id);
        require(entry && strcmp(entry->reason, baseline->entries[i].reason) == 0);
    }
    baseline_fini(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct baseline baseline;
    if (load(data, size, &baseline)) {
        write_and_read(&baseline);
        baseline_fini(&baseline);
    }
    return 0;
}
