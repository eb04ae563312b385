/* run_kind.h -- the kinds of a run, as one table.
 *
 * All kinds go through the same plan, attestation, shuffled blocks and resume. What differs is
 * here; where one needs code of its own, that is a table by this one's index (command/measurement.c
 * and instrument/instrument.c).
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_RUN_KIND_H
#define SLABLAB_RUN_KIND_H

#include "experiment/plan.h"

enum run_kind_index { RUN_TIMED, RUN_GATE, RUN_PROFILE, RUN_FAULTS, RUN_KINDS };

struct run_kind {
    char const *command;       /* the subcommand */
    char const *file;          /* of its records */
    char const *schema;        /* of each record */
    bool has_judge;            /* decides by its plan's gate, block by block */
    char const *finding;       /* the key of a process's record that holds what an instrument found
                                  in it. NULL: none looks in, and processes are left alone */
    bool has_twins;            /* each arm runs once more in each block, left alone, to be timed */
    uint64_t blocks;           /* as many, whatever the plan's stop rule. 0: the plan's rule */
    uint64_t blocks_quick;     /* likewise in the quick form */
    uint64_t period_ns;        /* CPU time between two samples, about. 0: it takes none */
};

extern struct run_kind const run_kinds[RUN_KINDS];

/* The kind that a subcommand makes; NULL where it makes none. */
struct run_kind const *run_kind_of_command(char const *command);

/* Its place in run_kinds. */
enum run_kind_index run_kind_index(struct run_kind const *kind);

/* What a run's folder ends in: the plan's form ("full", "quick", "gate"), or the instrument and, of
 * a quick form, "-quick". The caller frees it. */
char *run_kind_ending(struct run_kind const *kind, struct plan const *plan);

#endif
