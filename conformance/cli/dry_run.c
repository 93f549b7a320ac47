#include "conformance/cli/dry_run.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/exit_status.h"
#include "base/mem.h"
#include "conformance/case/lacks.h"
#include "conformance/case/outline.h"
#include "conformance/preflight.h"
#include "conformance/shard.h"
#include "reports/escape.h"

struct telling {
    bool json;
    FILE *out;
    const char *id; /* of the case at hand */
    size_t cases;
    size_t requests;
};

/* ---- as text ---- */

static void put_text(const struct outline_request *request, FILE *out)
{
    CLEANUP(text) char *path = escape_to_line(request->path);
    fprintf(out, "  %s: %s %s%s%s\n", request->purpose, request->method, path,
            *request->identity ? " as " : "", request->identity);
    for (size_t i = 0; i < request->header_count; i++) {
        CLEANUP(text) char *value = escape_to_line(request->headers[i].value);
        fprintf(out, "    %s: %s\n", request->headers[i].name, value);
    }
    bool has_body = strcmp(request->body_kind, "none") != 0;
    if (has_body && request->size_known)
        fprintf(out, "    body: %s, %" PRIu64 " bytes%s\n", request->body_kind, request->body_bytes,
                request->held ? ", held open for a while" : "");
    else if (has_body)
        fprintf(out, "    body: %s, of a size that an answer tells\n", request->body_kind);
    if (request->until_ms > 0)
        fprintf(out, "    again, until the answer is as expected: %" PRIu64 " ms at most\n",
                request->until_ms);
    if (request->unknown)
        fprintf(out, "    not known before: %s\n", request->unknown);
}

/* ---- as JSON, a line each ---- */

static json_t *headers_json(const struct outline_request *request)
{
    json_t *headers = json_array();
    for (size_t i = 0; i < request->header_count; i++) {
        CLEANUP(text) char *value = escape_to_line(request->headers[i].value);
        json_array_append_new(headers,
                              json_pack("{s:s, s:s}", "name", request->headers[i].name, "value", value));
    }
    return headers;
}

static void put_json(const struct telling *telling, const struct outline_request *request)
{
    CLEANUP(text) char *path = escape_to_line(request->path);
    json_t *bytes = request->size_known ? json_integer((json_int_t)request->body_bytes) : json_null();
    json_t *line =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:{s:s, s:o}, s:b, s:I}", "case", telling->id, "purpose",
                  request->purpose, "identity", request->identity, "method", request->method, "path", path,
                  "headers", headers_json(request), "body", "kind", request->body_kind, "bytes", bytes,
                  "held", request->held, "until_ms", (json_int_t)request->until_ms);
    json_dumpf(line, telling->out, JSON_COMPACT);
    fputc('\n', telling->out);
    json_decref(line);
}

static void put_request(void *context, const struct outline_request *request)
{
    struct telling *telling = context;
    telling->requests++;
    if (telling->json)
        put_json(telling, request);
    else
        put_text(request, telling->out);
}

/* ---- the cases ---- */

struct plan {
    const struct run_options *options;
    const struct spec_suite *suite;
    const struct spec_case **cases;
    size_t count;
    size_t *shards; /* NULL: there is one part */
    struct outline outline;
    struct telling telling;
};

static bool is_here(const struct plan *plan, size_t index)
{
    return !plan->shards || plan->shards[index] == plan->options->selection.shard;
}

static void begin_case(struct telling *telling, const char *id, const char *lacks)
{
    telling->id = id;
    if (telling->json)
        return;
    if (lacks)
        fprintf(telling->out, "%s: not claimed: %s\n", id, lacks);
    else
        fprintf(telling->out, "%s\n", id);
}

static bool tell_case(struct plan *plan, const struct spec_case *one, size_t number)
{
    struct err err = ERR_INIT;
    CLEANUP(text) char *lacks = case_lacks(plan->outline.target, plan->outline.fixtures, one);
    begin_case(&plan->telling, one->id, lacks);
    if (lacks)
        return true;
    bool told = outline_case(&plan->outline, one, number, &err);
    if (!told)
        cli_complain("run", "%s: %s", one->id, err.text);
    return told;
}

static bool judges(const struct plan *plan, const char *api)
{
    bool judged = false;
    for (size_t i = 0; i < plan->count && !judged; i++)
        judged = is_here(plan, i) && strcmp(plan->cases[i]->clause->file->api, api) == 0;
    return judged && target_offers(plan->outline.target, api);
}

/* What comes before the first case. */
static bool tell_preflights(struct plan *plan)
{
    const struct run_options *options = plan->options;
    bool wanted = options->preflight || !plan->outline.target->program;
    bool told = true;
    for (size_t i = 0; i < SPEC_API_COUNT && wanted && !options->no_preflight && told; i++) {
        struct preflight_case made;
        if (judges(plan, spec_api_names[i]) && preflight_case(plan->suite, spec_api_names[i], &made))
            told = tell_case(plan, &made.one, PREFLIGHT_NUMBER);
    }
    return told;
}

static bool tell_all(struct plan *plan)
{
    bool told = tell_preflights(plan);
    for (size_t i = 0; i < plan->count && told; i++) {
        if (!is_here(plan, i))
            continue;
        plan->telling.cases++;
        told = tell_case(plan, plan->cases[i], i + 1);
    }
    if (told && !plan->telling.json)
        fprintf(plan->telling.out, "%zu cases, %zu requests; nothing was sent.\n", plan->telling.cases,
                plan->telling.requests);
    return told;
}

int dry_run(const struct run_options *options, const struct spec_suite *suite, struct target *target)
{
    const struct cli_selection *selection = &options->selection;
    CLEANUP(text) char *fixtures = cli_fixtures(&options->paths);
    struct plan plan = {
        .options = options, .suite = suite, .telling = {.json = options->dry_json, .out = stdout}};
    plan.outline = (struct outline){target, fixtures, put_request, &plan.telling};
    target_use_offline(target);
    plan.cases = cli_selection_cases(selection, suite, &plan.count);
    if (selection->shards > 0)
        plan.shards = shard_divide(plan.cases, plan.count, (size_t)selection->shards);
    bool told = plan.count > 0 && tell_all(&plan);
    if (plan.count == 0)
        cli_complain("run", "no case matches: see imageproof list");
    free(plan.cases);
    free(plan.shards);
    return told ? EXIT_STATUS_OK : EXIT_STATUS_NOT_JUDGED;
}
