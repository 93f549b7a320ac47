#include "base/temporary.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"

#define TEMPLATE ".XXXXXX" /* mkstemp(3) asks for these letters */

/* mkostemp() makes a file for its owner only. */
static void open_to_others(int descriptor)
{
    mode_t mask = umask(0);
    umask(mask);
    fchmod(descriptor, 0666 & ~mask);
}

int temporary_beside(const char *path, char **ret_name)
{
    char *name = mem_printf("%s" TEMPLATE, path);
    int descriptor = mkostemp(name, O_CLOEXEC);
    if (descriptor < 0) {
        free(name);
        return -1;
    }
    open_to_others(descriptor);
    *ret_name = name;
    return descriptor;
}

static char *template_of_ours(void)
{
    const char *parent = getenv("TMPDIR");
    return mem_printf("%s/imageproof" TEMPLATE, parent && *parent ? parent : "/tmp");
}

int temporary_file(void)
{
    CLEANUP(text) char *name = template_of_ours();
    int descriptor = mkostemp(name, O_CLOEXEC);
    if (descriptor >= 0)
        unlink(name);
    return descriptor;
}

char *temporary_folder(void)
{
    char *path = template_of_ours();
    if (mkdtemp(path))
        return path;
    free(path);
    return NULL;
}
