/* The LUKS header inside an image, without the key: section "Full disk encryption header pointer", and the
 * LUKS on-disk format specification for what it points at. */
#include <inttypes.h>
#include <string.h>

#include "base/uuid.h"
#include "conformance/formats/qcow2/qcow2_image.h"
#include "specs/layouts/luks.h"

/* Bytes of the LUKS header that its key slots use, from its start. */
struct key_material {
    uint64_t start;
    uint64_t end;
    bool used; /* the slot is active; a disabled one has its place all the same */
};

/* Section "Cipher and Hash specification registry"; QEMU writes an IV generator after ecb, too. */
static const char *const ciphers[] = {"aes", "twofish", "serpent", "cast5", "cast6", NULL};
static const char *const modes[] = {"ecb", "ecb-", "cbc-", "xts-", "ctr-", "lrw-", "pcbc-", NULL};
static const char *const hashes[] = {"sha1", "sha224",    "sha256",    "sha384", "sha512",
                                     "md5",  "ripemd160", "whirlpool", NULL};

/* Whether `text` is one of the names, or begins with one that ends in a hyphen. */
static bool is_one_of(const char *text, const char *const *names)
{
    for (; *names; names++) {
        size_t length = strlen(*names);
        if (strcmp(text, *names) == 0 || ((*names)[length - 1] == '-' && strncmp(text, *names, length) == 0))
            return true;
    }
    return false;
}

static void check_names(struct qcow2 *image, const struct record *luks)
{
    static const struct {
        unsigned field;
        const char *const *names;
    } registered[] = {{LUKS_CIPHER_NAME, ciphers}, {LUKS_CIPHER_MODE, modes}, {LUKS_HASH_SPEC, hashes}};
    for (size_t i = 0; i < sizeof registered / sizeof *registered; i++) {
        char text[64] = {0}; /* the fields have 32 bytes */
        memcpy(text, record_bytes(luks, registered[i].field),
               luks->layout->fields[registered[i].field].width);
        if (!is_one_of(text, registered[i].names))
            check_find_field(image->check, RULE_QCOW2_LUKS_NAME, luks, registered[i].field,
                             "%s is not registered", text);
    }
}

static void check_texts(struct qcow2 *image, const struct record *luks)
{
    static const unsigned fields[] = {LUKS_CIPHER_NAME, LUKS_CIPHER_MODE, LUKS_HASH_SPEC, LUKS_UUID};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        const struct layout_field *field = &luks->layout->fields[fields[i]];
        const uint8_t *text = record_bytes(luks, fields[i]);
        bool is_uuid = fields[i] != LUKS_UUID || uuid_is((const char *)text);
        if (text[0] == 0 || !memchr(text, 0, field->width) || !is_uuid)
            check_find_field(image->check, RULE_QCOW2_LUKS_TEXT, luks, fields[i],
                             is_uuid ? "is no text that ends with a zero byte" : "is no UUID");
    }
}

/* Section "Anti-forensic splitting": a key is stored in that many stripes, in whole sectors. */
static uint64_t material_bytes(uint64_t key_bytes, uint64_t stripes)
{
    return (key_bytes * stripes + LUKS_SECTOR_SIZE - 1) / LUKS_SECTOR_SIZE * LUKS_SECTOR_SIZE;
}

static void check_slot_values(struct qcow2 *image, const struct record *slot, bool active)
{
    struct check *check = image->check;
    uint64_t stripes = record_number(slot, LUKS_SLOT_STRIPES);
    if (stripes != LUKS_STRIPES)
        check_find_field(check, RULE_QCOW2_LUKS_SLOT_STRIPES, slot, LUKS_SLOT_STRIPES,
                         "is %" PRIu64 ", not 4000", stripes);
    if (active && record_number(slot, LUKS_SLOT_ITERATIONS) == 0)
        check_find_field(check, RULE_QCOW2_LUKS_SLOT_ITERATIONS, slot, LUKS_SLOT_ITERATIONS,
                         "is 0 in an active key slot");
}

static void check_slot(struct qcow2 *image, const struct record *luks, unsigned index, uint64_t header_length,
                       struct key_material *ret_material)
{
    struct check *check = image->check;
    struct record slot;
    *ret_material = (struct key_material){0};
    if (!check_read(check, &luks_slot, record_at(luks, LUKS_KEY_SLOTS) + index * luks_slot.size, &slot))
        return;
    uint64_t state = record_number(&slot, LUKS_SLOT_ACTIVE);
    if (state != LUKS_SLOT_ENABLED && state != LUKS_SLOT_DISABLED) {
        check_find_field(check, RULE_QCOW2_LUKS_SLOT_STATE, &slot, LUKS_SLOT_ACTIVE,
                         "0x%08" PRIx64 " of key slot %u is neither enabled nor disabled", state, index + 1);
        return;
    }
    check_slot_values(image, &slot, state == LUKS_SLOT_ENABLED);
    uint64_t start = record_number(&slot, LUKS_SLOT_KEY_OFFSET) * LUKS_SECTOR_SIZE;
    uint64_t length = material_bytes(record_number(luks, LUKS_KEY_BYTES), LUKS_STRIPES);
    if (start < luks_header.size || start > header_length || length > header_length - start)
        check_find_field(check, RULE_QCOW2_LUKS_SLOT_PLACE, &slot, LUKS_SLOT_KEY_OFFSET,
                         "%" PRIu64 " bytes at %" PRIu64
                         " are not between the LUKS header and the end of the encryption "
                         "header of %" PRIu64 " bytes",
                         length, start, header_length);
    *ret_material = (struct key_material){start, start + length, true};
}

static void check_slots(struct qcow2 *image, const struct record *luks, uint64_t header_length)
{
    struct key_material slots[LUKS_SLOTS];
    for (unsigned i = 0; i < LUKS_SLOTS; i++)
        check_slot(image, luks, i, header_length, &slots[i]);
    for (unsigned i = 0; i < LUKS_SLOTS; i++) {
        for (unsigned j = i + 1; j < LUKS_SLOTS; j++) {
            if (slots[i].used && slots[j].used && slots[i].start < slots[j].end &&
                slots[j].start < slots[i].end)
                check_find(image->check, RULE_QCOW2_LUKS_SLOT_OVERLAP,
                           record_at(luks, LUKS_KEY_SLOTS) + j * luks_slot.size, "key-material-offset",
                           "the key material of key slots %u and %u overlaps", i + 1, j + 1);
        }
    }
}

static void check_numbers(struct qcow2 *image, const struct record *luks)
{
    struct check *check = image->check;
    uint64_t key_bytes = record_number(luks, LUKS_KEY_BYTES);
    uint64_t payload = record_number(luks, LUKS_PAYLOAD_OFFSET) * LUKS_SECTOR_SIZE;
    uint64_t needed = luks_header.size + LUKS_SLOTS * material_bytes(key_bytes, LUKS_STRIPES);
    if (key_bytes == 0 || key_bytes > LUKS_SECTOR_SIZE || key_bytes % 8 != 0)
        check_find_field(check, RULE_QCOW2_LUKS_KEY_BYTES, luks, LUKS_KEY_BYTES,
                         "%" PRIu64 " bytes are no key of a cipher", key_bytes);
    if (payload < needed)
        check_find_field(check, RULE_QCOW2_LUKS_PAYLOAD_OFFSET, luks, LUKS_PAYLOAD_OFFSET,
                         "%" PRIu64 " bytes are too few for the header and eight keys, %" PRIu64, payload,
                         needed);
    if (record_number(luks, LUKS_MK_DIGEST_ITER) == 0)
        check_find_field(check, RULE_QCOW2_LUKS_DIGEST_ITERATIONS, luks, LUKS_MK_DIGEST_ITER, "is 0");
}

static void check_luks(struct qcow2 *image, uint64_t offset, uint64_t length)
{
    struct check *check = image->check;
    struct record luks;
    if (!check_read(check, &luks_header, offset, &luks))
        return;
    if (memcmp(record_bytes(&luks, LUKS_MAGIC), LUKS_MAGIC_BYTES, sizeof LUKS_MAGIC_BYTES - 1) != 0) {
        check_find_field(check, RULE_QCOW2_LUKS_MAGIC, &luks, LUKS_MAGIC, "is not LUKS\\xba\\xbe");
        return;
    }
    if (record_number(&luks, LUKS_VERSION) != LUKS_VERSION_1) {
        check_find_field(check, RULE_QCOW2_LUKS_VERSION, &luks, LUKS_VERSION, "is %" PRIu64 ", not 1",
                         record_number(&luks, LUKS_VERSION));
        return;
    }
    check_texts(image, &luks);
    check_names(image, &luks);
    check_numbers(image, &luks);
    check_slots(image, &luks, length);
}

/* The extension must be there if, and only if, the method is LUKS; false when there is nothing to look at. */
static bool check_presence(struct qcow2 *image)
{
    bool wanted = record_number(&image->header, QCOW2_CRYPT_METHOD) == QCOW2_CRYPT_LUKS;
    if (wanted && !image->has_encryption)
        check_find_field(image->check, RULE_QCOW2_ENCRYPTION_MISSING, &image->header, QCOW2_CRYPT_METHOD,
                         "is LUKS, but there is no encryption header pointer");
    if (!wanted && image->has_encryption)
        check_find_field(image->check, RULE_QCOW2_ENCRYPTION_SUPERFLUOUS, &image->encryption,
                         QCOW2_ENCRYPTION_OFFSET,
                         "there is an encryption header, but the method is not LUKS");
    return image->has_encryption;
}

void qcow2_check_encryption(struct qcow2 *image)
{
    struct check *check = image->check;
    if (!check_presence(image))
        return;
    uint64_t offset = record_number(&image->encryption, QCOW2_ENCRYPTION_OFFSET);
    uint64_t length = record_number(&image->encryption, QCOW2_ENCRYPTION_LENGTH);
    if (!qcow2_is_aligned(image, offset)) {
        check_find_field(check, RULE_QCOW2_ENCRYPTION_UNALIGNED, &image->encryption, QCOW2_ENCRYPTION_OFFSET,
                         "%" PRIu64 " is not on a cluster boundary", offset);
        return;
    }
    if (length < luks_header.size || !source_has(check->source, offset, length)) {
        check_find_field(check, RULE_QCOW2_ENCRYPTION_PAST_END, &image->encryption, QCOW2_ENCRYPTION_OFFSET,
                         "a LUKS header in %" PRIu64 " bytes at %" PRIu64
                         " is not wholly in the file of %" PRIu64 " bytes",
                         length, offset, image->file_size);
        return;
    }
    check_claim(image->check, QCOW2_KIND_ENCRYPTION, offset, length,
                record_at(&image->encryption, QCOW2_ENCRYPTION_OFFSET), "encryption header");
    check_luks(image, offset, length);
}
