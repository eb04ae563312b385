/* instrument_summary.h -- the findings of a finished run with an instrument, in 80 columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INSTRUMENT_SUMMARY_H
#define SLABLAB_INSTRUMENT_SUMMARY_H

#include "instrument/instrument.h"
#include "judge/tally.h"

/* Prints, per cell and arm, the region's time by layer, or its page faults by memory; then losses,
 * the verdict, and the next command. */
void instrument_summary_print(struct instrument const *instrument, struct tally const *tally,
                              json_t const *outcome, char const *folder);

#endif
