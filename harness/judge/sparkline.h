/* sparkline.h -- numbers in their order as bars of eight heights, a letter each.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SPARKLINE_H
#define SLABLAB_SPARKLINE_H

#include <stddef.h>

enum { SPARKLINE_COLUMNS_MAX = 50, SPARKLINE_BYTES = 3 * SPARKLINE_COLUMNS_MAX + 1 };

/* At most SPARKLINE_COLUMNS_MAX medians of stretches of the values that are as equally long as can
 * be, in their order; returns how many. Fewer values stay as they are. */
size_t sparkline_medians(double const *value, size_t count, double *median);

/* Writes count bars, the lowest value as the lowest; all in the middle where they are equal. */
void sparkline_write(char text[SPARKLINE_BYTES], double const *value, size_t count);

#endif
