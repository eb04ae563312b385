/* instrument_summary.h -- what a finished run with an instrument found, in 80 columns.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INSTRUMENT_SUMMARY_H
#define SLABLAB_INSTRUMENT_SUMMARY_H

#include "instrument/instrument.h"
#include "judge/tally.h"

/* Prints, per cell and arm, where the region's time went by layer, or its page faults by memory;
 * losses, the verdict, and what to call for more. */
void instrument_summary_print(struct instrument const *instrument, struct tally const *tally,
                              json_t const *outcome, char const *folder);

#endif
