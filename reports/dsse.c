#include "reports/dsse.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "reports/escape.h"

#define SIGNED_MAX_BYTES (256 * BUF_MIB)

/* What is signed: the pre-authentication encoding (protocol.md, "Signature Definition"). */
static void encode(struct buf *out, const char *type, const char *payload, size_t length)
{
    buf_init(out, SIGNED_MAX_BYTES);
    buf_printf(out, "DSSEv1 %zu %s %zu ", strlen(type), type, length);
    buf_append(out, payload, length);
}

/* ---- making ---- */

static json_t *signature_json(const struct sign_key *key, const struct buf *encoded, struct err *err)
{
    char id[SIGN_KEY_ID_SIZE];
    char *signature;
    size_t length;
    if (!sign_make(key, encoded->data, encoded->length, &signature, &length, err))
        return NULL;
    sign_key_id(key, id);
    char *base64 = escape_base64(signature, length);
    json_t *value = json_pack("{s:s, s:s}", "keyid", id, "sig", base64);
    free(signature);
    free(base64);
    return value;
}

static char *envelope_text(json_t *envelope)
{
    char *text = json_dumps(envelope, JSON_COMPACT);
    char *line = mem_printf("%s\n", text);
    free(text);
    return line;
}

char *dsse_wrap(const char *type, const char *payload, struct sign_key *const *keys, size_t count,
                struct err *err)
{
    struct buf encoded;
    json_t *signatures = json_array();
    encode(&encoded, type, payload, strlen(payload));
    for (size_t i = 0; i < count; i++)
        json_array_append_new(signatures, signature_json(keys[i], &encoded, err));
    bool made = json_array_size(signatures) == count;
    char *base64 = escape_base64(payload, strlen(payload));
    json_t *envelope =
        json_pack("{s:s, s:s, s:o}", "payloadType", type, "payload", base64, "signatures", signatures);
    char *text = made ? envelope_text(envelope) : NULL;
    json_decref(envelope);
    free(base64);
    buf_fini(&encoded);
    return text;
}

/* ---- opening ---- */

static bool is_of_key(const json_t *signature, const struct sign_key *key, const struct buf *encoded,
                      bool foreign)
{
    char id[SIGN_KEY_ID_SIZE];
    char *bytes;
    size_t length;
    const char *told = json_string_value(json_object_get(signature, "keyid"));
    const char *base64 = json_string_value(json_object_get(signature, "sig"));
    sign_key_id(key, id);
    if (!base64 || (!foreign && (!told || strcmp(told, id) != 0)) ||
        !escape_unbase64(base64, &bytes, &length))
        return false;
    bool good = sign_check(key, encoded->data, encoded->length, bytes, length);
    free(bytes);
    return good;
}

static bool has_signature(const json_t *signatures, const struct sign_key *key, const struct buf *encoded,
                          bool foreign)
{
    for (size_t i = 0; i < json_array_size(signatures); i++) {
        if (is_of_key(json_array_get(signatures, i), key, encoded, foreign))
            return true;
    }
    return false;
}

static bool is_of_any(const json_t *signature, struct sign_key *const *keys, size_t count,
                      const struct buf *encoded)
{
    for (size_t i = 0; i < count; i++) {
        if (is_of_key(signature, keys[i], encoded, false))
            return true;
    }
    return false;
}

static bool check_signatures(const json_t *signatures, struct sign_key *const *keys, size_t count,
                             const struct buf *encoded, bool foreign, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        char id[SIGN_KEY_ID_SIZE];
        sign_key_id(keys[i], id);
        if (!has_signature(signatures, keys[i], encoded, foreign))
            return err_set(err, ERR_VALUE, "there is no good signature by the key %s", id);
    }
    for (size_t i = 0; count > 0 && !foreign && i < json_array_size(signatures); i++) {
        if (!is_of_any(json_array_get(signatures, i), keys, count, encoded))
            return err_set(err, ERR_VALUE, "signature %zu is good by none of the keys that were named",
                           i + 1);
    }
    return true;
}

/* The parts of the envelope; false when it has another form. */
static bool read_parts(const json_t *envelope, const char *type, char **ret_payload, size_t *ret_length,
                       struct err *err)
{
    const char *told = json_string_value(json_object_get(envelope, "payloadType"));
    const char *base64 = json_string_value(json_object_get(envelope, "payload"));
    if (!told || !base64 || json_array_size(json_object_get(envelope, "signatures")) == 0)
        return err_set(err, ERR_SYNTAX,
                       "is no signed envelope: payload, payloadType and signatures are wanted");
    if (strcmp(told, type) != 0)
        return err_set(err, ERR_SYNTAX, "has a payload of the type '%s', want %s", told, type);
    if (!escape_unbase64(base64, ret_payload, ret_length))
        return err_set(err, ERR_SYNTAX, "has a payload that is no base64");
    return strlen(*ret_payload) == *ret_length || err_set(err, ERR_SYNTAX, "has a payload with a NUL in it");
}

static bool is_own_form(json_t *envelope, const char *text, struct err *err)
{
    char *again = envelope_text(envelope);
    bool same = strcmp(again, text) == 0;
    free(again);
    return same || err_set(err, ERR_SYNTAX, "was written or altered by something else");
}

bool dsse_open(const char *text, const char *type, struct sign_key *const *keys, size_t count, bool foreign,
               char **ret_payload, struct err *err)
{
    json_error_t error;
    char *payload = NULL;
    size_t length = 0;
    json_t *envelope = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!envelope)
        return err_set(err, ERR_SYNTAX, "is no JSON: line %d: %s", error.line, error.text);
    struct buf encoded = {0};
    bool good =
        read_parts(envelope, type, &payload, &length, err) && (foreign || is_own_form(envelope, text, err));
    if (good) {
        encode(&encoded, type, payload, length);
        good = check_signatures(json_object_get(envelope, "signatures"), keys, count, &encoded, foreign, err);
        buf_fini(&encoded);
    }
    json_decref(envelope);
    if (good)
        *ret_payload = payload;
    else
        free(payload);
    return good;
}
