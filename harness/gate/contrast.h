/* contrast.h -- the functions in which two arms of a cell differ most.
 *
 * It reads the records of an instrument's run (records.md): CPU time or page faults of the region,
 * per process, by layer and by the program's function on whose behalf the kernel works.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CONTRAST_H
#define SLABLAB_CONTRAST_H

#include "experiment/plan.h"

/* Two arms of a plan in one of its cells, and the base again: its difference from itself shows the
 * noise. */
struct contrast {
    struct plan const *plan;
    size_t cell;
    size_t base;
    size_t head;
    size_t control;
};

/* Lines of at most 80 columns: a heading, the sum, up to `rows` functions that differ, the largest
 * difference first, and the others together. The caller frees the text. NULL after a complaint if
 * FOLDER has no such records. */
char *contrast_time(struct contrast const *contrast, char const *folder, size_t rows);
char *contrast_faults(struct contrast const *contrast, char const *folder, size_t rows);

/* The same of instructions, from each arm's report (callgrind_report), by the arm's index. */
char *contrast_instructions(struct contrast const *contrast, char *const *reports, size_t rows);

#endif
