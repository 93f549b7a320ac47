#include "mock/edition.h"

#include <string.h>

static const char *const words[] = {
#define EDITION(name, word, document) word,
#include "mock/editions.def"
#undef EDITION
};

static const char known_words[] =
#define EDITION(name, word, document) " " word
#include "mock/editions.def"
    ;
#undef EDITION

bool edition_parse(const char *word, enum edition *ret_edition, struct err *err)
{
    for (size_t i = 0; i < EDITION_COUNT; i++) {
        if (strcmp(words[i], word) == 0) {
            *ret_edition = (enum edition)i;
            return true;
        }
    }
    return err_set(err, ERR_VALUE, "there is no edition '%.200s'; there are%s", word, known_words);
}
