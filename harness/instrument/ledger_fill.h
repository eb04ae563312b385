/* ledger_fill.h -- the faults of a call that fills memory, page by page.
 *
 * Anonymous memory takes one fault for each untouched page, which may be a huge one, and so does
 * shared memory when it is made. Pages of files are mapped together with those around them that are
 * in memory, and a page that was only read is copied when it is filled for writing: these take any
 * number up to one each.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LEDGER_FILL_H
#define SLABLAB_LEDGER_FILL_H

#include "instrument/ledger_memory.h"
#include "instrument/ledger_populate.h"
#include "instrument/ledger_rows.h"

struct filling {
    struct trace_call const *call;
    uint32_t pid;
    uint64_t exec_bytes; /* of the program's arguments */
    struct spaces *spaces;
    struct memories *memories;
};

/* Touches the pages, and adds a row for each memory: `fault` with its name. */
void fill(struct filling const *filling, struct populated const *populated,
          struct fault const *fault, struct ledger_rows *rows);

#endif
