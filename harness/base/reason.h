/* reason.h -- why a run is void: {"code": "control", "cell": id, "arm": id, "text": "..."}.
 *
 * Programs go by the code; cell and arm are null where a reason is about no one of them. Codes:
 * control, dependence, lost, allocator, program, checksum, process, contract, tier, calibration,
 * callgrind.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_REASON_H
#define SLABLAB_REASON_H

#include <jansson.h>

/* Appends a reason. The text is as in printf; one that is not UTF-8 is replaced by words. */
__attribute__((format(printf, 5, 6))) void reason_add(json_t *reasons, char const *code,
                                                      char const *cell, char const *arm,
                                                      char const *format, ...);

/* "CELL: ARM: text"; of a reason that is a text alone, that. The caller frees it. */
char *reason_line(json_t const *reason);

#endif
