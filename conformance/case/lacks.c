#include "conformance/case/lacks.h"

#include <inttypes.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/case/variables.h"
#include "conformance/match/body.h"

/* ---- the most that a case sends in one body ---- */

struct upload {
    const char *fixtures;
    uint64_t most_bytes;
};

/* What needs an answer to be made is a few words about it; bodies of size say theirs in the suite. */
static void look_at_send(struct upload *upload, const struct spec_send *send, const struct vars *vars)
{
    struct body *body = body_open(&send->body, upload->fixtures, vars, NULL);
    if (body && body_size(body) > upload->most_bytes)
        upload->most_bytes = body_size(body);
    body_free(body);
}

static void look_at_steps(struct upload *upload, const struct spec_step *steps, size_t count,
                          const struct vars *vars)
{
    for (size_t i = 0; i < count; i++) {
        look_at_send(upload, &steps[i].send, vars);
        for (size_t k = 0; k < steps[i].cleanup_count; k++)
            look_at_send(upload, &steps[i].cleanups[k], vars);
    }
}

static void look_at_given(struct upload *upload, const struct spec_given_use *use, struct vars *vars)
{
    struct vars *scope = vars_new(vars);
    variables_set_given(scope, use, vars, NULL);
    for (const struct spec_given *given = use->given; given; given = given->after)
        look_at_steps(upload, given->steps, given->step_count, scope);
    variables_publish(vars, use, scope);
    vars_free(scope);
}

/* As long as those that there will be. */
static struct vars *usual_vars(void)
{
    static const char *const usual[][2] = {
        {"run.id", "00000000"},
        {"run.source", "http://127.0.0.1:65535"},
        {"case.id", "00000000-00000"},
        {"case.uuid", "00000000-0000-4000-8000-000000000000"},
    };
    struct vars *vars = vars_new(NULL);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
        vars_set_text(vars, usual[i][0], usual[i][1]);
    return vars;
}

static uint64_t most_upload(const struct target *target, const char *fixtures, const struct spec_case *one)
{
    struct upload upload = {fixtures, 0};
    const struct spec_parts *parts = one->parts;
    struct vars *vars = usual_vars();
    variables_set_case(vars, one, target, NULL);
    for (size_t i = 0; i < parts->given_count; i++)
        look_at_given(&upload, &parts->givens[i], vars);
    look_at_steps(&upload, parts->steps, parts->step_count, vars);
    vars_free(vars);
    return upload.most_bytes;
}

/* In the largest unit of which it is a whole number: owned. */
static char *size_text(uint64_t bytes)
{
    static const char *const units[] = {" bytes", "k", "M", "G", "T"};
    size_t unit = 0;
    for (; unit + 1 < sizeof units / sizeof *units && bytes > 0 && bytes % 1024 == 0; unit++)
        bytes /= 1024;
    return mem_printf("%" PRIu64 "%s", bytes, units[unit]);
}

static char *over_upload(const struct target *target, const char *fixtures, const struct spec_case *one)
{
    uint64_t bytes = target->max_upload_bytes ? most_upload(target, fixtures, one) : 0;
    if (bytes <= target->max_upload_bytes)
        return NULL;
    CLEANUP(text) char *sent = size_text(bytes);
    CLEANUP(text) char *allowed = size_text(target->max_upload_bytes);
    return mem_printf("would send %s in one body, the target allows max_upload %s", sent, allowed);
}

char *case_lacks(const struct target *target, const char *fixtures, const struct spec_case *one)
{
    char *lacks = target_lacks(target, one->clause->file->api, &one->parts->needs);
    return lacks ? lacks : over_upload(target, fixtures, one);
}
