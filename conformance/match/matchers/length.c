/* expect: {length: 64k} */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conformance/match/tools.h"

static void *parse(const struct match_source *source)
{
    uint64_t bytes;
    char *text = match_read_template(source, source->node, "length");
    if (text && !strstr(text, "${") && !template_expand_size(text, NULL, &bytes, NULL)) {
        problems_add(source->problems, source->node->place, "length \"%s\", expected bytes as 20 or 64k",
                     text);
        free(text);
        return NULL;
    }
    return text;
}

static bool check(const void *data, const struct answer *answer, const struct vars *vars,
                  const char *fixtures, const struct match_report *report, struct err *err)
{
    (void)fixtures;
    uint64_t bytes;
    if (!template_expand_size(data, vars, &bytes, err))
        return false;
    if (answer->body_bytes == bytes)
        return true;
    match_say(report, mem_printf("a body of %" PRIu64 " bytes", bytes),
              mem_printf("a body of %" PRIu64 " bytes", answer->body_bytes));
    return false;
}

const struct matcher matcher_length = {.name = "length", .parse = parse, .free = free, .check = check};
