/* ledger_populate.h -- which memory a system call fills without an exception.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LEDGER_POPULATE_H
#define SLABLAB_LEDGER_POPULATE_H

#include "trace/space.h"

/* begin == end: none. Both are multiples of a page. */
struct populated {
    uint64_t begin;
    uint64_t end;
    bool everything; /* all that is mapped, the stack too */
    bool on_fault;   /* memory that is locked on fault, too, which other calls leave as it is */
};

/* A call of that process, which returned `value` in event number `position`; the spaces have taken
 * that event in. */
struct populated populated_by(struct spaces const *spaces, uint32_t pid,
                              struct trace_call const *call, uint64_t value, size_t position);

/* The same of a call that fills what it finds: the spaces have not taken its return in. */
struct populated populated_by_change(struct spaces const *spaces, uint32_t pid,
                                     struct trace_call const *call, uint64_t value);

#endif
