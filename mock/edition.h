/* Which of the documents of the Images API v1 is followed where they disagree (editions.def). */
#ifndef MOCK_EDITION_H
#define MOCK_EDITION_H

#include <stdbool.h>

#include "base/err.h"

enum edition {
#define EDITION(name, word, document) EDITION_##name,
#include "mock/editions.def"
#undef EDITION
    EDITION_COUNT
};

bool edition_parse(const char *word, enum edition *ret_edition, struct err *err);

#endif
