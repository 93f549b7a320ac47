/* What a revision looks like in memory: for image.c, which reads it, and image_seal.c, which makes it. */
#ifndef MOCK_IMAGE_REVISION_H
#define MOCK_IMAGE_REVISION_H

#include <stdatomic.h>

#include "mock/image.h"

/* The members follow, and after them the texts that the pointers point to, each with its NUL: tags, and
 * names and values of properties by turns, stand one after the other. */
struct image {
    _Atomic uint32_t refs;
    uint8_t status;
    uint8_t visibility;
    bool protected : 1;
    bool hidden : 1;
    bool size_known : 1;
    uint32_t min_disk;
    uint32_t min_ram;
    uint64_t number;
    int64_t created_at_s;
    int64_t updated_at_s;
    int64_t deleted_at_s;
    uint64_t size;
    struct data *data;       /* a reference */
    const char *store;       /* borrowed from the configuration */
    const char *disk_format; /* constants */
    const char *container_format;
    const char *id;
    const char *name;
    const char *owner;
    const char *md5;
    const char *sha512;
    const char *tags;
    const char *properties; /* where the tags end */
    const char *end;        /* of the properties */
    size_t member_count;
    struct image_member members[];
};

#endif
