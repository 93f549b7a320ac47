/* Input: headers of a request, a line each. What is taken of them is UTF-8 and within its bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "mock/v1/meta.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct v1_meta *meta)
{
    if (meta->numbers[V1_SIZE].value > INT64_MAX || meta->numbers[V1_MIN_DISK].value > INT32_MAX ||
        meta->numbers[V1_MIN_RAM].value > INT32_MAX)
        abort();
    for (size_t i = 0; i < V1_TEXT_COUNT; i++) {
        json_t *text = meta->texts[i].text ? json_string(meta->texts[i].text) : json_null();
        if (!text || (meta->texts[i].text && !meta->texts[i].given))
            abort();
        json_decref(text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct rules obeyed;
    CLEANUP(text) char *text = mem_dup_n((const char *)data, size);
    struct v1_meta meta;
    struct refusal refusal;
    v1_meta_init(&meta, V1_CREATE);
    for (char *rest = text; rest;) {
        char *value = strsep(&rest, "\n");
        const char *name = strsep(&value, ":");
        if (!v1_meta_header(&meta, &obeyed, name, value ? value : "", &refusal) && refusal.status != 400)
            abort();
    }
    check(&meta);
    v1_meta_fini(&meta);
    return 0;
}
