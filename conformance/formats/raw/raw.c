/* A raw image: guest data and nothing else, so there is hardly anything that it could break. */
#include <inttypes.h>

#include "conformance/formats/check.h"

#define SECTOR_SIZE 512

static void check(struct check *check)
{
    uint64_t size = source_size(check->source);
    check_set_size(check, size);
    if (size % SECTOR_SIZE != 0)
        check_find(check, RULE_RAW_SIZE_UNALIGNED, size, "file", "%" PRIu64 " bytes are no multiple of 512",
                   size);
}

/* Anything can be raw: it is what remains. */
static unsigned probe(struct source *source)
{
    (void)source;
    return 1;
}

const struct format format_raw = {"raw", probe, check};
