#include "base/temporary.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/uuid.h"

#define TRIES_MAX    100 /* names that somebody else has already */
#define NAME_LETTERS 8   /* of a UUID: short enough for names that are long themselves */

/* What is made under a name that nobody has: not negative when it is, -1 with errno set when not. */
typedef int make_fn(const char *name);

static int make_shared_file(const char *name)
{
    return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static int make_own_file(const char *name)
{
    return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

static int make_folder(const char *name)
{
    return mkdir(name, 0700);
}

/* What `make` gives, under `stem` and some letters behind it. *ret_name is owned, and set when that is not
 * -1. */
static int make_under_new_name(const char *stem, make_fn *make, char **ret_name)
{
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        char uuid[UUID_SIZE];
        uuid_make(uuid);
        CLEANUP(text) char *name = mem_printf("%s.%.*s", stem, NAME_LETTERS, uuid);
        int made = make(name);
        if (made >= 0)
            *ret_name = TAKE(name);
        if (made >= 0 || errno != EEXIST)
            return made;
    }
    return -1;
}

int temporary_beside(const char *path, char **ret_name)
{
    return make_under_new_name(path, make_shared_file, ret_name);
}

static char *stem_of_ours(void)
{
    const char *parent = getenv("TMPDIR");
    return mem_printf("%s/imageproof", parent && *parent ? parent : "/tmp");
}

int temporary_file(void)
{
    CLEANUP(text) char *stem = stem_of_ours();
    CLEANUP(text) char *name = NULL;
    int descriptor = make_under_new_name(stem, make_own_file, &name);
    if (descriptor >= 0)
        unlink(name);
    return descriptor;
}

char *temporary_folder(void)
{
    CLEANUP(text) char *stem = stem_of_ours();
    char *path = NULL;
    make_under_new_name(stem, make_folder, &path);
    return path;
}
