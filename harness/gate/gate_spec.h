/* gate_spec.h -- a side of a gate, from the command line's SPEC to an arm.
 *
 *   baseline SLABLAB_X=1        a phase or a peer: this build's
 *   ./libmine.so SLABLAB_X=1    a file; a relative path is tried here, then in the project
 *   v1.2                        a revision: its build of the experiment's baseline
 *   v1.2:phase17-1 SLABLAB_X=1  a revision's build of that allocator
 *
 * The name of an allocator or a file is never taken for a revision.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_SPEC_H
#define SLABLAB_GATE_SPEC_H

#include <stdbool.h>

struct gate_spec {
    char *text;     /* as it was given */
    char *arm;      /* of an experiment: "ALLOCATOR-or-/abs/path.so NAME=value ..." */
    char *revision; /* 40 hexadecimal digits; NULL: not from git */
};

/* Builds a revision's allocator. `baseline` is the experiment's, as written there: a bare revision
 * takes its allocator, and its assignments unless the text overrides them. False after a complaint,
 * or without one after Ctrl-C; then there is nothing to free. */
bool gate_spec_resolve(char const *text, char const *baseline, struct gate_spec *spec);

void gate_spec_free(struct gate_spec *spec);

#endif
