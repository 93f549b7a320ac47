#include "mock/text.h"

#include <stdlib.h>

#include "base/mem.h"

struct text *text_take(char *data, size_t length)
{
    struct text *text = mem_alloc(sizeof *text);
    atomic_init(&text->references, 1);
    text->data = data;
    text->length = length;
    return text;
}

struct text *text_ref(struct text *text)
{
    atomic_fetch_add_explicit(&text->references, 1, memory_order_relaxed);
    return text;
}

void text_unref(struct text *text)
{
    if (!text || atomic_fetch_sub_explicit(&text->references, 1, memory_order_acq_rel) > 1)
        return;
    free(text->data);
    free(text);
}
