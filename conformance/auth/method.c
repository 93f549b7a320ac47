#include "conformance/auth/method.h"

#include <string.h>

#define METHOD(name) extern const struct auth_method auth_method_##name;
#include "conformance/auth/methods.def"
#undef METHOD

static const struct auth_method *const methods[] = {
#define METHOD(name) &auth_method_##name,
#include "conformance/auth/methods.def"
#undef METHOD
};

#define METHOD_COUNT (sizeof methods / sizeof *methods)

const struct auth_method *auth_method_find(const char *name)
{
    for (size_t i = 0; i < METHOD_COUNT; i++) {
        if (strcmp(methods[i]->name, name) == 0)
            return methods[i];
    }
    return NULL;
}

const struct auth_method *auth_method_guess(const struct auth_settings *settings)
{
    for (size_t i = 0; i < METHOD_COUNT; i++) {
        if (methods[i]->can(settings))
            return methods[i];
    }
    return NULL;
}
