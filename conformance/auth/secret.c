#include "conformance/auth/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/mem.h"

char *secret_read(const char *path, struct err *err)
{
    char line[SECRET_MAX_BYTES] = "";
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
    const char *value = getenv(variable);
    if (value && *value)
        return mem_dup(value);
    err_set(err, ERR_VALUE, "there is no %s in the environment", variable);
    return NULL;
}

void secret_forbid_core(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

char *secret_take_argument(char *argument)
{
    char *copy = mem_dup(argument);
    memset(argument, 'x', strlen(argument));
    return copy;
}
