#include "reports/writer.h"

#include <string.h>

#define WRITER(name) extern const struct writer writer_##name;
#include "reports/writers.def"
#undef WRITER

static const struct writer *const writers[] = {
#define WRITER(name) &writer_##name,
#include "reports/writers.def"
#undef WRITER
    NULL,
};

const struct writer *const *writer_all(void)
{
    return writers;
}

const struct writer *writer_find(const char *name)
{
    for (const struct writer *const *writer = writers; *writer; writer++) {
        if (strcmp((*writer)->name, name) == 0)
            return *writer;
    }
    return NULL;
}
