/* callgrind.h -- instructions of one process's region, counted by valgrind's callgrind.
 *
 * The process does a tenth of the cell's operations, without counters and without a random pad, at
 * the same addresses each time. The count runs from the first instruction of region_begin to that
 * of region_end (workloads/runtime/measure.c): the region, and 51 instructions to begin it.
 * Allocator and checksum are judged as in any sample.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CALLGRIND_H
#define SLABLAB_CALLGRIND_H

#include "sample/trial.h"

#include <jansson.h>

/* `rig` is a copy, with a tenth of the operations and its own sampler. The report is a file in
 * memory, so that it need not be removed. */
struct callgrind {
    char *valgrind; /* its absolute path */
    char *version;  /* "valgrind-3.19.0" */
    struct rig rig;
    int report_fd;
    char *report_option; /* the file's path, as another process opens it */
};

/* The version of the installed valgrind; NULL if there is none. The caller frees it. */
char *callgrind_version(void);

/* Complains and returns false if valgrind is missing. */
bool callgrind_is_there(char const *experiment);

/* For a rig whose operations are known (calibrate.h), and which outlives it. Complains and returns
 * false on an error. */
bool callgrind_open(struct callgrind *callgrind, struct rig const *rig);
void callgrind_close(struct callgrind *callgrind);

/* Counts arm `arm` in cell `cell`; 0 instructions: the process went wrong, or was not what the plan
 * says. The sample is the caller's to release where the step is done. */
enum step callgrind_count(struct callgrind *callgrind, size_t cell, size_t arm,
                          struct sample *sample, uint64_t *instructions);

/* The whole report of the process that was counted last. The caller frees it. */
char *callgrind_report(struct callgrind const *callgrind);

/* Says in `reasons` what went wrong with it. */
void callgrind_add_reason(json_t *reasons, struct plan const *plan, size_t cell, size_t arm,
                          struct sample const *sample);

/* The count of the last region in the text of a report; 0 if it has none. */
uint64_t callgrind_parse(char const *text);

#endif
