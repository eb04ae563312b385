/* counters.c -- where clang's counters of edges begin and end, in the program's order of objects.
 *
 * A file without a function: where there is one, clang itself declares these symbols, and the two
 * declarations come apart.
 *
 * SPDX-License-Identifier: MIT */
#include "tests/fuzz/counters.h"

extern uint8_t begin[] __asm__("__start___sancov_cntrs");
extern uint8_t end[] __asm__("__stop___sancov_cntrs");

uint8_t *const counters_begin = begin;
uint8_t *const counters_end = end;
