/* Immutable text shared between an image and the answers that are being sent from it. */
#ifndef MOCK_TEXT_H
#define MOCK_TEXT_H

#include <stdatomic.h>
#include <stddef.h>

struct text {
    atomic_uint references;
    size_t length;
    char *data;
};

struct text *text_take(char *data, size_t length); /* moves `data` in; one reference */
struct text *text_ref(struct text *text);
void text_unref(struct text *text); /* accepts NULL */

#endif
