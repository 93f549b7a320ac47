/* Images in an order: groups, and within a group by number of creation. A treap whose nodes are part of
 * what is ordered. Priorities are made from the numbers, so it is as balanced as if all had come in a
 * random sequence, and looks the same whatever sequence they came in. Not locked. */
#ifndef MOCK_ORDER_H
#define MOCK_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct image;

/* What tells where an image is in every order. */
struct place {
    struct image *image;
    uint64_t number;
    const char *name; /* borrowed; NULL: none */
    uint8_t status;
    uint8_t class;
};

/* What a group has in common: the class, and this besides. */
enum order_kind {
    ORDER_BY_NUMBER, /* nothing */
    ORDER_BY_STATUS,
    ORDER_BY_NAME,
    ORDER_KIND_COUNT,
};
bool place_same_group(enum order_kind kind, const struct place *left, const struct place *right);

/* In the orders of one kind only. */
struct order_node {
    struct order_node *left;
    struct order_node *right;
    const struct place *place; /* borrowed; keeps its number and group while the node is in an order */
};

struct order {
    struct order_node *root; /* NULL: empty */
};

/* No two nodes of an order have the same number. */
void order_insert(enum order_kind kind, struct order *order, struct order_node *node,
                  const struct place *place);
void order_remove(enum order_kind kind, struct order *order, const struct order_node *node);

/* The first places, at most `size`, of the group that `after` is in, whose numbers are greater than its own
 * (ascending) or smaller, in this sequence. Takes time for them and for the height of the treap. */
size_t order_read(enum order_kind kind, const struct order *order, const struct place *after, bool ascending,
                  const struct place **out, size_t size);

#endif
