/* first_use.h -- does the host of this guest give memory when it is first used?
 *
 * It may have given none yet, or have taken back what was free (a balloon that reports free pages,
 * by blocks of 2 MiB and more, within seconds). To the guest such a page fault looks like any
 * other, and takes many times as long. Arms with huge pages meet it most: theirs come out of large
 * free blocks, pages of 4 KiB mostly out of what another process has just given back.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_FIRST_USE_H
#define SLABLAB_FIRST_USE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Memory that was mapped, written to page by page, given back, and used so again. bytes == 0: too
 * little is free to tell. `slow`: the first time took more than twice as long. */
struct first_use {
    uint64_t bytes; /* 128 MiB, or an eighth of what is free */
    uint64_t first_ns;
    uint64_t again_ns;
    bool slow;
};

struct first_use first_use_look(void);

/* A look, as the object `first_use` of machine.json. */
json_t *first_use_describe(void);

#endif
