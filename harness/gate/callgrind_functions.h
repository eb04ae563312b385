/* callgrind_functions.h -- the instructions of each function in callgrind's report of a region.
 *
 * The format is callgrind's own (valgrind's manual, "Callgrind Format Specification", version 1):
 * names are given once and then by number, and the line after `calls=` is what the callee took.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CALLGRIND_FUNCTIONS_H
#define SLABLAB_CALLGRIND_FUNCTIONS_H

#include <stdint.h>

typedef void callgrind_visitor(void *context, char const *function, double instructions);

/* Calls visit with what stands in a function itself, its inlined ones included and its callees not:
 * in pieces, a function many times, by its name as in a profile (function_name.h). Only of the last
 * region of the report; of none, nothing. */
void callgrind_functions(char const *report, callgrind_visitor *visit, void *context);

/* Where the part of the last region begins in a report: behind the line of its trigger. NULL
 * without a region: region_end is called in a rehearsal too, so the last one counts. */
char const *callgrind_region(char const *report);

#endif
