#include "conformance/test/made_body.h"

#include "base/cleanup.h"
#include "base/mem.h"

struct body *made_body(const char *size)
{
    char seed[] = "1";
    CLEANUP(text) char *copy = mem_dup(size);
    const struct spec_body spec = {.kind = SPEC_BODY_GENERATED, .size = copy, .seed = seed};
    return body_open(&spec, "", NULL, NULL);
}
