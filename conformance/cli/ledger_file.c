#include "conformance/cli/ledger_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"

/* $XDG_STATE_HOME, or what it stands for (XDG Base Directory Specification). Owned; NULL after complaining.
 */
static char *usual_ledger(const char *run_id)
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char *folders[] = {state && *state ? mem_dup(state) : mem_printf("%s/.local", home ? home : "."), NULL,
                       NULL};
    folders[1] = state && *state ? mem_dup(state) : mem_printf("%s/state", folders[0]);
    folders[2] = mem_printf("%s/imageproof", folders[1]);
    char *path = mem_printf("%s/%s.ledger", folders[2], run_id);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        mkdir(folders[i], 0700); /* what is there already is as well; the file tells what is not */
        free(folders[i]);
    }
    return path;
}

struct remains *ledger_file_create(const struct cli_subject *subject, const char *url, const char *run_id,
                                   const char *path)
{
    struct err err = ERR_INIT;
    bool is_file = subject->subject && !strstr(subject->subject, "://");
    CLEANUP(text) char *absolute = is_file ? realpath(subject->subject, NULL) : mem_dup(subject->subject);
    CLEANUP(text) char *chosen = path ? mem_dup(path) : usual_ledger(run_id);
    const struct remains_head head = {
        .run_id = run_id, .url = url, .subject = absolute, .cloud = subject->cloud};
    struct remains *remains = remains_create(chosen, &head, &err);
    if (!remains)
        cli_complain(subject->command, "%s%s", err.text,
                     path ? "" : "; --ledger FILE keeps it elsewhere, and so does XDG_STATE_HOME");
    return remains;
}
