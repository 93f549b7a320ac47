#include "conformance/auth/basic_login.h"

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
    free(login);
}

bool basic_login_takes(const char *user)
{
    return *user && !strchr(user, ':');
}

char *basic_login_text(const struct basic_login *login)
{
    CLEANUP(text) char *both = mem_printf("%s:%s", login->user, login->password);
    return escape_base64(both, strlen(both));
}
