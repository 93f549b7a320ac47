/* Any lines as a log: each is given the chain that it needs, so that what it says is read. What can be read
 * can be told in every form. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"
#include "reports/run_log_internal.h"
#include "reports/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

static void put_line(FILE *out, char chain[static RUN_LOG_CHAIN_SIZE], const char *text, size_t length)
{
    log_chain_on(chain, text, length);
    fwrite(text, 1, length, out);
    fprintf(out, ",\"chain\":\"%s\"}\n", chain);
}

static void put_lines(FILE *out, const char *text, size_t size)
{
    char chain[RUN_LOG_CHAIN_SIZE] = {0};
    memset(chain, '0', RUN_LOG_CHAIN_SIZE - 1);
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) : size;
        put_line(out, chain, text, length);
        length += end != NULL;
        text += length;
        size -= length;
    }
}

static void tell(const struct run_result *run)
{
    for (const struct writer *const *writer = writer_all(); *writer; writer++) {
        FILE *out = fopen("/dev/null", "w");
        struct err err = ERR_INIT;
        require(out && (*writer)->write(run, out, &err));
        fclose(out);
    }
}

/* What was read may be gone on with, and is a log then as before. */
static void go_on(char *path)
{
    struct run_result run;
    struct err err = ERR_INIT;
    require(run_log_read_file(fopen(path, "r+"), path, &run, &err));
    struct run_log *log =
        run_log_has_plan(run.log) ? run_log_resume(&run, "2026-11-21T12:00:00Z", &err) : NULL;
    struct run_result end = {0};
    if (log)
        require(run_log_end(log, &end, &err));
    result_fini(&run);
    if (log)
        require(run_log_read(&path, 1, &run, &err) && run.resumed_count > 0);
    result_fini(&end);
    if (log)
        result_fini(&run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int fd = memfd_create("log", MFD_CLOEXEC);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    require(out);
    put_lines(out, (const char *)data, size);
    fflush(out);
    char *path = mem_printf("/proc/self/fd/%d", fd);
    struct run_result run;
    struct err err = ERR_INIT;
    if (run_log_read(&path, 1, &run, &err)) {
        require(err.code == ERR_NONE);
        tell(&run);
        result_fini(&run);
        go_on(path);
    } else {
        require(err.code != ERR_NONE);
    }
    fclose(out);
    free(path);
    return 0;
}
