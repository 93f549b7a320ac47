/* JSON as Python prints what it reads of it: messages of the server quote requests so. */
#ifndef MOCK_GNS3_PYTHON_H
#define MOCK_GNS3_PYTHON_H

#include <jansson.h>

#include "base/buf.h"

void python_put(struct buf *out, const json_t *value);

#endif
