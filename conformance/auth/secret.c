#include "conformance/auth/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/mem.h"

char *secret_read(const char *path, struct err *err)
{
    char line[SECRET_MAX_BYTES] = "";
    secret_forbid_core();
    CLEANUP(file) FILE *file = fopen(path, "re");
    if (!file) {
        err_set_errno(err, "cannot read the secret in %s", path);
        return NULL;
    }
    bool whole = fgets(line, sizeof line, file) && (strchr(line, '\n') || feof(file));
    line[strcspn(line, "\r\n")] = '\0';
    char *secret = whole && *line ? mem_dup(line) : NULL;
    explicit_bzero(line, sizeof line);
    if (!secret)
        err_set(err, ERR_VALUE, "%s has no secret of less than %d bytes as its first line", path,
                SECRET_MAX_BYTES);
    return secret;
}

char *secret_of_environment(const char *variable, struct err *err)
{
    char *value = secret_take_variable(variable);
    if (!value)
        err_set(err, ERR_VALUE, "there is no %s in the environment", variable);
    return value;
}

static void blot_out(char *text)
{
    memset(text, 'x', strlen(text));
}

char *secret_take_variable(const char *variable)
{
    char *there = getenv(variable);
    if (!there || !*there)
        return NULL;
    secret_forbid_core();
    char *copy = mem_dup(there);
    /* Setting it makes a new one elsewhere, or none where it stands elsewhere already. */
    if (setenv(variable, copy, 1) == 0 && getenv(variable) != there)
        blot_out(there);
    return copy;
}

void secret_forbid_core(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0); /* a program that takes cores does not look at the limit */
}

char *secret_take_argument(char *argument)
{
    char *copy = mem_dup(argument);
    secret_forbid_core();
    blot_out(argument);
    return copy;
}
