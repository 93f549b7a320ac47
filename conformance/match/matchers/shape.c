/* expect: {shape: {images: [{id: uuid, name: string|null}], next?: string}} */
#include "conformance/match/shape.h"

#include "base/mem.h"
#include "conformance/match/tools.h"

static void *parse(const struct match_source *source)
{
    return shape_parse(source, source->node);
}

static void free_shape(void *data)
{
    shape_free(data);
}

static bool check(const void *data, const struct answer *answer, const struct vars *vars,
                  const char *fixtures, const struct match_report *report, struct err *err)
{
    (void)vars;
    (void)fixtures;
    (void)err;
    const struct shape *shape = data;
    char *difference = answer->json ? shape_difference(shape, answer->json) : mem_dup("the body is no JSON");
    if (difference)
        match_say(report, mem_printf("a body of the shape %s", shape_text(shape)), difference);
    return !difference;
}

const struct matcher matcher_shape = {
    .name = "shape", .reads_json = true, .parse = parse, .free = free_shape, .check = check};
