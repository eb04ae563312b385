/* ledger_populate.h -- which memory a system call fills without an exception.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LEDGER_POPULATE_H
#define SLABLAB_LEDGER_POPULATE_H

#include "trace/trace.h"

/* begin == end: none. Both are multiples of a page. */
struct populated {
    uint64_t begin;
    uint64_t end;
};

/* Of a call that returned `value`. */
struct populated populated_by(struct trace_call const *call, uint64_t value);

#endif
