/* sparkline.c -- medians of stretches of values, drawn with Unicode's block elements.
 *
 * SPDX-License-Identifier: MIT */
#include "judge/sparkline.h"

#include "base/memory.h"
#include "judge/statistics.h"

#include <stdlib.h>
#include <string.h>

enum { HEIGHTS = 8, LETTER_BYTES = 3 };

/* U+2581 to U+2588 in UTF-8. */
static char const letters[HEIGHTS][LETTER_BYTES + 1] = {
    "\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84",
    "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88",
};

size_t sparkline_medians(double const *value, size_t count, double *median)
{
    size_t const columns = count < SPARKLINE_COLUMNS_MAX ? count : SPARKLINE_COLUMNS_MAX;
    double *const stretch = memory_zeroed(count + 1, sizeof *stretch);

    for (size_t i = 0; i < columns; i++) {
        size_t const first = i * count / columns;
        size_t const length = (i + 1) * count / columns - first;

        memcpy(stretch, value + first, length * sizeof *stretch);
        sort_values(stretch, length);
        median[i] = median_of_sorted(stretch, length);
    }
    free(stretch);
    return columns;
}

void sparkline_write(char text[SPARKLINE_BYTES], double const *value, size_t count)
{
    double low = count > 0 ? value[0] : 0;
    double high = low;

    for (size_t i = 1; i < count; i++) {
        low = value[i] < low ? value[i] : low;
        high = value[i] > high ? value[i] : high;
    }
    text[0] = '\0';
    for (size_t i = 0; i < count && i < SPARKLINE_COLUMNS_MAX; i++) {
        double const share = high > low ? (value[i] - low) / (high - low) : 0.5;
        size_t const height = (size_t)(share * HEIGHTS);

        strcat(text, letters[height < HEIGHTS ? height : HEIGHTS - 1]);
    }
}
