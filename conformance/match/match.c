#include "conformance/match/match.h"

#include <string.h>
#include <strings.h>

#define MATCHER(name) extern const struct matcher matcher_##name;
#include "conformance/match/matchers.def"
#undef MATCHER

static const struct matcher *const matchers[] = {
#define MATCHER(name) &matcher_##name,
#include "conformance/match/matchers.def"
#undef MATCHER
    NULL,
};

const struct matcher *const *matcher_all(void)
{
    return matchers;
}

const struct matcher *matcher_find(const char *name)
{
    for (const struct matcher *const *matcher = matchers; *matcher; matcher++) {
        if (strcmp((*matcher)->name, name) == 0)
            return *matcher;
    }
    return NULL;
}

const char *answer_header(const struct answer *answer, const char *name)
{
    for (size_t i = 0; i < answer->header_count; i++) {
        if (strcasecmp(answer->headers[i].name, name) == 0)
            return answer->headers[i].value;
    }
    return NULL;
}

static bool looks_like_json(const struct answer *answer)
{
    const char *type = answer_header(answer, "Content-Type");
    size_t blanks = strspn(answer->body, " \t\r\n");
    return (type && strstr(type, "json")) || answer->body[blanks] == '{' || answer->body[blanks] == '[';
}

void answer_read_json(struct answer *answer)
{
    if (!answer->json && answer->body_bytes > 0 && answer->body_kept == answer->body_bytes &&
        looks_like_json(answer))
        answer->json = json_loadb(answer->body, answer->body_kept, JSON_DECODE_ANY, NULL);
}
