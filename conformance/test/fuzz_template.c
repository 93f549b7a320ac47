/* Any text as a template: what scanning accepts, expanding can only refuse for want of a value. */
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/mem.h"
#include "conformance/spec/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

static void give_value(void *context, const char *name)
{
    vars_set_text(context, name, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    CLEANUP(text) char *text = mem_dup_n((const char *)data, size);
    struct vars *vars = vars_new(NULL);
    struct err err = ERR_INIT;
    uint64_t bytes;
    bool good = template_scan(text, give_value, vars, NULL);
    CLEANUP(text) char *expanded = template_expand(text, vars, &err);
    require((expanded != NULL) == good);
    require((expanded != NULL) == (err.code == ERR_NONE));
    template_expand_size(text, vars, &bytes, NULL);
    json_t *string = json_string(text);
    json_t *value = string ? template_expand_json(string, vars, NULL) : NULL;
    require(!string || (value != NULL) == good);
    json_decref(value);
    json_decref(string);
    vars_free(vars);
    return 0;
}
