/* Any bytes as a YAML file: a tree that turns into JSON, or an error with a place. */
#include <assert.h>
#include <stdint.h>

#include "conformance/yaml_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct yaml_tree *tree = yaml_tree_parse((const char *)data, size, "fuzz.yaml", &err);
    assert((tree != NULL) == (err.code == ERR_NONE));
    if (tree) {
        json_t *json = yaml_to_json(&tree->root);
        assert(json);
        json_decref(json);
    }
    yaml_tree_free(tree);
    return 0;
}
