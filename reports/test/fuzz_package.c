/* Any bytes as a package, and as an envelope: nothing of it holds, since no key has signed it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "reports/dsse.h"
#include "reports/package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

static void open_package(const uint8_t *data, size_t size)
{
    char *certificate;
    FILE *transcript;
    struct err err = ERR_INIT;
    FILE *file = tmpfile();
    require(file && fwrite(data, 1, size, file) == size);
    if (package_open(file, &certificate, &transcript, &err)) {
        fclose(transcript);
        free(certificate);
    } else {
        require(err.code != ERR_NONE);
    }
    fclose(file);
}

static void open_envelope(const uint8_t *data, size_t size)
{
    char *payload;
    struct err err = ERR_INIT;
    char *text = mem_dup_n((const char *)data, size);
    if (dsse_open(text, STATEMENT_TYPE, NULL, 0, true, &payload, &err)) {
        struct statement_list accepted;
        if (statement_accepted(payload, &accepted, &err))
            statement_list_fini(&accepted);
        free(payload);
    } else {
        require(err.code != ERR_NONE);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    open_package(data, size);
    open_envelope(data, size);
    return 0;
}
