/* gate_spec.h -- what a gate compares, from the command line's word for it to an arm.
 *
 *   baseline SLABLAB_X=1        a phase or a peer: this build's
 *   ./libmine.so SLABLAB_X=1    a file; a relative path is looked for here, then in the root
 *   v1.2                        a revision: its build of the experiment's baseline
 *   v1.2:phase17-1 SLABLAB_X=1  a revision's build of that allocator
 *
 * What is an allocator or a file is no revision, whatever git has under that name.
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

/* Builds a revision's allocator. `baseline` is the experiment's, as it is written there: a bare
 * revision takes its allocator, and those of its assignments that the text does not set anew.
 * False after a complaint, and without one where Ctrl-C has come; there is nothing to free then. */
bool gate_spec_resolve(char const *text, char const *baseline, struct gate_spec *spec);

void gate_spec_free(struct gate_spec *spec);

#endif
