#include "conformance/auth/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "base/mem.h"

#define SECRET_MAX_BYTES 65536

char *secret_read(const char *path, struct err *err)
{
    CLEANUP(file) FILE *file = fopen(path, "re");
    if (!file) {
        err_set_errno(err, "%s", path);
        return NULL;
    }
    char *line = mem_alloc(SECRET_MAX_BYTES);
    if (fgets(line, SECRET_MAX_BYTES, file))
        line[strcspn(line, "\r\n")] = '\0';
    if (*line)
        return line;
    free(line);
    err_set(err, ERR_VALUE, "%s: there is nothing on its first line", path);
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
