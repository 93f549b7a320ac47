#include "conformance/basic_login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "reports/escape.h"

void basic_login_free(struct basic_login *login)
{
    if (!login)
        return;
    free(login->user);
    free(login->password);
    free(login->environment);
    free(login->file);
    free(login);
}

bool basic_login_takes(const char *user)
{
    return *user && !strchr(user, ':');
}

/* The first line, without its end: owned. */
static char *read_first_line(const char *path, struct err *err)
{
    char line[BASIC_PASSWORD_MAX_BYTES];
    CLEANUP(file) FILE *file = fopen(path, "re");
    if (!file) {
        err_set_errno(err, "cannot read the password in %s", path);
        return NULL;
    }
    bool read = fgets(line, sizeof line, file);
    if (!read || (!strchr(line, '\n') && !feof(file))) {
        err_set(err, ERR_VALUE, "%s has no password of less than %d bytes as its first line", path,
                BASIC_PASSWORD_MAX_BYTES);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return mem_dup(line);
}

bool basic_login_unlock(struct basic_login *login, struct err *err)
{
    if (login->password)
        return true;
    if (login->file)
        login->password = read_first_line(login->file, err);
    else if (getenv(login->environment))
        login->password = mem_dup(getenv(login->environment));
    else
        err_set(err, ERR_VALUE, "the password of %s: the environment has no %s", login->user,
                login->environment);
    return login->password;
}

char *basic_login_text(const struct basic_login *login)
{
    CLEANUP(text) char *both = mem_printf("%s:%s", login->user, login->password);
    return escape_base64(both, strlen(both));
}
