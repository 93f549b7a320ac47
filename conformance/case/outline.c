#include "conformance/case/outline.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/case/evidence.h"
#include "conformance/case/request.h"
#include "conformance/case/variables.h"

#define RUN_ID "00000000"
#define UUID   "00000000-0000-4000-8000-000000000000"

static const char *const body_kinds[] = {
    [SPEC_BODY_NONE] = "none",   [SPEC_BODY_GENERATED] = "generated", [SPEC_BODY_FILE] = "file",
    [SPEC_BODY_TEXT] = "text",   [SPEC_BODY_JSON] = "json",           [SPEC_BODY_HEX] = "hex",
    [SPEC_BODY_PARTS] = "parts",
};

/* A clean-up that waits for the end of the case. */
struct later {
    struct request *request;
    const struct spec_send *send; /* NULL: of a hook */
    char *purpose;
};

struct drawing {
    const struct outline *outline;
    struct secrets secrets;
    struct later *later;
    size_t later_count;
};

/* ---- one request ---- */

/* In an address a variable was taken for text: "%24%7Bimage.id%7D". Owned. */
static char *with_variables(const char *url)
{
    static const char begin[] = "%24%7B";
    static const char end[] = "%7D";
    struct buf out;
    buf_init(&out, strlen(url) + 1);
    while (*url) {
        bool opens = strncmp(url, begin, sizeof begin - 1) == 0;
        const char *close = opens ? strstr(url, end) : NULL;
        if (!close) {
            buf_putc(&out, *url++);
            continue;
        }
        url += sizeof begin - 1;
        buf_puts(&out, "${");
        buf_append(&out, url, (size_t)(close - url));
        buf_putc(&out, '}');
        url = close + sizeof end - 1;
    }
    return buf_take(&out);
}

static struct result_header *take_headers(const struct drawing *drawing, const struct request *request,
                                          size_t *ret_count)
{
    struct result_header *headers = NULL;
    *ret_count = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        const struct spec_pair *header = &request->headers[i];
        bool secret = evidence_is_secret_header(header->name);
        if (header->value)
            *mem_append(&headers, ret_count) = (struct result_header){
                mem_dup(header->name),
                secret ? mem_dup("<redacted>") : evidence_redact(header->value, &drawing->secrets)};
    }
    return headers;
}

/* Whether a variable that only an answer tells is in the body. */
static bool has_variable(const struct body *body)
{
    char text[BUF_KIB];
    uint64_t size = body ? body_size(body) : 0;
    if (!body || body_description(body))
        return false;
    for (uint64_t at = 0; at < size; at += sizeof text / 2) {
        size_t length = size - at < sizeof text ? (size_t)(size - at) : sizeof text;
        if (!body_read(body, at, text, length, NULL) || memmem(text, length, "${", 2))
            return true;
    }
    return false;
}

static void tell(const struct drawing *drawing, const struct request *request, const struct spec_send *send,
                 struct outline_request *told)
{
    const struct outline *outline = drawing->outline;
    CLEANUP(text)
    char *url = with_variables(request->run || request->image ? request->url
                                                              : request->url + strlen(outline->target->url));
    CLEANUP(text) char *path = evidence_redact(url, &drawing->secrets);
    size_t count;
    struct result_header *headers = take_headers(drawing, request, &count);
    told->identity = request->identity ? request->identity : "";
    told->method = request->method;
    told->path = path;
    told->headers = headers;
    told->header_count = count;
    told->body_kind = body_kinds[send ? send->body.kind : SPEC_BODY_NONE];
    told->body_bytes = request->body ? body_size(request->body) : 0;
    told->size_known = !told->unknown && !has_variable(request->body);
    told->held = request->pause_after > 0;
    outline->request(outline->context, told);
    for (size_t i = 0; i < count; i++) {
        free(headers[i].name);
        free(headers[i].value);
    }
    free(headers);
}

/* Without what follows from a size that an answer tells. */
static struct request *make_sizeless(const struct drawing *drawing, const struct spec_send *send,
                                     const struct vars *vars)
{
    struct spec_send sizeless = *send;
    sizeless.body = (struct spec_body){0};
    sizeless.content_length = NULL;
    sizeless.pause_after = NULL;
    return request_make(&sizeless, drawing->outline->target, drawing->outline->fixtures, vars, NULL);
}

static void draw_send(const struct drawing *drawing, const struct spec_send *send, const struct vars *vars,
                      struct outline_request told)
{
    struct err err = ERR_INIT;
    const struct outline *outline = drawing->outline;
    struct request *request = request_make(send, outline->target, outline->fixtures, vars, &err);
    if (!request) {
        told.unknown = err.text;
        request = make_sizeless(drawing, send, vars);
    }
    if (request)
        tell(drawing, request, send, &told);
    request_free(request);
}

/* ---- what waits for the end ---- */

static void put_off(struct drawing *drawing, struct request *request, const struct spec_send *send,
                    const char *purpose)
{
    if (request)
        *mem_append(&drawing->later, &drawing->later_count) =
            (struct later){.request = request, .send = send, .purpose = mem_dup(purpose)};
}

static void draw_later(struct drawing *drawing)
{
    for (size_t i = drawing->later_count; i-- > 0;) {
        struct later *later = &drawing->later[i];
        struct outline_request told = {.purpose = later->purpose};
        tell(drawing, later->request, later->send, &told);
        request_free(later->request);
        free(later->purpose);
    }
    free(drawing->later);
}

/* ---- steps, givens, states ---- */

/* `scope`: of a given, what it is called with a dot behind it; NULL: the case's own. */
static void set_captures(const struct spec_step *step, const char *scope, struct vars *vars)
{
    for (size_t i = 0; i < step->capture_count; i++) {
        const char *name = step->captures[i].name;
        CLEANUP(text) char *visible = mem_printf("${%s%s}", scope ? scope : "", name);
        vars_set_text(vars, name, visible);
    }
}

static bool asks_download(const struct drawing *drawing)
{
    return drawing->outline->target->images.kind == IMAGE_STORE_DOWNLOAD;
}

static void draw_step(struct drawing *drawing, const struct spec_step *step, const char *purpose,
                      const char *scope, struct vars *vars)
{
    const struct outline *outline = drawing->outline;
    struct outline_request told = {.purpose = purpose, .until_ms = step->until_within_ms};
    bool sends = step->kind == SPEC_STEP_SEND || step->kind == SPEC_STEP_OPEN ||
                 (step->kind == SPEC_STEP_FETCH && asks_download(drawing));
    struct request *fetch =
        step->kind == SPEC_STEP_FETCH && !sends ? request_for_image(&step->send, vars, NULL) : NULL;
    if (sends)
        draw_send(drawing, &step->send, vars, told);
    else if (fetch)
        tell(drawing, fetch, NULL, &told);
    request_free(fetch);
    set_captures(step, scope, vars);
    for (size_t i = 0; i < step->cleanup_count; i++)
        put_off(drawing, request_make(&step->cleanups[i], outline->target, outline->fixtures, vars, NULL),
                &step->cleanups[i], "clean-up");
}

static void draw_given_steps(struct drawing *drawing, const struct spec_given_use *use,
                             const struct spec_given *given, struct vars *scope)
{
    CLEANUP(text) char *purpose = mem_printf("given %s: %s", use->name, given->name);
    CLEANUP(text) char *prefix = mem_printf("%s.", use->name);
    if (given->after)
        draw_given_steps(drawing, use, given->after, scope);
    for (size_t i = 0; i < given->step_count; i++)
        draw_step(drawing, &given->steps[i], purpose, prefix, scope);
}

static bool draw_given(struct drawing *drawing, const struct spec_given_use *use, struct vars *vars,
                       struct err *err)
{
    struct vars *scope = vars_new(vars);
    bool had = variables_set_given(scope, use, vars, err);
    if (had) {
        draw_given_steps(drawing, use, use->given, scope);
        variables_publish(vars, use, scope);
    }
    vars_free(scope);
    return had;
}

static struct request *make_hook(const struct drawing *drawing, const struct target_hook *hook,
                                 const struct vars *vars)
{
    const struct outline *outline = drawing->outline;
    return hook ? request_for_hook(hook, outline->target, outline->fixtures, vars, NULL) : NULL;
}

static void draw_state(struct drawing *drawing, const char *what, const struct target_state *state,
                       const struct vars *vars)
{
    CLEANUP(text) char *purpose = mem_printf("enter %s %s", what, state->name);
    CLEANUP(text) char *leaving = mem_printf("leave %s %s", what, state->name);
    struct request *enter = make_hook(drawing, state->enter, vars);
    put_off(drawing, make_hook(drawing, state->leave, vars), state->leave ? state->leave->send : NULL,
            leaving);
    struct outline_request told = {.purpose = purpose};
    if (enter)
        tell(drawing, enter, state->enter->send, &told);
    request_free(enter);
}

static void draw_states(struct drawing *drawing, const struct spec_needs *needs, const struct vars *vars)
{
    const struct target *target = drawing->outline->target;
    for (size_t i = 0; i < needs->limit_count; i++)
        draw_state(drawing, "limit", target_limit(target, needs->limits[i]), vars);
    for (size_t i = 0; i < needs->condition_count; i++)
        draw_state(drawing, "condition", target_condition(target, needs->conditions[i]), vars);
}

/* ---- the whole ---- */

static struct vars *case_vars(size_t number)
{
    struct vars *vars = vars_new(NULL);
    CLEANUP(text) char *id = mem_printf(RUN_ID "-%zu", number);
    vars_set_text(vars, "run.id", RUN_ID);
    vars_set_text(vars, "run.source", "${run.source}");
    vars_set_text(vars, "case.id", id);
    vars_set_text(vars, "case.uuid", UUID);
    return vars;
}

static void add_secrets(struct drawing *drawing, const struct vars *vars)
{
    const struct target *target = drawing->outline->target;
    for (size_t i = 0; i < target->identity_count; i++) {
        const struct target_identity *identity = &target->identities[i];
        CLEANUP(text) char *token = identity->token ? template_expand(identity->token, vars, NULL) : NULL;
        secrets_add(&drawing->secrets, token);
        secrets_add(&drawing->secrets, identity->basic ? identity->basic->password : NULL);
    }
}

bool outline_case(const struct outline *outline, const struct spec_case *one, size_t number, struct err *err)
{
    struct drawing drawing = {.outline = outline};
    const struct spec_parts *parts = one->parts;
    struct vars *vars = case_vars(number);
    bool drawn = variables_set_case(vars, one, outline->target, err);
    if (drawn)
        add_secrets(&drawing, vars);
    for (size_t i = 0; i < parts->given_count && drawn; i++)
        drawn = draw_given(&drawing, &parts->givens[i], vars, err);
    if (drawn)
        draw_states(&drawing, &parts->needs, vars);
    for (size_t i = 0; i < parts->step_count && drawn; i++) {
        CLEANUP(text) char *purpose = mem_printf("step %zu", i + 1);
        draw_step(&drawing, &parts->steps[i], purpose, NULL, vars);
    }
    draw_later(&drawing);
    secrets_fini(&drawing.secrets);
    vars_free(vars);
    return drawn;
}
