/* contrast.h -- what differs most between two arms of a cell, function by function.
 *
 * It reads the records of an instrument's run (records.md): CPU time or page faults of the region,
 * per process, by layer and function of the program, on whose behalf the kernel works.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CONTRAST_H
#define SLABLAB_CONTRAST_H

#include "experiment/plan.h"

/* Two arms of a plan in one of its cells, and the base once more: how far that one is from it shows
 * what is noise. */
struct contrast {
    struct plan const *plan;
    size_t cell;
    size_t base;
    size_t head;
    size_t control;
};

/* Lines of at most 80 columns: a heading, the sum, up to `rows` functions that differ, the farthest
 * first, and the others together. The caller frees the text. NULL after a complaint where FOLDER
 * has no such records. */
char *contrast_time(struct contrast const *contrast, char const *folder, size_t rows);
char *contrast_faults(struct contrast const *contrast, char const *folder, size_t rows);

#endif
