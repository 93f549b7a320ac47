#include "mock/wrong_status.h"

int wrong_status(const struct rules *rules, const struct wrong_status *table, size_t count, int right)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].right == right && !rule_obeyed(rules, table[i].rule))
            return table[i].wrong;
    }
    return right;
}
