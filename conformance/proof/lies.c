#include "conformance/proof/lies.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

#define HEAD_END      "\r\n\r\n"
#define LENGTH_HEADER "Content-Length:"
#define STATUS_MAX    999
#define HALF_A_STATUS 10 /* bytes: "HTTP/1.1 2" */

/* ---- the parts of an answer ---- */

bool lie_answer_of(const char *bytes, size_t length, struct lie_answer *ret_answer)
{
    const char *end = memmem(bytes, length, HEAD_END, strlen(HEAD_END));
    if (!end)
        return false;
    const char *body = end + strlen(HEAD_END);
    *ret_answer = (struct lie_answer){bytes, (size_t)(end - bytes), body, length - (size_t)(body - bytes)};
    return true;
}

int lie_answer_status(const struct lie_answer *answer)
{
    uint64_t status;
    const char *blank = memchr(answer->head, ' ', answer->head_length);
    bool known = blank && number_parse_u64_n(blank + 1, strspn(blank + 1, "0123456789"), &status) &&
                 status <= STATUS_MAX;
    return known ? (int)status : 0;
}

/* The line after the one at `line`; NULL: it was the last. */
static const char *next_line(const struct lie_answer *answer, const char *line)
{
    size_t left = answer->head_length - (size_t)(line - answer->head);
    const char *end = memmem(line, left, "\r\n", 2);
    return end ? end + 2 : NULL;
}

/* Of the Content-Length; NULL: it has none. */
static const char *length_line(const struct lie_answer *answer)
{
    const char *line = next_line(answer, answer->head);
    while (line && strncasecmp(line, LENGTH_HEADER, strlen(LENGTH_HEADER)) != 0)
        line = next_line(answer, line);
    return line;
}

/* False when there is no length. */
static bool announced(const struct lie_answer *answer, uint64_t *ret_length)
{
    const char *line = length_line(answer);
    const char *digits = line ? line + strlen(LENGTH_HEADER) + strspn(line + strlen(LENGTH_HEADER), " ") : "";
    return number_parse_u64_n(digits, strspn(digits, "0123456789"), ret_length);
}

/* ---- the parts of a lie ---- */

static void put_status_line(const struct lie_answer *answer, struct buf *out)
{
    const char *second = next_line(answer, answer->head);
    buf_append(out, answer->head, second ? (size_t)(second - answer->head) - 2 : answer->head_length);
}

/* The headers, each after a line end. */
static void put_headers(const struct lie_answer *answer, const char *without, struct buf *out)
{
    for (const char *line = next_line(answer, answer->head); line; line = next_line(answer, line)) {
        const char *next = next_line(answer, line);
        const char *end = next ? next - 2 : answer->head + answer->head_length;
        buf_puts(out, line == without ? "" : "\r\n");
        buf_append(out, line, line == without ? 0 : (size_t)(end - line));
    }
}

static bool put_body(const struct lie_answer *answer, size_t length, struct buf *out)
{
    return buf_puts(out, HEAD_END) && buf_append(out, answer->body, length);
}

static bool with_status_line(const struct lie_answer *answer, const char *line, struct buf *out)
{
    buf_puts(out, line);
    put_headers(answer, NULL, out);
    return put_body(answer, answer->body_length, out);
}

static bool with_header(const struct lie_answer *answer, const char *header, size_t length, struct buf *out)
{
    buf_append(out, answer->head, answer->head_length);
    buf_puts(out, "\r\n");
    buf_append(out, header, length);
    return put_body(answer, answer->body_length, out);
}

static bool with_length(const struct lie_answer *answer, const char *value, struct buf *out)
{
    const char *line = length_line(answer);
    if (!line)
        return false;
    put_status_line(answer, out);
    put_headers(answer, line, out);
    buf_printf(out, "\r\n" LENGTH_HEADER " %s", value);
    return put_body(answer, answer->body_length, out);
}

/* A length that is as much longer, or with `less` shorter, than the body, if there is one. */
static bool with_length_off_by(const struct lie_answer *answer, uint64_t more, uint64_t less, struct buf *out)
{
    uint64_t length;
    char value[32];
    if (!announced(answer, &length) || answer->body_length == 0)
        return false;
    snprintf(value, sizeof value, "%" PRIu64, length + more - less);
    return with_length(answer, value, out);
}

/* The head of an answer in chunks, and the size of its only one. */
static bool with_chunks(const struct lie_answer *answer, const char *without, const char *size, size_t length,
                        struct buf *out)
{
    if (answer->body_length == 0 || !length_line(answer))
        return false;
    put_status_line(answer, out);
    put_headers(answer, without, out);
    buf_printf(out, "\r\nTransfer-Encoding: chunked" HEAD_END "%s\r\n", size);
    return buf_append(out, answer->body, length);
}

static bool with_sized_chunk(const struct lie_answer *answer, const char *without, size_t length,
                             struct buf *out)
{
    char size[32];
    snprintf(size, sizeof size, "%zx", answer->body_length);
    return with_chunks(answer, without, size, length, out);
}

/* ---- the lies ---- */

static bool tell_no_answer(const struct lie_answer *answer, struct buf *out)
{
    (void)answer;
    (void)out;
    return true;
}

static bool tell_half_a_status(const struct lie_answer *answer, struct buf *out)
{
    return answer->head_length > HALF_A_STATUS && buf_append(out, answer->head, HALF_A_STATUS);
}

static bool tell_half_a_head(const struct lie_answer *answer, struct buf *out)
{
    return buf_append(out, answer->head, answer->head_length / 2);
}

static bool tell_half_a_body(const struct lie_answer *answer, struct buf *out)
{
    buf_append(out, answer->head, answer->head_length);
    return put_body(answer, answer->body_length / 2, out) && answer->body_length > 0;
}

static bool tell_status_is_a_word(const struct lie_answer *answer, struct buf *out)
{
    return with_status_line(answer, "HTTP/1.1 Fine", out);
}

static bool tell_another_protocol(const struct lie_answer *answer, struct buf *out)
{
    return with_status_line(answer, "220 ready", out);
}

static bool tell_header_without_colon(const struct lie_answer *answer, struct buf *out)
{
    return with_header(answer, "nonsense", strlen("nonsense"), out);
}

static bool tell_header_with_nul(const struct lie_answer *answer, struct buf *out)
{
    static const char header[] = "X-Lie: a\0b";
    return with_header(answer, header, sizeof header - 1, out);
}

static bool tell_length_is_a_word(const struct lie_answer *answer, struct buf *out)
{
    return with_length(answer, "many", out);
}

static bool tell_length_below_zero(const struct lie_answer *answer, struct buf *out)
{
    return with_length(answer, "-1", out);
}

static bool tell_length_too_long(const struct lie_answer *answer, struct buf *out)
{
    return with_length_off_by(answer, 7, 0, out);
}

static bool tell_length_too_short(const struct lie_answer *answer, struct buf *out)
{
    return with_length_off_by(answer, 0, 1, out);
}

static bool tell_two_lengths(const struct lie_answer *answer, struct buf *out)
{
    uint64_t length;
    char header[64];
    if (!announced(answer, &length))
        return false;
    int header_length = snprintf(header, sizeof header, LENGTH_HEADER " %" PRIu64, length + 1);
    return with_header(answer, header, (size_t)header_length, out);
}

static bool tell_length_and_chunks(const struct lie_answer *answer, struct buf *out)
{
    return with_sized_chunk(answer, NULL, answer->body_length, out) && buf_puts(out, "\r\n0" HEAD_END);
}

static bool tell_chunk_without_size(const struct lie_answer *answer, struct buf *out)
{
    return with_chunks(answer, length_line(answer), "many", answer->body_length, out);
}

static bool tell_half_a_chunk(const struct lie_answer *answer, struct buf *out)
{
    return with_sized_chunk(answer, length_line(answer), answer->body_length / 2, out);
}

static bool tell_no_last_chunk(const struct lie_answer *answer, struct buf *out)
{
    return with_sized_chunk(answer, length_line(answer), answer->body_length, out) && buf_puts(out, "\r\n");
}

#define SUCCESSES NULL
const struct lie lies[] = {
#define LIE(function, name, clauses, wrong) {name, clauses, wrong, tell_##function},
#include "conformance/proof/lies.def"
#undef LIE
};
const size_t lie_count = sizeof lies / sizeof *lies;
