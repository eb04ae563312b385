/* place.h -- from the addresses of a process's code to offsets in the files that it mapped.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PLACE_H
#define SLABLAB_PLACE_H

#include "symbols/symbols.h"
#include "symbols/unwind.h"
#include "trace/space.h"

struct place {
    struct object *object; /* NULL if no file is mapped */
    uint64_t file_offset;
    bool of_call; /* it is a return address */
};

struct places;

/* Uses the spaces as they are at each call. */
struct places *places_new(struct spaces const *spaces, struct symbols *symbols);
void places_free(struct places *places);

struct place place_find(struct places *places, uint32_t pid, uint64_t address, bool of_call);

/* The user part of a stack, repaired, innermost first; returns how many. */
size_t places_of_stack(struct places *places, uint32_t pid, struct trace_stack const *stack,
                       struct place place[UNWIND_FRAMES_MAX]);

/* The object that is mapped in a range of a file. */
struct object *place_object(struct places *places, struct range const *range);

/* The name shown for a nameless function: "[libfoo.so]", "[unknown]". The caller frees it. */
char *place_nameless(struct object const *object);

/* The functions there: at least one frame, without a name if it is unknown. */
struct frames place_frames(struct place const *place);

#endif
