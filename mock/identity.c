#include "mock/identity.h"

#include <string.h>

#include "base/percent.h"

static const char separators[] = ":/";

static void read_roles(char *roles, struct identity *identity)
{
    char *rest = NULL;
    for (char *role = strtok_r(roles, ",", &rest); role; role = strtok_r(NULL, ",", &rest)) {
        identity->admin = identity->admin || strcmp(role, "admin") == 0;
        identity->member = identity->member || strcmp(role, "member") == 0;
    }
    identity->member = identity->member || identity->admin;
}

bool identity_parse(const char *token, struct identity *ret_identity)
{
    char text[IDENTITY_TOKEN_MAX_BYTES];
    if (!token || !percent_decode(token, text, sizeof text))
        return false;
    size_t user = strcspn(text, separators);
    if (user == 0 || text[user] == '\0')
        return false;
    char *project = text + user + 1;
    size_t length = strcspn(project, separators);
    if (project[length] == '\0')
        return false;
    char *roles = project + length + 1;
    if (roles[strcspn(roles, separators)] != '\0')
        return false;
    struct identity identity = {0};
    memcpy(identity.user, text, user);
    if (!(length == 4 && strncmp(project, "none", length) == 0))
        memcpy(identity.project, project, length);
    read_roles(roles, &identity);
    *ret_identity = identity;
    return true;
}

void identity_of_anybody(struct identity *identity)
{
    *identity = (struct identity){.user = "anybody", .admin = true, .member = true};
}
