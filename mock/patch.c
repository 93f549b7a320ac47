#include "mock/patch.h"

#include <string.h>

#include "mock/attributes.h"
#include "mock/media_type.h"

static const char *const kind_words[] = {
    [PATCH_ADD] = "add",
    [PATCH_REPLACE] = "replace",
    [PATCH_REMOVE] = "remove",
};
#define KIND_COUNT (sizeof kind_words / sizeof kind_words[0])

bool patch_version_parse(const char *content_type, enum patch_version *ret_version)
{
    if (media_type_is(content_type, "application/openstack-images-v2.1-json-patch"))
        *ret_version = PATCH_V21;
    else if (media_type_is(content_type, "application/openstack-images-v2.0-json-patch"))
        *ret_version = PATCH_V20;
    else
        return false;
    return true;
}

/* One character of a JSON pointer (RFC 6901, 4); 0 for an escape that there is not. */
static char take_pointer_character(const char **at)
{
    char c = *(*at)++;
    if (c != '~')
        return c;
    char escaped = *(*at)++;
    return escaped == '0' ? '~' : escaped == '1' ? '/' : '\0';
}

/* A pointer to an attribute is `/name`: nothing inside of an attribute can be pointed at. */
static bool parse_pointer(const char *pointer, char name[static PATCH_NAME_SIZE], struct refusal *refusal)
{
    size_t length = 0;
    if (pointer[0] != '/' || !pointer[1] || strchr(pointer + 1, '/'))
        return refuse(refusal, 400, "Invalid JSON pointer for this resource: '%.255s'", pointer);
    for (const char *at = pointer + 1; *at;) {
        char c = take_pointer_character(&at);
        if (c == '\0' || length + 1 == PATCH_NAME_SIZE)
            return refuse(refusal, 400, "Invalid JSON pointer for this resource: '%.255s'", pointer);
        name[length++] = c;
    }
    name[length] = '\0';
    return true;
}

static bool parse_kind(const char *word, enum patch_kind *ret_kind)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        if (strcmp(word, kind_words[i]) == 0) {
            *ret_kind = (enum patch_kind)i;
            return true;
        }
    }
    return false;
}

static bool operation_v21(const json_t *raw, enum patch_kind *ret_kind, const char **ret_pointer,
                          struct refusal *refusal)
{
    const char *word = json_string_value(json_object_get(raw, "op"));
    *ret_pointer = json_string_value(json_object_get(raw, "path"));
    if (!word || !parse_kind(word, ret_kind))
        return refuse(refusal, 400,
                      "The member \"op\" of an operation must be \"add\", \"replace\" or \"remove\"");
    return *ret_pointer || refuse(refusal, 400, "Unable to find \"path\" in an operation");
}

static bool operation_v20(const json_t *raw, enum patch_kind *ret_kind, const char **ret_pointer,
                          struct refusal *refusal)
{
    size_t found = 0;
    *ret_pointer = NULL;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        const json_t *pointer = json_object_get(raw, kind_words[i]);
        if (!pointer)
            continue;
        found++;
        *ret_kind = (enum patch_kind)i;
        *ret_pointer = json_string_value(pointer);
    }
    if (found != 1 || !*ret_pointer)
        return refuse(refusal, 400,
                      "An operation must have exactly one of \"add\", \"replace\" and \"remove\"");
    return true;
}

bool patch_operation_parse(const json_t *raw, enum patch_version version,
                           struct patch_operation *ret_operation, struct refusal *refusal)
{
    struct patch_operation operation = {.value = NULL};
    const char *pointer = NULL;
    if (!json_is_object(raw))
        return refuse(refusal, 400, "An operation must be a JSON object");
    bool good = version == PATCH_V21 ? operation_v21(raw, &operation.kind, &pointer, refusal)
                                     : operation_v20(raw, &operation.kind, &pointer, refusal);
    if (!good || !pointer || !parse_pointer(pointer, operation.name, refusal))
        return false;
    if (operation.kind != PATCH_REMOVE) {
        operation.value = json_object_get(raw, "value");
        if (!operation.value)
            return refuse(refusal, 400, "Unable to find \"value\" in an operation");
    }
    *ret_operation = operation;
    return true;
}

static bool remove_attribute(json_t *attributes, const char *name, struct refusal *refusal)
{
    if (attribute_is_base(name))
        return refuse(refusal, 403, "Property %.255s may not be removed.", name);
    return json_object_del(attributes, name) == 0 ||
           refuse(refusal, 409, "Property %.255s does not exist.", name);
}

static bool apply(json_t *attributes, const struct patch_operation *operation, struct refusal *refusal)
{
    const char *name = operation->name;
    if (strcmp(name, "id") == 0)
        return refuse(refusal, 403, "Attribute 'id' is read-only.");
    if (!attribute_settable(name, refusal))
        return false;
    if (operation->kind == PATCH_REMOVE)
        return remove_attribute(attributes, name, refusal);
    if (!attribute_valid(name, operation->value, refusal))
        return false;
    if (operation->kind == PATCH_REPLACE && !json_object_get(attributes, name))
        return refuse(refusal, 409, "Property %.255s does not exist.", name);
    attribute_set(attributes, name, operation->value);
    return true;
}

bool patch_apply(json_t *attributes, const json_t *document, enum patch_version version,
                 struct refusal *refusal)
{
    if (!json_is_array(document))
        return refuse(refusal, 400, "The body must be a JSON array of operations");
    for (size_t i = 0; i < json_array_size(document); i++) {
        struct patch_operation operation = {0};
        if (!patch_operation_parse(json_array_get(document, i), version, &operation, refusal) ||
            !apply(attributes, &operation, refusal))
            return false;
    }
    return true;
}
