/* The text of a descriptor, line by line: section "The Descriptor File". */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"
#include "base/uuid.h"
#include "conformance/formats/vmdk/vmdk_image.h"

#define KEYS_MAX   256 /* that are watched for coming twice */
#define CID_DIGITS 8

/* The walk over the lines. */
struct walk {
    struct check *check;
    struct vmdk_descriptor *descriptor;
    uint64_t at; /* of the line in the file */
    const char *keys[KEYS_MAX];
    size_t key_count;
    bool has_version;
    bool has_cid;
    bool has_parent_cid;
    bool has_signature;
};

static bool parse_hex32(const char *text, uint64_t *ret_value)
{
    size_t length = strspn(text, "0123456789abcdefABCDEF");
    if (length == 0 || length > 8 || text[length] != '\0')
        return false;
    *ret_value = strtoul(text, NULL, 16);
    return true;
}

/* ---- What the keys may say ---------------------------------------------------------------------------- */

static void take_version(struct walk *walk, const char *value)
{
    walk->has_version = true;
    if (strcmp(value, "1") != 0 && strcmp(value, "2") != 0 && strcmp(value, "3") != 0 &&
        strcmp(value, "4") != 0)
        check_find(walk->check, RULE_VMDK_DESCRIPTOR_VERSION, walk->at, "version", "is %s", value);
}

static void take_cid(struct walk *walk, const char *value)
{
    uint64_t cid;
    walk->has_cid = true;
    if (!parse_hex32(value, &cid))
        check_find(walk->check, RULE_VMDK_DESCRIPTOR_CID, walk->at, "CID",
                   "%s is no hexadecimal number of 32 bits", value);
}

static void take_parent_cid(struct walk *walk, const char *value)
{
    walk->has_parent_cid = true;
    if (!parse_hex32(value, &walk->descriptor->parent_cid))
        check_find(walk->check, RULE_VMDK_DESCRIPTOR_PARENT_CID, walk->at, "parentCID",
                   "%s is no hexadecimal number of 32 bits", value);
}

static void take_create_type(struct walk *walk, const char *value)
{
    static const char *const known[] = {
        "monolithicSparse",
        "vmfsSparse",
        "monolithicFlat",
        "vmfs",
        "twoGbMaxExtentSparse",
        "twoGbMaxExtentFlat",
        "fullDevice",
        "vmfsRaw",
        "partitionedDevice",
        "vmfsRawDeviceMap",
        "vmfsPassthroughRawDeviceMap",
        "streamOptimized",
        "custom",
        "seSparse",
        /* older and shorter names, those of vmkfstools -d */
        "2GbMaxExtentSparse",
        "2GbMaxExtentFlat",
        "vmfsRDM",
        "vmfsRDMP",
        "vmfsThin",
        "vmfsPreallocated",
        "vmfsEagerZeroedThick",
    };
    struct vmdk_descriptor *descriptor = walk->descriptor;
    strncpy(descriptor->create_type, value, sizeof descriptor->create_type - 1);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i], value) == 0)
            return;
    }
    check_find(walk->check, RULE_VMDK_DESCRIPTOR_CREATE_TYPE, walk->at, "createType", "%s is not known",
               value);
}

static void take_parent_hint(struct walk *walk, const char *value)
{
    free(walk->descriptor->parent_hint);
    walk->descriptor->parent_hint = *value ? mem_dup(value) : NULL;
}

/* VirtualBox, src/VBox/Storage/VMDK.cpp: a UUID of zeroes is none. */
static void take_parent_uuid(struct walk *walk, const char *value)
{
    walk->descriptor->has_parent_uuid = uuid_is(value) && strspn(value, "0-") < strlen(value);
}

static void take_adapter(struct walk *walk, const char *value)
{
    static const char *const known[] = {"ide", "buslogic", "lsilogic", "legacyESX", "pvscsi", "lsisas1068"};
    check_option_text(walk->check, "adapter_type", value);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i], value) == 0)
            return;
    }
    check_find(walk->check, RULE_VMDK_DESCRIPTOR_ADAPTER, walk->at, "ddb.adapterType", "%s is not known",
               value);
}

static void take_number(struct walk *walk, const char *value)
{
    uint64_t number;
    if (!number_parse_u64(value, &number))
        check_find(walk->check, RULE_VMDK_DESCRIPTOR_NUMBER, walk->at, "disk database", "%s is no number",
                   value);
}

static void take_hwversion(struct walk *walk, const char *value)
{
    check_option_text(walk->check, "hwversion", value);
    take_number(walk, value);
}

static void take_value(struct walk *walk, const char *key, const char *value)
{
    static const struct {
        const char *key;
        void (*take)(struct walk *walk, const char *value);
    } known[] = {
        {"version", take_version},
        {"CID", take_cid},
        {"parentCID", take_parent_cid},
        {"createType", take_create_type},
        {"parentFileNameHint", take_parent_hint},
        {"ddb.uuid.parent", take_parent_uuid},
        {"ddb.adapterType", take_adapter},
        {"ddb.virtualHWVersion", take_hwversion},
        {"ddb.toolsVersion", take_number},
        {"ddb.geometry.cylinders", take_number},
        {"ddb.geometry.heads", take_number},
        {"ddb.geometry.sectors", take_number},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].key, key) == 0)
            known[i].take(walk, value);
    }
}

/* ---- Lines -------------------------------------------------------------------------------------------- */

static void check_twice(struct walk *walk, const char *key)
{
    for (size_t i = 0; i < walk->key_count; i++) {
        if (strcmp(walk->keys[i], key) == 0) {
            check_find(walk->check, RULE_VMDK_DESCRIPTOR_TWICE, walk->at, "descriptor", "%s comes twice",
                       key);
            return;
        }
    }
    if (walk->key_count < KEYS_MAX)
        walk->keys[walk->key_count++] = key;
}

/* Cuts blanks at both ends. */
static char *trim(char *text)
{
    char *end = text + strlen(text);
    while (end > text && isspace((unsigned char)end[-1]))
        *--end = '\0';
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

/* "key = value" or "key="value""; the quotes are not always written. */
static bool split(char *line, char **ret_key, char **ret_value)
{
    char *equals = strchr(line, '=');
    if (!equals)
        return false;
    *equals = '\0';
    *ret_key = trim(line);
    char *value = trim(equals + 1);
    size_t length = strlen(value);
    if (*value == '"') {
        if (length < 2 || value[length - 1] != '"')
            return false;
        value[length - 1] = '\0';
        value++;
    }
    *ret_value = value;
    return **ret_key != '\0' && !strpbrk(*ret_key, " \t\"");
}

static bool is_extent(const char *line)
{
    static const char *const accesses[] = {"RW", "RDONLY", "NOACCESS"};
    for (size_t i = 0; i < sizeof accesses / sizeof *accesses; i++) {
        size_t length = strlen(accesses[i]);
        if (strncmp(line, accesses[i], length) == 0 && (line[length] == ' ' || line[length] == '\t'))
            return true;
    }
    return false;
}

static void take_line(struct walk *walk, char *line)
{
    char *key, *value;
    char *text = trim(line);
    if (strncasecmp(text, VMDK_DESCRIPTOR_SIGNATURE, sizeof VMDK_DESCRIPTOR_SIGNATURE - 1) == 0)
        walk->has_signature = true;
    if (*text == '\0' || *text == '#')
        return;
    if (is_extent(text)) {
        vmdk_parse_extent(walk->check, walk->descriptor, walk->at, text);
        return;
    }
    CLEANUP(text) char *shown = mem_dup(text);
    if (!split(text, &key, &value)) {
        check_find(walk->check, RULE_VMDK_DESCRIPTOR_LINE, walk->at, "descriptor",
                   "neither an extent nor a key with a value: %.80s", shown);
        return;
    }
    check_twice(walk, key);
    take_value(walk, key, value);
}

static void check_mandatory(struct walk *walk)
{
    struct check *check = walk->check;
    uint64_t at = walk->descriptor->at;
    if (!walk->has_signature)
        check_find(check, RULE_VMDK_DESCRIPTOR_SIGNATURE, at, "descriptor", "there is no line %s",
                   VMDK_DESCRIPTOR_SIGNATURE);
    if (!walk->has_version)
        check_find(check, RULE_VMDK_DESCRIPTOR_VERSION, at, "version", "is missing");
    if (!walk->has_cid)
        check_find(check, RULE_VMDK_DESCRIPTOR_CID, at, "CID", "is missing");
    if (!walk->has_parent_cid)
        check_find(check, RULE_VMDK_DESCRIPTOR_PARENT_CID, at, "parentCID", "is missing");
    if (!*walk->descriptor->create_type)
        check_find(check, RULE_VMDK_DESCRIPTOR_CREATE_TYPE, at, "createType", "is missing");
}

/* When QEMU gives an image a content id of fewer digits it writes the text over itself, with a zero byte at
 * its new end: block/vmdk.c, vmdk_write_cid(). What is left behind are some of the last bytes of the text. */
static bool is_left_behind(const char *text, size_t end, size_t at)
{
    size_t tail = end < CID_DIGITS ? end : CID_DIGITS;
    return at - end < CID_DIGITS && memchr(text + end - tail, text[at], tail);
}

/* The text ends with the first zero byte, and only such follow. */
static void check_after_end(struct check *check, uint64_t at, const char *text, size_t length)
{
    size_t end = strlen(text);
    for (size_t i = end; i < length; i++) {
        if (text[i] != '\0' && !is_left_behind(text, end, i)) {
            check_find(check, RULE_VMDK_DESCRIPTOR_AFTER_END, at + i, "descriptor",
                       "something follows the zero byte at %" PRIu64, at + end);
            return;
        }
    }
}

static void walk_lines(struct walk *walk)
{
    char *line = walk->descriptor->text;
    while (*line) {
        size_t length = strcspn(line, "\n");
        char *next = line[length] ? line + length + 1 : line + length;
        line[length] = '\0';
        walk->at = walk->descriptor->at + (uint64_t)(line - walk->descriptor->text);
        take_line(walk, line);
        line = next;
    }
}

bool vmdk_is_descriptor(const char *text, size_t length)
{
    static const char *const signs[] = {VMDK_DESCRIPTOR_SIGNATURE, "createType", "parentCID"};
    CLEANUP(text) char *copy = mem_dup_n(text, length);
    unsigned seen = 0;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        seen += strcasestr(copy, signs[i]) != NULL;
    return seen >= 2 ||
           strncasecmp(copy, VMDK_DESCRIPTOR_SIGNATURE, sizeof VMDK_DESCRIPTOR_SIGNATURE - 1) == 0;
}

bool vmdk_read_descriptor(struct check *check, uint64_t at, uint64_t length,
                          struct vmdk_descriptor *ret_descriptor)
{
    *ret_descriptor = (struct vmdk_descriptor){.at = at, .parent_cid = VMDK_CID_NO_PARENT};
    if (length > VMDK_DESCRIPTOR_BYTES_MAX) {
        check_find(check, RULE_VMDK_DESCRIPTOR_SIZE, at, "descriptor", "has %" PRIu64 " bytes", length);
        return false;
    }
    char *text = mem_alloc((size_t)length + 1);
    ret_descriptor->text = text;
    if (!source_read(check->source, at, text, (size_t)length))
        return false;
    check_after_end(check, at, text, (size_t)length);
    struct walk walk = {.check = check, .descriptor = ret_descriptor};
    walk_lines(&walk);
    check_mandatory(&walk);
    return true;
}

void vmdk_descriptor_fini(struct vmdk_descriptor *descriptor)
{
    for (size_t i = 0; i < descriptor->extent_count; i++)
        free(descriptor->extents[i].name);
    free(descriptor->extents);
    free(descriptor->parent_hint);
    free(descriptor->text);
}
