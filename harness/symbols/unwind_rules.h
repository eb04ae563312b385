/* unwind_rules.h -- reads an object's .eh_frame as rules about two registers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_UNWIND_RULES_H
#define SLABLAB_UNWIND_RULES_H

#include "symbols/object_file.h"
#include "symbols/symbols.h"

/* Not known: the address has no CFI, or CFI that says more than two registers can, or the machine
 * is no x86-64. */
struct unwind_rule unwind_rule_at(struct object_file const *file, uint64_t address);

#endif
