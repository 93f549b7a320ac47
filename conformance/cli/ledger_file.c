#include "conformance/cli/ledger_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/mem.h"

#define LOG_SUFFIX ".log"

/* $XDG_STATE_HOME, or what it stands for (XDG Base Directory Specification). Owned. */
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

void ledger_file_subject(const struct remains *remains, struct cli_subject *subject)
{
    const json_t *begin = remains_begin(remains);
    if (!cli_subject_is_bundled(subject))
        return;
    subject->subject = json_string_value(json_object_get(begin, "subject"));
    subject->cloud = json_string_value(json_object_get(begin, "cloud"));
    if (!subject->url)
        subject->url = json_string_value(json_object_get(begin, "url"));
}

void ledger_file_settle(const char *path, uint64_t settle_ms)
{
    struct stat ledger;
    if (stat(path, &ledger) != 0)
        return;
    uint64_t written_us = (uint64_t)ledger.st_mtim.tv_sec * 1000000 + (uint64_t)ledger.st_mtim.tv_nsec / 1000;
    uint64_t due_us = written_us + settle_ms * 1000;
    uint64_t now_us = clock_unix_us();
    if (now_us >= written_us && now_us < due_us)
        clock_sleep_ms((due_us - now_us) / 1000 + 1);
}

char *ledger_file_log(const struct remains *remains)
{
    return mem_printf("%s" LOG_SUFFIX, remains_path(remains));
}

char *ledger_file_of_log(const char *log, const char *run_id)
{
    size_t suffix = strlen(LOG_SUFFIX);
    size_t length = strlen(log);
    bool beside = length > suffix && strcmp(log + length - suffix, LOG_SUFFIX) == 0;
    char *places[] = {beside ? mem_dup_n(log, length - suffix) : NULL, usual_ledger(run_id)};
    char *found = NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (places[i] && !found && access(places[i], F_OK) == 0)
            found = places[i];
        else
            free(places[i]);
    }
    return found;
}

bool ledger_file_is_usual_log(const char *path, const char *run_id)
{
    CLEANUP(text) char *ledger = usual_ledger(run_id);
    CLEANUP(text) char *usual = mem_printf("%s" LOG_SUFFIX, ledger);
    struct stat there;
    struct stat here;
    return stat(usual, &there) == 0 && stat(path, &here) == 0 && there.st_dev == here.st_dev &&
           there.st_ino == here.st_ino;
}
