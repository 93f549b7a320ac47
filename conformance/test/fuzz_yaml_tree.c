/* Any bytes as a YAML file: a tree that turns into JSON, or an error with a place. */
#include <stdint.h>
#include <stdlib.h>

#include "conformance/spec/yaml_tree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not assert(): the replay in an optimised build must be able to fail too. */
static void require(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_INIT;
    struct yaml_tree *tree = yaml_tree_parse((const char *)data, size, "fuzz.yaml", &err);
    require((tree != NULL) == (err.code == ERR_NONE));
    if (tree) {
        json_t *json = yaml_to_json(&tree->root);
        require(json);
        json_decref(json);
    }
    yaml_tree_free(tree);
    return 0;
}
