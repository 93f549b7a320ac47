/* What the headers of POST and PUT say of an image (glance-v1/images-images-v1.inc, "Create image"; truth,
 * images-v1: "POST /v1/images"). All texts are borrowed from the request. */
#ifndef MOCK_V1_META_H
#define MOCK_V1_META_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "mock/exchange.h"

enum v1_kind {
    V1_CREATE,
    V1_UPDATE,
    V1_KIND_COUNT,
};

enum v1_text {
    V1_ID,
    V1_NAME,
    V1_DISK_FORMAT,
    V1_CONTAINER_FORMAT,
    V1_CHECKSUM,
    V1_OWNER,
    V1_STORE,
    V1_STATUS,
    V1_LOCATION,
    V1_TEXT_COUNT,
};

enum v1_number {
    V1_SIZE, /* bytes */
    V1_MIN_DISK,
    V1_MIN_RAM,
    V1_NUMBER_COUNT,
};

enum v1_flag {
    V1_IS_PUBLIC,
    V1_PROTECTED,
    V1_FLAG_COUNT,
};

struct v1_meta {
    enum v1_kind kind;
    struct {
        bool given;
        const char *text; /* NULL: empty */
    } texts[V1_TEXT_COUNT];
    struct {
        bool given;
        uint64_t value;
    } numbers[V1_NUMBER_COUNT];
    struct {
        bool given;
        bool value;
    } flags[V1_FLAG_COUNT];
    json_t *properties;    /* owned: texts by name */
    const char *copy_from; /* a URL; NULL: nothing is to be copied */
    bool keeps_properties; /* those that the request leaves out */
    bool has_data;         /* in the body; it may be empty */
};

void v1_meta_init(struct v1_meta *meta, enum v1_kind kind);
/* Takes one header of a request; texts are borrowed. 400 when it is no good. Others than x-image-meta- are
 * left alone. */
bool v1_meta_header(struct v1_meta *meta, const struct rules *rules, const char *name, const char *value,
                    struct refusal *refusal);

/* Takes all that a request says. 400 where a header is no good by itself. In any case v1_meta_fini must
 * follow. */
bool v1_meta_take(const struct exchange *exchange, enum v1_kind kind, struct v1_meta *meta,
                  struct refusal *refusal);
void v1_meta_fini(struct v1_meta *meta);

static inline const char *v1_text(const struct v1_meta *meta, enum v1_text text)
{
    return meta->texts[text].text;
}

/* Sets what the request gives among the attributes of an image (attributes.h). Properties that it leaves
 * out go, unless they are to be kept. */
void v1_meta_apply(const struct v1_meta *meta, const struct exchange *exchange, json_t *attributes);

#endif
