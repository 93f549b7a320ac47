#include "conformance/match/body.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/checked.h"
#include "base/cleanup.h"
#include "base/mem.h"
#include "base/number.h"

struct body {
    enum spec_body_kind kind;
    uint64_t size_bytes;
    bool zeroes;
    uint64_t seed;
    int fd;
    char *literal;
    char *description;
    struct body **parts;
    size_t part_count;
};

/* ---- the generator: specs/README.md, "A body" ---- */

#define GOLDEN_GAMMA 0x9e3779b97f4a7c15u

/* The finalizer of SplitMix64. */
static uint64_t mix(uint64_t value)
{
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

static void put_word(unsigned char *out, uint64_t word)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)(word >> (8 * i));
}

void body_generate(uint64_t seed, uint64_t offset, void *out, size_t length)
{
    unsigned char *next = out;
    uint64_t base = seed * GOLDEN_GAMMA;
    while (length > 0) {
        size_t skip = (size_t)(offset % 8);
        uint64_t word = mix(base + offset / 8);
        if (skip == 0 && length >= 8) {
            put_word(next, word);
            next += 8;
            offset += 8;
            length -= 8;
        } else {
            *next++ = (unsigned char)(word >> (8 * skip));
            offset++;
            length--;
        }
    }
}

/* ---- opening ---- */

static bool open_generated(struct body *body, const struct spec_body *spec, const struct vars *vars,
                           struct err *err)
{
    if (!template_expand_size(spec->size, vars, &body->size_bytes, err))
        return false;
    body->zeroes = !spec->seed;
    if (body->zeroes) {
        body->description = mem_printf("size %" PRIu64 ", zeroes", body->size_bytes);
        return true;
    }
    char *seed = template_expand(spec->seed, vars, err);
    bool known = seed && number_parse_u64(seed, &body->seed);
    if (seed && !known)
        err_set(err, ERR_VALUE, "'%s' is no seed: want a number from 0 on", seed);
    free(seed);
    body->description = mem_printf("size %" PRIu64 ", seed %" PRIu64, body->size_bytes, body->seed);
    return known;
}

static bool open_file(struct body *body, const char *fixtures, const char *name, struct err *err)
{
    if (name[0] == '/' || strstr(name, ".."))
        return err_set(err, ERR_VALUE, "the fixture '%s' is not below fixtures/", name);
    char *path = mem_printf("%s/%s", fixtures, name);
    struct stat about;
    body->fd = open(path, O_RDONLY | O_CLOEXEC);
    bool opened = body->fd >= 0 && fstat(body->fd, &about) == 0;
    if (opened)
        body->size_bytes = (uint64_t)about.st_size;
    else
        err_set_errno(err, "cannot read the fixture %s", path);
    free(path);
    body->description = mem_printf("file %s", name);
    return opened;
}

static bool open_literal(struct body *body, char *text)
{
    body->literal = text;
    body->size_bytes = text ? strlen(text) : 0;
    return text;
}

static char *json_text(const json_t *json, const struct vars *vars, struct err *err)
{
    json_t *value = template_expand_json(json, vars, err);
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    json_decref(value);
    return text;
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

bool body_hex(const char *text, unsigned char **ret_bytes, size_t *ret_length)
{
    CLEANUP(text) char *bytes = mem_alloc(strlen(text) / 2 + 1);
    size_t length = 0;
    for (text += strspn(text, " \n"); *text; text += strspn(text, " \n")) {
        int high = digit_of(text[0]);
        int low = high < 0 ? -1 : digit_of(text[1]);
        if (low < 0)
            return false;
        bytes[length++] = (char)(high << 4 | low);
        text += 2;
    }
    if (length == 0)
        return false;
    if (ret_bytes) {
        *ret_bytes = (unsigned char *)TAKE(bytes);
        *ret_length = length;
    }
    return true;
}

static bool open_hex(struct body *body, const char *text)
{
    unsigned char *bytes;
    size_t length;
    if (!body_hex(text, &bytes, &length))
        return false;
    body->literal = (char *)bytes;
    body->size_bytes = length;
    return true;
}

static bool open_parts(struct body *body, const struct spec_body *spec, const char *fixtures,
                       const struct vars *vars, struct err *err)
{
    for (size_t i = 0; i < spec->part_count; i++) {
        struct body *part = body_open(&spec->parts[i], fixtures, vars, err);
        if (!part)
            return false;
        *mem_append(&body->parts, &body->part_count) = part;
        if (!add_u64(body->size_bytes, part->size_bytes, &body->size_bytes))
            return err_set(err, ERR_VALUE, "the parts of a body are too long");
    }
    return true;
}

static bool open_kind(struct body *body, const struct spec_body *spec, const char *fixtures,
                      const struct vars *vars, struct err *err)
{
    switch (spec->kind) {
    case SPEC_BODY_NONE:
        return true;
    case SPEC_BODY_GENERATED:
        return open_generated(body, spec, vars, err);
    case SPEC_BODY_FILE:
        return open_file(body, fixtures, spec->file, err);
    case SPEC_BODY_TEXT:
        return open_literal(body, template_expand(spec->text, vars, err));
    case SPEC_BODY_JSON:
        return open_literal(body, json_text(spec->json, vars, err));
    case SPEC_BODY_HEX:
        return open_hex(body, spec->hex);
    case SPEC_BODY_PARTS:
        return open_parts(body, spec, fixtures, vars, err);
    }
    return false;
}

struct body *body_open(const struct spec_body *spec, const char *fixtures, const struct vars *vars,
                       struct err *err)
{
    struct body *body = mem_alloc(sizeof *body);
    body->kind = spec->kind;
    body->fd = -1;
    if (open_kind(body, spec, fixtures, vars, err))
        return body;
    body_free(body);
    return NULL;
}

struct body *body_dup(const struct body *body)
{
    struct body *copy = mem_alloc(sizeof *copy);
    *copy = *body;
    copy->fd = body->fd < 0 ? -1 : fcntl(body->fd, F_DUPFD_CLOEXEC, 0);
    copy->literal = mem_dup(body->literal);
    copy->description = mem_dup(body->description);
    return copy;
}

void body_free(struct body *body)
{
    if (!body)
        return;
    if (body->fd >= 0)
        close(body->fd);
    for (size_t i = 0; i < body->part_count; i++)
        body_free(body->parts[i]);
    free(body->parts);
    free(body->literal);
    free(body->description);
    free(body);
}

uint64_t body_size(const struct body *body)
{
    return body->size_bytes;
}

const char *body_description(const struct body *body)
{
    return body->description;
}

/* ---- reading ---- */

static bool read_file(int fd, uint64_t offset, unsigned char *out, size_t length, struct err *err)
{
    while (length > 0) {
        ssize_t count = pread(fd, out, length, (off_t)offset);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return err_set_errno(err, "cannot read a fixture");
        if (count == 0)
            return err_set(err, ERR_IO, "a fixture became shorter while it was read");
        out += count;
        offset += (uint64_t)count;
        length -= (size_t)count;
    }
    return true;
}

static bool read_parts(const struct body *body, uint64_t offset, unsigned char *out, size_t length,
                       struct err *err)
{
    for (size_t i = 0; i < body->part_count && length > 0; i++) {
        const struct body *part = body->parts[i];
        if (offset >= part->size_bytes) {
            offset -= part->size_bytes;
            continue;
        }
        uint64_t rest = part->size_bytes - offset;
        size_t piece = rest < length ? (size_t)rest : length;
        if (!body_read(part, offset, out, piece, err))
            return false;
        out += piece;
        length -= piece;
        offset = 0;
    }
    return true;
}

bool body_read(const struct body *body, uint64_t offset, void *out, size_t length, struct err *err)
{
    if (length == 0)
        return true;
    if (body->kind == SPEC_BODY_FILE)
        return read_file(body->fd, offset, out, length, err);
    if (body->kind == SPEC_BODY_PARTS)
        return read_parts(body, offset, out, length, err);
    if (body->kind != SPEC_BODY_GENERATED)
        memcpy(out, body->literal + offset, length);
    else if (body->zeroes)
        memset(out, 0, length);
    else
        body_generate(body->seed, offset, out, length);
    return true;
}
