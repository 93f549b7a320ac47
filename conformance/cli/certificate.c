#include "conformance/cli/certificate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/cli.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "conformance/rejudge.h"

#define TEXT_MAX_BYTES (256 * BUF_MIB)

bool cli_keys_add(struct cli_keys *keys, const char *command, const char *path,
                  struct sign_key *(*read)(const char *path, struct err *err))
{
    struct err err = ERR_INIT;
    struct sign_key *key = read(path, &err);
    if (key)
        *mem_append(&keys->items, &keys->count) = key;
    else
        cli_complain(command, "--key: %s", err.text);
    return key;
}

void cli_keys_fini(struct cli_keys *keys)
{
    for (size_t i = 0; i < keys->count; i++)
        sign_key_free(keys->items[i]);
    free(keys->items);
    *keys = (struct cli_keys){0};
}

static void complain_of_case(void *context, const char *id, const char *reason)
{
    const char *command = context;
    cli_complain(command, "%s: %s", id, reason);
}

int cli_rejudge(const char *command, const struct cli_paths *paths, const struct run_result *run)
{
    CLEANUP(text) char *fixtures = cli_fixtures(paths);
    CLEANUP(text) char *name = mem_dup(command);
    struct err err = ERR_INIT;
    struct rejudge rejudge;
    struct spec_suite *suite = cli_load_suite(paths);
    bool judged = suite && rejudge_run(suite, run, fixtures, complain_of_case, name, &rejudge, &err);
    spec_suite_free(suite);
    if (err.code != ERR_NONE)
        cli_complain(command, "%s", err.text);
    if (!judged)
        return EXIT_STATUS_NOT_JUDGED;
    if (rejudge.different > 0)
        cli_complain(command, "%zu of %zu cases come out differently when they are judged again",
                     rejudge.different, run->case_count);
    return rejudge.different > 0 ? EXIT_STATUS_FAILED : EXIT_STATUS_OK;
}

char *cli_read_text(const char *command, const char *path)
{
    CLEANUP(file) FILE *file = fopen(path, "re");
    struct buf text;
    char piece[BUF_KIB];
    buf_init(&text, TEXT_MAX_BYTES);
    for (size_t length; file && (length = fread(piece, 1, sizeof piece, file)) > 0;)
        buf_append(&text, piece, length);
    if (!file || ferror(file))
        cli_complain(command, "%s: %s", path, strerror(errno));
    else if (text.full || strlen(text.data) != text.length)
        cli_complain(command, "%s: %s", path,
                     text.full ? "too large" : "a byte of it is zero, which is no text");
    else
        return buf_take(&text);
    buf_fini(&text);
    return NULL;
}
