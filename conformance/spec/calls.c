#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec/internal.h"

/* Why `path` is none, NULL when it is one: every brace closed, every parameter a name, none twice. */
static const char *fault_of_path(const char *path)
{
    struct names seen = {0};
    const char *fault = NULL;
    const char *at = path;
    while (!fault && *(at += strcspn(at, "{}")) != '\0') {
        size_t length = strcspn(at + 1, "{}");
        if (*at == '}' || at[1 + length] != '}') {
            fault = "its braces do not match";
            break;
        }
        CLEANUP(text) char *name = mem_dup_n(at + 1, length);
        if (!read_is_name(name))
            fault = "a parameter is no name";
        else if (send_is_key(name))
            fault = "a parameter has the name of a key of `send`";
        else if (!names_add(&seen, name, (struct yaml_place){0}, NULL))
            fault = "a parameter occurs twice";
        at += length + 2;
    }
    names_fini(&seen);
    return fault;
}

static const char *fault_of_call(const char *text, size_t method_length)
{
    const char *path = text + method_length + 1;
    if (method_length == 0 || text[method_length] != ' ')
        return "expected `METHOD /path/{parameter}`";
    if (*path != '/' || strpbrk(path, " ?#"))
        return "the path must begin with a slash and have no space, ? or #";
    return fault_of_path(path);
}

static struct spec_call *call_parse(struct spec_context *context, const struct yaml_node *key,
                                    const struct yaml_node *value)
{
    const char *text = read_string(context, value, "a call");
    if (!text)
        return NULL;
    size_t method_length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    const char *fault = fault_of_call(text, method_length);
    if (fault) {
        problems_add(context->problems, value->place, "call \"%s\": %s", text, fault);
        return NULL;
    }
    struct spec_call *call = mem_alloc(sizeof *call);
    call->name = mem_dup(key->text);
    call->method = mem_dup_n(text, method_length);
    call->path = mem_dup(text + method_length + 1);
    call->place = key->place;
    return call;
}

static void declare(struct spec_context *context, struct spec_file *file, struct spec_api *api,
                    const struct yaml_node *key, const struct yaml_node *value)
{
    struct spec_call *call = call_parse(context, key, value);
    if (call)
        *mem_append(&file->calls, &file->call_count) = call;
    if (!read_name(context, key, "a call") || names_add(&api->calls, key->text, key->place, call))
        return;
    const struct names_entry *first = names_find(&api->calls, key->text);
    problems_add(context->problems, key->place, "call \"%s\" is declared twice, first at %s:%u:%u", key->text,
                 first->place.file, first->place.line, first->place.column);
}

void calls_declare(struct spec_context *context, struct spec_file *file, struct spec_api *api)
{
    const struct yaml_node *node = yaml_get(&file->tree->root, "calls");
    if (!node || !read_is_mapping(context, node, "calls"))
        return;
    for (size_t i = 0; i < node->count; i++)
        declare(context, file, api, &node->keys[i], &node->values[i]);
}
