/* counters.h -- the counters by which libFuzzer sees what an input reached.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TESTS_FUZZ_COUNTERS_H
#define SLABLAB_TESTS_FUZZ_COUNTERS_H

#include <stdint.h>

extern uint8_t *const counters_begin;
extern uint8_t *const counters_end;

#endif
