#include "mock/token.h"

#include <string.h>
#include <strings.h>

#include "base/percent.h"

#define TOKEN_SIZE ((size_t)1024)

/* Cuts the text at its first separator; the rest, or NULL when there is none. */
static char *cut(char *text)
{
    char *separator = strpbrk(text, ":/");
    if (!separator)
        return NULL;
    *separator = '\0';
    return separator + 1;
}

static bool fits(const char *name)
{
    return strlen(name) < IDENTITY_NAME_SIZE;
}

static void take_roles(char *roles, struct identity *identity)
{
    char *rest = NULL;
    for (char *role = strtok_r(roles, ",", &rest); role; role = strtok_r(NULL, ",", &rest)) {
        identity->admin |= strcasecmp(role, "admin") == 0;
        identity->member |= strcasecmp(role, "member") == 0;
    }
    identity->member |= identity->admin;
}

bool token_parse(const char *token, struct identity *ret_identity)
{
    char user[TOKEN_SIZE];
    if (!percent_decode(token, strlen(token), false, user, sizeof user))
        return false;
    char *project = cut(user);
    char *roles = project ? cut(project) : NULL;
    if (!roles || strpbrk(roles, ":/") || !*user || !fits(user) || !fits(project))
        return false;
    struct identity identity = {0};
    memcpy(identity.user, user, strlen(user) + 1);
    if (strcasecmp(project, "none") != 0)
        memcpy(identity.project, project, strlen(project) + 1);
    take_roles(roles, &identity);
    *ret_identity = identity;
    return true;
}
