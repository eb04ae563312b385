/* unwind_rules.h -- reads an object's .eh_frame as rules about two registers.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_UNWIND_RULES_H
#define SLABLAB_UNWIND_RULES_H

#include "symbols/object_file.h"
#include "symbols/symbols.h"

/* Unknown: the address has no CFI, or CFI that needs other registers, or the machine is not x86-64.
  */
struct unwind_rule unwind_rule_at(struct object_file const *file, uint64_t address);

#endif
