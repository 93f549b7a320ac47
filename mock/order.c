#include "mock/order.h"

#include <string.h>

static int compare_numbers(uint64_t left, uint64_t right)
{
    return (left > right) - (left < right);
}

static int compare_names(const char *left, const char *right)
{
    if (!left || !right)
        return (left != NULL) - (right != NULL);
    return strcmp(left, right);
}

static int compare_groups(enum order_kind kind, const struct place *left, const struct place *right)
{
    if (left->class != right->class)
        return compare_numbers(left->class, right->class);
    if (kind == ORDER_BY_STATUS)
        return compare_numbers(left->status, right->status);
    return kind == ORDER_BY_NAME ? compare_names(left->name, right->name) : 0;
}

static int compare(enum order_kind kind, const struct place *left, const struct place *right)
{
    int groups = compare_groups(kind, left, right);
    return groups ? groups : compare_numbers(left->number, right->number);
}

bool place_same_group(enum order_kind kind, const struct place *left, const struct place *right)
{
    return compare_groups(kind, left, right) == 0;
}

/* The finaliser of splitmix64: neighbouring numbers have nothing in common afterwards. */
static uint64_t priority(const struct order_node *node)
{
    uint64_t x = node->place->number + UINT64_C(0x9e3779b97f4a7c15);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

void order_insert(enum order_kind kind, struct order *order, struct order_node *node,
                  const struct place *place)
{
    struct order_node **link = &order->root;
    *node = (struct order_node){.place = place};
    uint64_t own = priority(node);
    while (*link && priority(*link) > own)
        link = compare(kind, place, (*link)->place) < 0 ? &(*link)->left : &(*link)->right;
    /* What was here goes below the node: what is before it to the left, and the rest to the right. */
    struct order_node *rest = *link;
    struct order_node **before = &node->left;
    struct order_node **behind = &node->right;
    *link = node;
    while (rest) {
        bool is_before = compare(kind, rest->place, place) < 0;
        struct order_node ***side = is_before ? &before : &behind;
        **side = rest;
        *side = is_before ? &rest->right : &rest->left;
        rest = **side;
    }
    *before = NULL;
    *behind = NULL;
}

void order_remove(enum order_kind kind, struct order *order, const struct order_node *node)
{
    struct order_node **link = &order->root;
    while (*link != node)
        link = compare(kind, node->place, (*link)->place) < 0 ? &(*link)->left : &(*link)->right;
    struct order_node *before = node->left;
    struct order_node *behind = node->right;
    while (before && behind) {
        bool before_first = priority(before) > priority(behind);
        struct order_node **top = before_first ? &before : &behind;
        *link = *top;
        link = before_first ? &(*top)->right : &(*top)->left;
        *top = *link;
    }
    *link = before ? before : behind;
}

struct reading {
    enum order_kind kind;
    const struct place *after;
    bool ascending;
    const struct place **out;
    size_t size;
    size_t count;
};

/* Recursion is as deep as the treap is high: some sixty for a million. */
static void read_below(struct reading *reading, const struct order_node *node)
{
    if (!node || reading->count == reading->size)
        return;
    const struct order_node *near = reading->ascending ? node->left : node->right;
    const struct order_node *far = reading->ascending ? node->right : node->left;
    int where = compare(reading->kind, node->place, reading->after);
    if (reading->ascending ? where <= 0 : where >= 0) {
        read_below(reading, far);
        return;
    }
    read_below(reading, near);
    if (!place_same_group(reading->kind, node->place, reading->after))
        return;
    if (reading->count < reading->size)
        reading->out[reading->count++] = node->place;
    read_below(reading, far);
}

size_t order_read(enum order_kind kind, const struct order *order, const struct place *after, bool ascending,
                  const struct place **out, size_t size)
{
    struct reading reading = {kind, after, ascending, out, size, 0};
    read_below(&reading, order->root);
    return reading.count;
}
