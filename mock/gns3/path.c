#include "mock/gns3/path.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"

/* No symbolic link is ever followed, so `..` is always the part before. */
static char *normalised(const char *shown)
{
    CLEANUP(text) char *copy = mem_dup(shown);
    char *out = mem_alloc(strlen(shown) + 2);
    char *end = out;
    char *rest = copy;
    while (rest) {
        const char *part = strsep(&rest, "/");
        if (strcmp(part, "..") == 0) {
            while (end > out && *--end != '/')
                ;
        } else if (*part && strcmp(part, ".") != 0) {
            *end++ = '/';
            end = stpcpy(end, part);
        }
        *end = '\0';
    }
    if (end == out)
        memcpy(out, "/", 2);
    return out;
}

void gns3_path_init(struct gns3_path *path, const char *folder, const char *text)
{
    const char *slash = strrchr(text, '/');
    path->shown = *text == '/' ? mem_dup(text) : mem_printf("%s/%s", folder, slash ? slash + 1 : text);
    path->real = normalised(path->shown);
}

void gns3_path_fini(struct gns3_path *path)
{
    if (!path)
        return;
    free(path->shown);
    free(path->real);
}

bool gns3_path_fits(const struct gns3_path *path)
{
    if (strlen(path->shown) > GNS3_PATH_MAX)
        return false;
    for (const char *part = path->real; part; part = strchr(part, '/')) {
        if (strcspn(++part, "/") > GNS3_NAME_MAX)
            return false;
    }
    return true;
}

const char *gns3_path_below(const char *root, const char *path)
{
    size_t length = strlen(root);
    if (strncmp(path, root, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return NULL;
    return path + length + (path[length] == '/');
}
