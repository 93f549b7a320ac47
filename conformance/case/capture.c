/* The captures of judging.h: what an answer tells, for the steps after it. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/mem.h"
#include "conformance/case/judging.h"
#include "conformance/match/pattern.h"
#include "conformance/match/pointer.h"

#define DIGEST_PIECE_BYTES ((size_t)64 * 1024)

/* Digest of a request's body, which is made once more for it: owned hexadecimal, NULL with `err` set. */
static char *digest_of_body(const struct body *body, enum digest_kind kind, struct err *err)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest *digest = digest_new(kind);
    unsigned char *piece = mem_alloc(DIGEST_PIECE_BYTES);
    uint64_t size = body ? body_size(body) : 0;
    bool read = true;
    for (uint64_t offset = 0; read && offset < size; offset += DIGEST_PIECE_BYTES) {
        size_t length = size - offset < DIGEST_PIECE_BYTES ? (size_t)(size - offset) : DIGEST_PIECE_BYTES;
        read = body_read(body, offset, piece, length, err);
        digest_update(digest, piece, length);
    }
    if (read)
        digest_finish(digest, hex);
    digest_free(digest);
    free(piece);
    return read ? mem_dup(hex) : NULL;
}

static char *digest_of_answer(const struct answer *answer, enum digest_kind kind, struct err *err)
{
    char hex[DIGEST_HEX_SIZE];
    if (answer->body_kept < answer->body_bytes) {
        err_set(err, ERR_LIMIT, "a body of %" PRIu64 " bytes is too long to capture its digest",
                answer->body_bytes);
        return NULL;
    }
    struct digest *digest = digest_new(kind);
    digest_update(digest, answer->body, answer->body_kept);
    digest_finish(digest, hex);
    digest_free(digest);
    return mem_dup(hex);
}

/* The part of a text that a pattern tells: a new reference, and the end of that to the whole. NULL when the
 * value is no text, or does not match. */
static json_t *part_of(json_t *whole, const struct pattern *part)
{
    CLEANUP(text)
    char *text = json_is_string(whole)
                     ? pattern_part(part, json_string_value(whole), json_string_length(whole))
                     : NULL;
    json_decref(whole);
    return text ? json_string(text) : NULL;
}

/* New reference; NULL when there is nothing to capture. */
static json_t *captured(const struct spec_capture *capture, const char *from, const struct request *request,
                        const struct answer *answer, struct err *err)
{
    enum digest_kind kind;
    char *text = NULL;
    if (capture->kind == SPEC_CAPTURE_JSON)
        return json_incref(pointer_get(answer->json, from));
    if (capture->kind == SPEC_CAPTURE_HEADER)
        text = mem_dup(answer_header(answer, from));
    else if (!digest_kind_parse(from, &kind))
        err_set(err, ERR_VALUE, "the digest '%s' is not one that can be computed here", from);
    else if (capture->kind == SPEC_CAPTURE_DIGEST)
        text = digest_of_answer(answer, kind, err);
    else
        text = digest_of_body(request->body, kind, err);
    json_t *value = text ? json_string(text) : NULL;
    free(text);
    return value;
}

static void say_not_captured(struct judging *judging, const struct spec_capture *capture, const char *from)
{
    CLEANUP(text)
    char *expected = capture->part ? mem_printf("%s that matches /%s/, to be captured as %s", from,
                                                pattern_text(capture->part), capture->name)
                                   : mem_printf("%s, to be captured as %s", from, capture->name);
    *mem_append(&judging->findings, &judging->finding_count) =
        (struct held_finding){NULL, TAKE(expected), mem_dup("nothing there")};
}

void judging_capture(struct judging *judging, const struct answer *answer)
{
    struct vars *vars = judging->run->vars;
    for (size_t i = 0; i < judging->step->capture_count; i++) {
        const struct spec_capture *capture = &judging->step->captures[i];
        CLEANUP(text) char *from = template_expand(capture->from, vars, &judging->err);
        json_t *value = from ? captured(capture, from, judging->request, answer, &judging->err) : NULL;
        if (value && capture->part)
            value = part_of(value, capture->part);
        if (value)
            vars_set(vars, capture->name, value);
        else if (from && judging->finding_count == 0)
            say_not_captured(judging, capture, from);
        json_decref(value);
    }
}
