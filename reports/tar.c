#include "reports/tar.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define BLOCK_BYTES    512
#define SIZE_MAX_BYTES ((uint64_t)077777777777) /* eleven octal digits */

/* Where the fields of a header are (table "ustar Header Block"). */
enum {
    NAME_AT = 0,
    MODE_AT = 100,
    OWNER_AT = 108,
    GROUP_AT = 116,
    SIZE_AT = 124,
    TIME_AT = 136,
    SUM_AT = 148,
    TYPE_AT = 156,
    MAGIC_AT = 257,
    ID_BYTES = 8,
    NUMBER_BYTES = 12,
    SUM_BYTES = 8,
};

static const char magic[] = "ustar\0"
                            "00";
#define MAGIC_BYTES (sizeof magic - 1)

/* The checksum counts its own field as blanks. */
static unsigned sum_of(const char block[static BLOCK_BYTES])
{
    unsigned sum = 0;
    for (size_t i = 0; i < BLOCK_BYTES; i++)
        sum += i >= SUM_AT && i < SUM_AT + SUM_BYTES ? ' ' : (unsigned char)block[i];
    return sum;
}

static void make_header(const char *name, uint64_t size, char block[static BLOCK_BYTES])
{
    memset(block, 0, BLOCK_BYTES);
    snprintf(block + NAME_AT, TAR_NAME_MAX_BYTES + 1, "%s", name);
    snprintf(block + MODE_AT, ID_BYTES, "0000644");
    snprintf(block + OWNER_AT, ID_BYTES, "0000000");
    snprintf(block + GROUP_AT, ID_BYTES, "0000000");
    snprintf(block + SIZE_AT, NUMBER_BYTES, "%011" PRIo64, size);
    snprintf(block + TIME_AT, NUMBER_BYTES, "00000000000");
    block[TYPE_AT] = '0';
    memcpy(block + MAGIC_AT, magic, MAGIC_BYTES);
    snprintf(block + SUM_AT, SUM_BYTES, "%06o", sum_of(block));
    block[SUM_AT + SUM_BYTES - 1] = ' ';
}

static uint64_t padding_of(uint64_t size)
{
    return (BLOCK_BYTES - size % BLOCK_BYTES) % BLOCK_BYTES;
}

static bool copy_content(FILE *out, FILE *content, uint64_t size)
{
    char block[BLOCK_BYTES];
    for (uint64_t left = size; left > 0;) {
        size_t wanted = left < BLOCK_BYTES ? (size_t)left : BLOCK_BYTES;
        if (fread(block, 1, wanted, content) != wanted || fwrite(block, 1, wanted, out) != wanted)
            return false;
        left -= wanted;
    }
    memset(block, 0, sizeof block);
    return fwrite(block, 1, (size_t)padding_of(size), out) == padding_of(size);
}

bool tar_add(FILE *out, const char *name, FILE *content, uint64_t size, struct err *err)
{
    char block[BLOCK_BYTES];
    if (size > SIZE_MAX_BYTES)
        return err_set(err, ERR_LIMIT, "%s has %" PRIu64 " bytes, an archive holds files of at most %" PRIu64,
                       name, size, SIZE_MAX_BYTES);
    make_header(name, size, block);
    return (fwrite(block, 1, sizeof block, out) == sizeof block && copy_content(out, content, size)) ||
           err_set_errno(err, "the archive cannot be written");
}

bool tar_end(FILE *out, struct err *err)
{
    static const char zeroes[2 * BLOCK_BYTES];
    return fwrite(zeroes, 1, sizeof zeroes, out) == sizeof zeroes ||
           err_set_errno(err, "the archive cannot be written");
}

/* ---- reading ---- */

bool tar_is(FILE *file)
{
    char block[BLOCK_BYTES];
    bool is = fread(block, 1, sizeof block, file) == sizeof block &&
              memcmp(block + MAGIC_AT, magic, MAGIC_BYTES) == 0;
    rewind(file);
    return is;
}

static bool parse_octal(const char *text, size_t digits, uint64_t *ret_value)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '7')
            return false;
        value = value << 3 | (uint64_t)(text[i] - '0');
    }
    *ret_value = value;
    return true;
}

/* A header that differs from what make_header() makes of its name and size is of something else. */
static bool parse_header(const char block[static BLOCK_BYTES], struct tar_member *member)
{
    char again[BLOCK_BYTES];
    size_t length = strnlen(block + NAME_AT, TAR_NAME_MAX_BYTES + 1);
    if (length == 0 || length > TAR_NAME_MAX_BYTES ||
        !parse_octal(block + SIZE_AT, NUMBER_BYTES - 1, &member->size))
        return false;
    memcpy(member->name, block + NAME_AT, length);
    member->name[length] = '\0';
    make_header(member->name, member->size, again);
    return memcmp(block, again, BLOCK_BYTES) == 0;
}

static bool is_empty(const char block[static BLOCK_BYTES])
{
    return block[0] == '\0' && memcmp(block, block + 1, BLOCK_BYTES - 1) == 0;
}

bool tar_next(FILE *file, struct tar_member *ret_member, bool *ret_ended, struct err *err)
{
    char block[BLOCK_BYTES];
    struct tar_member member;
    if (fread(block, 1, sizeof block, file) != sizeof block)
        return err_set(err, ERR_SYNTAX, "the archive ends too early");
    *ret_ended = is_empty(block);
    if (*ret_ended)
        return true;
    if (!parse_header(block, &member))
        return err_set(err, ERR_SYNTAX, "the archive was altered, or made by something else");
    off_t offset = ftello(file);
    if (offset < 0 || fseeko(file, offset + (off_t)(member.size + padding_of(member.size)), SEEK_SET) != 0)
        return err_set_errno(err, "the archive cannot be read");
    member.offset = (uint64_t)offset;
    *ret_member = member;
    return true;
}
