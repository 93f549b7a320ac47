/* Any bytes as an earlier report: what is read can be compared with a run, which has each of its cases or
 * none. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "reports/earlier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

static void count(void *context, const char *text)
{
    *(size_t *)context += *text != '\0';
}

static void compare(const struct earlier *earlier)
{
    size_t told = 0;
    struct result_case *cases = mem_alloc((earlier->count + 1) * sizeof *cases);
    for (size_t i = 0; i < earlier->count; i++)
        cases[i] = (struct result_case){.id = earlier->cases[i].id, .verdict = earlier->cases[i].verdict};
    earlier_compare(earlier, &(struct run_result){.cases = cases, .case_count = earlier->count}, count,
                    &told);
    require(told == 0);
    earlier_compare(earlier, &(struct run_result){0}, count, &told);
    require(told == earlier->count); /* all are gone */
    free(cases);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct earlier earlier;
    struct err err = ERR_INIT;
    int file = memfd_create("report", MFD_CLOEXEC);
    char *path = mem_printf("/proc/self/fd/%d", file);
    require(file >= 0 && write(file, data, size) == (ssize_t)size);
    if (earlier_load(path, &earlier, &err)) {
        compare(&earlier);
        earlier_fini(&earlier);
    } else {
        require(err.code != ERR_NONE);
    }
    free(path);
    close(file);
    return 0;
}
