/* gate_spec.h -- a side of a gate, from the command line's SPEC to an arm.
 *
 *   ./libmine.so SLABLAB_X=1    a file; a relative path is tried here, then in the project
 *   mimalloc SLABLAB_X=1        a phase or a peer
 *   v1.2 SLABLAB_X=1            a revision: what slablab.yaml says that it makes; where there is
 *                               no slablab.yaml, the experiment's baseline
 *   v1.2:NAME SLABLAB_X=1       another artifact of slablab.yaml, or another phase
 *
 * What is the name of an allocator, or a file, is never taken for a revision. Where programs are
 * compared, a SPEC is a file or a revision, and the allocator is the experiment's baseline.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_SPEC_H
#define SLABLAB_GATE_SPEC_H

#include "catalogue/revision.h"

#include <stdbool.h>

struct gate_spec {
    char *text;     /* as it was given */
    char *arm;      /* of an experiment: "ALLOCATOR-or-/abs/path.so NAME=value ..." */
    char *program;  /* absolute path of what runs as {artifact}; NULL: allocators are compared */
    char *label;    /* "v1.2 (0123456789ab)"; NULL: it is called by its text */
    char *revision; /* 40 hexadecimal digits; NULL: not from git */
    struct revision_build build; /* of a revision */
};

/* Builds a revision. `baseline` is the experiment's, as written there: a bare revision without a
 * slablab.yaml takes its allocator, and its assignments unless the text overrides them; with
 * `of_programs` it is the arm. False after a complaint, or without one after Ctrl-C; a revision
 * is then there if the text names one, which cannot be built. gate_spec_free in any case. */
bool gate_spec_resolve(char const *text, char const *baseline, bool of_programs,
                       struct gate_spec *spec);

void gate_spec_free(struct gate_spec *spec);

#endif
