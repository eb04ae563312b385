/* sparkline.h -- a series of numbers as bars of eight heights, one character each.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SPARKLINE_H
#define SLABLAB_SPARKLINE_H

#include <stddef.h>

enum { SPARKLINE_COLUMNS_MAX = 50, SPARKLINE_BYTES = 3 * SPARKLINE_COLUMNS_MAX + 1 };

/* Divides the values into at most SPARKLINE_COLUMNS_MAX stretches of nearly equal length and writes
 * their medians; returns how many. Fewer values are copied. */
size_t sparkline_medians(double const *value, size_t count, double *median);

/* Writes count bars, the lowest value as the lowest bar; equal values are all in the middle. */
void sparkline_write(char text[SPARKLINE_BYTES], double const *value, size_t count);

#endif
