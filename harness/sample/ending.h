/* ending.h -- what there is to say of a process that failed, most of all where it said nothing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ENDING_H
#define SLABLAB_ENDING_H

#include "sample/sample.h"

/* What it wrote to stderr; where it wrote nothing, what its exit status or signal means and what to
 * try. Empty only where the process ended well and its result is wrong. The caller frees it. */
char *ending_of(struct sample const *sample);

#endif
