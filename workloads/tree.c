/* tree.c -- a binary search tree is built of zeroed nodes, walked, and torn down, again and again.
 *
 *          node        an operation inserts one key, drawn at random; the last one of a tree also
 *         /    \       walks it in order and frees it from the leaves up
 *      node    node
 *
 * The ideas are those of GCBench and binary-trees (Ellis, Kovac and Boehm; the Computer Language
 * Benchmarks Game), with a tree of random shape, as programs build them of input. A node has two
 * pointers, its key, and `payload` bytes that are not used; it comes from calloc.
 *
 * It does not show trees that change while they are used. Walking costs loads, whose price depends
 * on how near to each other the allocator puts nodes: that is part of what is measured.
 *
 * SPDX-License-Identifier: MIT */
#include "workload.h"

#include <stdlib.h>

struct node {
    struct node *child[2];
    uint32_t key;
    uint32_t unused;
};

static struct {
    struct node *root;
    struct node **path; /* of a walk: room for a tree that is a list */
    size_t node_bytes;
    uint32_t nodes;
    uint32_t count; /* in the tree */
    uint32_t random;
    uint64_t checksum;
} state;

static void setup(void)
{
    state.nodes = (uint32_t)workload_parameter("nodes");
    state.node_bytes = sizeof(struct node) + workload_parameter("payload");
    state.random = (uint32_t)workload_parameter("seed");
    state.checksum = CHECKSUM_START;
    state.path = workload_map((state.nodes + 1) * sizeof(void *));
}

static void insert(uint32_t key)
{
    struct node **place = &state.root;
    struct node *const node = calloc(1, state.node_bytes);

    if (node == NULL)
        workload_out_of_memory(state.node_bytes);
    if (node->child[0] != NULL || node->child[1] != NULL || node->key != 0)
        workload_corrupted(node, state.node_bytes, 0, node->key);
    while (*place != NULL)
        place = &(*place)->child[key >= (*place)->key];
    node->key = key;
    *place = node;
    state.count++;
}

/* In the order of keys. */
static void walk(void)
{
    struct node *node = state.root;
    uint32_t depth = 0;
    uint32_t last = 0;

    while (node != NULL || depth > 0) {
        for (; node != NULL; node = node->child[0])
            state.path[depth++] = node;
        node = state.path[--depth];
        if (node->key < last)
            workload_corrupted(node, state.node_bytes, last, node->key);
        last = node->key;
        state.checksum = checksum_add(state.checksum, node->key);
        node = node->child[1];
    }
}

/* A node is freed once it has no child. */
static void tear_down(void)
{
    uint32_t depth = 0;

    state.path[depth++] = state.root;
    while (depth > 0) {
        struct node *const node = state.path[depth - 1];
        unsigned const side = node->child[0] != NULL ? 0 : 1;
        if (node->child[side] != NULL) {
            state.path[depth++] = node->child[side];
            node->child[side] = NULL;
        } else {
            free(node);
            depth--;
        }
    }
    state.root = NULL;
    state.count = 0;
}

static uint64_t run(uint64_t operations)
{
    for (; operations > 0; operations--) {
        insert(random_draw(&state.random));
        if (state.count == state.nodes) {
            walk();
            tear_down();
        }
    }
    return state.checksum;
}

static struct parameter const params[] = {
    {"nodes", 4096, 1, UINT64_C(1) << 26, "nodes", "of a tree"},
    {"payload", 8, 0, UINT64_C(1) << 20, "bytes", "of a node besides pointers and key"},
    {"seed", 42, 1, UINT32_MAX, "", "of the keys"},
    {.name = NULL},
};

struct workload const workload = {
    .name = "tree",
    .models = "a compiler or an index: a structure of equal nodes that is built, read and dropped",
    .params = params,
    .setup = setup,
    .run = run,
};
