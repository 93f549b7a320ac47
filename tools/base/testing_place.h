/* A file in a folder of its own, for a test. */
#ifndef BASE_TESTING_PLACE_H
#define BASE_TESTING_PLACE_H

#include <stdio.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/temporary.h"
#include "base/testing.h"

struct testing_place {
    char *folder;
    char *path; /* of the file, which is not there yet */
};

static inline struct testing_place testing_place_make(const char *name)
{
    struct testing_place place = {.folder = temporary_folder()};
    ck_assert_ptr_nonnull(place.folder);
    place.path = mem_printf("%s/%s", place.folder, name);
    return place;
}

static inline void testing_place_write(const struct testing_place *place, const char *bytes, size_t length)
{
    FILE *file = fopen(place->path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
}

/* With the file, if there is one; nothing else may be left in the folder. */
static inline void testing_place_remove(struct testing_place *place)
{
    unlink(place->path);
    ck_assert_int_eq(rmdir(place->folder), 0);
    free(place->path);
    free(place->folder);
}

#endif
