/* ledger_superslabs.c -- faults on SuperSlabs as three columns of numbers.
 *
 * SPDX-License-Identifier: MIT */
#include "instrument/ledger_superslabs.h"

#include "trace/pages.h"

/* A piece that was unmapped and mapped again at the same address is a new one. A unit is at least a
 * page, which leaves 29 bits for the event that mapped it. */
static uint64_t number_of(struct superslabs *superslabs, struct memory const *memory)
{
    uint64_t const key = memory->unit / PAGE_BYTES << 29 | (memory->made & ((1u << 29) - 1));
    uint64_t *const number = number_map_at(&superslabs->numbers, key);

    if (*number == 0)
        *number = superslabs->numbers.count;
    return *number - 1;
}

void superslabs_add(struct superslabs *superslabs, struct memory const *memory, uint64_t address,
                    int64_t time_ns)
{
    uint64_t const unit_bytes = memory->declaration->unit_bytes;

    if (superslabs->unit_bytes == 0) {
        superslabs->unit_bytes = unit_bytes;
        superslabs->time_ns = json_array();
        superslabs->superslab = json_array();
        superslabs->page = json_array();
    }
    if (superslabs->unit_bytes != unit_bytes)
        return;
    json_array_append_new(superslabs->time_ns, json_integer(time_ns));
    json_array_append_new(superslabs->superslab,
                          json_integer((json_int_t)number_of(superslabs, memory)));
    json_array_append_new(superslabs->page,
                          json_integer((json_int_t)((address - memory->unit) / PAGE_BYTES)));
}

json_t *superslabs_describe(struct superslabs const *superslabs)
{
    if (superslabs->unit_bytes == 0)
        return NULL;
    return json_pack("{s:I, s:I, s:O, s:O, s:O}", "superslab_bytes",
                     (json_int_t)superslabs->unit_bytes, "page_bytes", (json_int_t)PAGE_BYTES,
                     "time_ns", superslabs->time_ns, "superslab", superslabs->superslab, "page",
                     superslabs->page);
}

void superslabs_free(struct superslabs *superslabs)
{
    number_map_free(&superslabs->numbers);
    json_decref(superslabs->time_ns);
    json_decref(superslabs->superslab);
    json_decref(superslabs->page);
    *superslabs = (struct superslabs){0};
}
