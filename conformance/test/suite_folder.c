#include "conformance/test/suite_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "base/temporary.h"
#include "base/testing.h"
#include "conformance/spec/spec.h"

char *suite_folder_make(void)
{
    char *root = temporary_folder();
    ck_assert_ptr_nonnull(root);
    for (size_t i = 0; i < SPEC_API_COUNT; i++) {
        CLEANUP(text) char *api = mem_printf("%s/%s", root, spec_api_names[i]);
        ck_assert_int_eq(mkdir(api, 0700), 0);
    }
    return root;
}

void suite_folder_put(const char *root, const char *name, const char *text)
{
    CLEANUP(text) char *path = mem_printf("%s/%s", root, name);
    CLEANUP(file) FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

void suite_folder_drop(char *root)
{
    ck_assert_int_eq(nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    free(root);
}
