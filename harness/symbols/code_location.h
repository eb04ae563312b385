/* code_location.h -- from the addresses of a process's code to offsets in the files that it mapped.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CODE_LOCATION_H
#define SLABLAB_CODE_LOCATION_H

#include "symbols/symbols.h"
#include "symbols/unwind.h"
#include "trace/space.h"

struct location {
    struct object *object; /* NULL if no file is mapped */
    uint64_t file_offset;
    bool of_call; /* it is a return address */
};

struct locations;

/* Uses the spaces as they are at each call. */
struct locations *locations_new(struct spaces const *spaces, struct symbols *symbols);
void locations_free(struct locations *locations);

struct location location_find(struct locations *locations, uint32_t pid, uint64_t address,
                              bool of_call);

/* The user part of a stack, repaired, innermost first; returns how many. */
size_t locations_of_stack(struct locations *locations, uint32_t pid,
                          struct trace_stack const *stack,
                          struct location location[UNWIND_FRAMES_MAX]);

/* The object that is mapped in a range of a file. */
struct object *location_object(struct locations *locations, struct range const *range);

/* The name shown for a nameless function: "[libfoo.so]", "[unknown]". The caller frees it. */
char *location_nameless(struct object const *object);

/* The functions there: at least one frame, without a name if it is unknown. */
struct frames location_frames(struct location const *location);

#endif
