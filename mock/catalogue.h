/* The images of a store in their orders: everybody's, each project's own, and those shared with a project.
 * Safe for many threads; readers do not wait for each other. */
#ifndef MOCK_CATALOGUE_H
#define MOCK_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mock/image.h"
#include "mock/order.h"

/* An image's nodes in the orders of one shelf. */
struct seat {
    struct order_node nodes[ORDER_KIND_COUNT];
};

struct project;
struct membership;

/* Where the last revision of an image is kept, part of what the store keeps of it. */
struct catalogue_entry {
    struct place place; /* of a reference to the revision; NULL: none yet */
    struct seat everybodys;
    struct seat own;
    struct project *owner; /* NULL: none, and `own` is not used */
    struct membership *memberships;
};

/* Some of the images, told by what there are orders by. */
struct selection {
    const char *owner;        /* NULL: anybody */
    const char *member;       /* NULL: whoever it is shared with; otherwise `owner` is ignored */
    const char *name;         /* NULL: any; otherwise `status` is ignored */
    enum image_status status; /* IMAGE_STATUS_COUNT: any */
    unsigned visibilities;    /* bits `1u << enum image_visibility` */
    bool hidden;              /* the hidden ones, and no others */
    bool deleted;             /* the deleted ones, too */
};

struct catalogue;

struct catalogue *catalogue_new(void);
void catalogue_free(struct catalogue *catalogue); /* accepts NULL; entries are of no use afterwards */
/* What an entry holds, when its catalogue is freed. */
void catalogue_entry_fini(struct catalogue_entry *entry);

/* Puts a revision in the place of the one that the entry has; numbers an image's first. Takes over the
 * reference to it, and gives that to the one it replaces (or NULL). For one thread at a time and entry. */
struct image *catalogue_put(struct catalogue *catalogue, struct catalogue_entry *entry, struct image *image);

#define CATALOGUE_SELECT_MAX ((size_t)256)

/* References to the first images, at most `size` (CATALOGUE_SELECT_MAX) of them, that are in any of the
 * selections and created after the one of number `after` (ascending), or before it; in this sequence, each
 * once, all as they were at one moment. Returns their number. */
size_t catalogue_select(struct catalogue *catalogue, const struct selection *selections,
                        size_t selection_count, uint64_t after, bool ascending, struct image **out,
                        size_t size);

#endif
