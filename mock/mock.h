/* The server's whole state: what it was told to be, and what it holds. */
#ifndef MOCK_MOCK_H
#define MOCK_MOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "mock/api.h"
#include "mock/edition.h"
#include "mock/fetch.h"
#include "mock/gns3/images.h"
#include "mock/rules.h"
#include "mock/settings.h"
#include "mock/space.h"
#include "mock/store.h"
#include "mock/workers.h"

struct mock {
    struct rules rules;
    unsigned apis;         /* a bit for each that is served */
    enum edition edition;  /* of the Images API v1 */
    bool admin_calls;      /* answers /__mock/ */
    char **stores;         /* owned; the first is the default */
    size_t store_count;    /* at least 1 once mock_start has run */
    uint64_t memory_bytes; /* really stored bytes at most */
    struct settings *settings;
    struct space *space;
    struct workers *workers;
    struct fetcher *fetcher;
    struct store *store;
    struct gns3_images *gns3_images;
    char *gns3_credentials; /* what the header Authorization must be; owned, NULL: none is asked for */
};

/* A mock of no images that obeys every rule; settings can be made at once, the rest after mock_start. */
void mock_init(struct mock *mock);
void mock_start(struct mock *mock);
void mock_fini(struct mock *mock); /* after every connection has ended */

bool mock_multistore(const struct mock *mock);
/* The store of that name, borrowed for as long as the mock lives; NULL: there is none. */
const char *mock_store(const struct mock *mock, const char *name);
/* Appends an image as this mock shows it in the Images API v2. */
void mock_show(const struct mock *mock, const struct image *image, struct buf *out);

#endif
