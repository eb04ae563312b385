/* thp.h -- transparent huge pages, as a process may have them (prctl(2), PR_SET_THP_DISABLE).
 *
 * A process can only have fewer than /sys/kernel/mm/transparent_hugepage/enabled gives: none, or,
 * from Linux 6.18 on, those that it asks for by madvise. What it has passes on by fork and exec.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_THP_H
#define SLABLAB_THP_H

#include <stdbool.h>

enum thp { THP_INHERITED, THP_NEVER, THP_MADVISE, THP_ALWAYS };

/* "never", "madvise", "always"; "" of THP_INHERITED. */
char const *thp_name(enum thp thp);

/* False: there is no such name. */
bool thp_named(char const *name, enum thp *thp);

/* Why a process of this machine cannot have it so; NULL: it can. The caller frees it. */
char *thp_fault(enum thp thp);

/* From here on this process has it so, if thp_fault finds no fault. */
void thp_become(enum thp thp);

#endif
