#include <string.h>

#include "conformance/spec/internal.h"

/* Whom a case can send as: specs/README.md, "send and open". */
static const struct {
    const char *name;
    bool needed;  /* of the subject */
    bool project; /* ${identity.NAME.project} */
} identities[] = {
    {"owner", true, true},  {"other", true, true},       {"admin", true, true},
    {"reader", true, true}, {"anonymous", false, false}, {"stranger", true, false},
};

#define IDENTITY_COUNT (sizeof identities / sizeof identities[0])

bool identity_is_known(const char *name)
{
    for (size_t i = 0; i < IDENTITY_COUNT; i++) {
        if (strcmp(identities[i].name, name) == 0)
            return true;
    }
    return false;
}

void identity_guess(struct guess *guess)
{
    for (size_t i = 0; i < IDENTITY_COUNT; i++)
        guess_offer(guess, identities[i].name);
}

void identity_each_project(void (*visit)(void *context, const char *name), void *context)
{
    for (size_t i = 0; i < IDENTITY_COUNT; i++) {
        if (identities[i].project)
            visit(context, identities[i].name);
    }
}

void needs_add_identity(struct spec_needs *needs, const char *name)
{
    for (size_t i = 0; i < IDENTITY_COUNT; i++) {
        if (identities[i].needed && strcmp(identities[i].name, name) == 0)
            words_add(&needs->identities, &needs->identity_count, name);
    }
}
