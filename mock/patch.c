#include "mock/patch.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "mock/attributes.h"

enum {
    OPERATIONS_MAX = 1000
};

const char patch_media_types[] = "application/openstack-images-v2.1-json-patch, "
                                 "application/openstack-images-v2.0-json-patch";

static const struct {
    const char *type;
    enum patch_form form;
} media_types[] = {
    {"application/openstack-images-v2.1-json-patch", PATCH_V21},
    {"application/openstack-images-v2.0-json-patch", PATCH_V20},
};

bool patch_form_of(const char *type, enum patch_form *ret_form)
{
    for (size_t i = 0; type && i < sizeof media_types / sizeof *media_types; i++) {
        size_t length = strlen(media_types[i].type);
        if (strncmp(type, media_types[i].type, length) == 0 && strchr("; ", type[length])) {
            *ret_form = media_types[i].form;
            return true;
        }
    }
    return false;
}

struct operation {
    const char *name; /* "add", "replace", "remove" */
    const char *path;
    json_t *value; /* borrowed; NULL for remove */
};

static const char *const names[] = {"add", "replace", "remove"};

static bool read_v21(const json_t *item, struct operation *operation)
{
    operation->name = json_string_value(json_object_get(item, "op"));
    operation->path = json_string_value(json_object_get(item, "path"));
    for (size_t i = 0; operation->name && i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], operation->name) == 0)
            return operation->path;
    return false;
}

static bool read_v20(const json_t *item, struct operation *operation)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        operation->path = json_string_value(json_object_get(item, names[i]));
        operation->name = names[i];
        if (operation->path)
            return true;
    }
    return false;
}

static bool read_operation(const json_t *item, enum patch_form form, struct operation *operation,
                           struct refusal *refusal)
{
    bool (*const readers[])(const json_t *, struct operation *) = {read_v21, read_v20};
    if (!json_is_object(item) || !readers[form](item, operation))
        return refuse(refusal, 400, "An operation has one of add, replace and remove, and a path.");
    operation->value = json_object_get(item, "value");
    if (strcmp(operation->name, "remove") != 0 && !operation->value)
        return refuse(refusal, 400, "The operation %s needs a value.", operation->name);
    return true;
}

/* The name at the end of a JSON pointer of one level (RFC 6901): owned, NULL after refusing. */
static char *pointer_name(const char *path, struct refusal *refusal)
{
    if (path[0] != '/' || !path[1] || strchr(path + 1, '/')) {
        refuse(refusal, 400, "The path '%s' is no pointer to an attribute.", path);
        return NULL;
    }
    char *name = mem_alloc(strlen(path));
    char *out = name;
    for (const char *in = path + 1; *in; in++) {
        if (*in != '~') {
            *out++ = *in;
        } else if (in[1] == '0' || in[1] == '1') {
            *out++ = *++in == '0' ? '~' : '/';
        } else {
            refuse(refusal, 400, "The path '%s' has a lone '~'.", path);
            free(name);
            return NULL;
        }
    }
    return name;
}

static bool may_change(const char *name, const json_t *document, struct refusal *refusal)
{
    const struct attribute *attribute = attribute_find(name);
    const char *status = json_string_value(json_object_get(document, "status"));
    if (!attribute || attribute->access == ATTRIBUTE_SETTABLE)
        return true;
    if (attribute->access == ATTRIBUTE_FORMAT && status && strcmp(status, "queued") == 0)
        return true;
    if (attribute->access == ATTRIBUTE_FORMAT)
        return refuse(refusal, 403, "Attribute '%s' may be set only while the image is queued.", name);
    return refuse(refusal, 403, "Attribute '%s' is read-only.", name);
}

static bool apply_remove(const char *name, json_t *document, struct refusal *refusal)
{
    if (attribute_find(name))
        return refuse(refusal, 403, "Property %s may not be removed.", name);
    if (json_object_del(document, name) != 0)
        return refuse(refusal, 409, "Property %s does not exist.", name);
    return true;
}

static bool apply_one(const struct operation *operation, const char *name, json_t *document,
                      struct refusal *refusal)
{
    if (!may_change(name, document, refusal))
        return false;
    if (strcmp(operation->name, "remove") == 0)
        return apply_remove(name, document, refusal);
    if (!attribute_check(name, operation->value, refusal))
        return false;
    if (strcmp(operation->name, "replace") == 0 && !json_object_get(document, name))
        return refuse(refusal, 409, "Property %s does not exist.", name);
    return json_object_set(document, name, operation->value) == 0;
}

static bool apply_all(json_t *patch, enum patch_form form, json_t *document, struct refusal *refusal)
{
    size_t index;
    json_t *item;
    json_array_foreach (patch, index, item) {
        struct operation operation;
        if (!read_operation(item, form, &operation, refusal))
            return false;
        char *name = pointer_name(operation.path, refusal);
        bool applied = name && apply_one(&operation, name, document, refusal);
        free(name);
        if (!applied)
            return false;
    }
    return true;
}

json_t *patch_apply(json_t *patch, enum patch_form form, json_t *document, struct refusal *refusal)
{
    if (!json_is_array(patch) || json_array_size(patch) > OPERATIONS_MAX) {
        refuse(refusal, 400, "A patch is an array of at most %d operations.", OPERATIONS_MAX);
        return NULL;
    }
    json_t *changed = json_copy(document);
    if (apply_all(patch, form, changed, refusal))
        return changed;
    json_decref(changed);
    return NULL;
}
