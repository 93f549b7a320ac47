/* Replays a fuzzer's corpus without libFuzzer: each argument is a directory or a file; every file
 * goes through LLVMFuzzerTestOneInput once. A crash is the failure; an empty corpus is one too. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replay_file(const char *path)
{
    CLEANUP(file) FILE *file = fopen(path, "rb");
    struct stat info;
    if (!file || fstat(fileno(file), &info) != 0) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    size_t size = (size_t)info.st_size;
    CLEANUP(text) char *bytes = mem_alloc(size);
    if (fread(bytes, 1, size, file) != size) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
    return 1;
}

static size_t replay(const char *path)
{
    DIR *directory = opendir(path);
    if (!directory)
        return replay_file(path);
    size_t count = 0;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        if (entry->d_name[0] == '.')
            continue;
        CLEANUP(text) char *inner = mem_printf("%s/%s", path, entry->d_name);
        count += replay_file(inner);
    }
    closedir(directory);
    return count;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    for (int i = 1; i < argc; i++)
        count += replay(argv[i]);
    printf("%zu inputs replayed\n", count);
    return count ? EXIT_SUCCESS : EXIT_FAILURE;
}
