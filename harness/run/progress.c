/* progress.c -- how far a run is, as one line.
 *
 * SPDX-License-Identifier: MIT */
#include "run/progress.h"

#include "base/status_line.h"

#include <inttypes.h>
#include <stdio.h>

enum { LINE_MAX_BYTES = 256 };

/* The time that the blocks left take at most, by the mean of those recorded: 0 as long as nothing
 * is. *by_limit: it is seconds_max that ends them, which the round under way outlasts. */
static double seconds_left(struct tally const *tally, enum stop_reason const *reasons,
                           bool *by_limit)
{
    struct stop const *const stop = &tally->plan->stop;
    double left = 0;

    for (size_t i = 0; i < tally->plan->cell_count; i++) {
        struct tally_cell const *const cell = &tally->cells[i];
        if (reasons[i] == STOP_NOT_YET && cell->blocks > 0)
            left += (double)cell->duration_ns / 1e9 / (double)cell->blocks *
                    (double)(stop->blocks_max - cell->blocks);
    }
    double const allowed = stop->seconds_max - tally_seconds(tally);
    *by_limit = stop->seconds_max > 0 && allowed < left;
    if (*by_limit)
        left = allowed > 0 ? allowed : 0;
    return left;
}

void progress_blocks(struct tally const *tally, enum stop_reason const *reasons)
{
    char line[LINE_MAX_BYTES];
    uint64_t blocks = 0;
    uint64_t lost = 0;
    size_t cells_left = 0;
    bool by_limit = false;
    unsigned const seconds = (unsigned)(seconds_left(tally, reasons, &by_limit) + 0.5);

    for (size_t i = 0; i < tally->plan->cell_count; i++) {
        blocks += tally->cells[i].blocks;
        lost += tally->cells[i].lost;
        cells_left += reasons[i] == STOP_NOT_YET;
    }
    snprintf(line, sizeof line,
             "%s: %" PRIu64 " blocks (%" PRIu64
             " lost), %zu of %zu cells left, %s %u:%02u left",
             tally->plan->experiment, blocks, lost, cells_left, tally->plan->cell_count,
             by_limit ? "about" : "at most", seconds / 60, seconds % 60);
    status_line_show(line);
}
