/* trial.h -- one arm in one cell of a plan, from the command line to the judged sample.
 *
 * Calibration, attestation and blocks differ only in their use of the sample.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TRIAL_H
#define SLABLAB_TRIAL_H

#include "experiment/run_kind.h"
#include "sample/sample.h"
#include "sample/served_files.h"
#include "sample/work_folder.h"

/* How a step of a run ended. */
enum step {
    STEP_DONE,
    STEP_VOID, /* the run is void; reasons were added */
    STEP_INTERRUPTED,
    STEP_FAULT /* it has complained */
};

/* What is determined about a cell before its first block, in this order: program, operations,
 * checksum. */
struct terms {
    char *program;       /* path of the workload's executable, or of a program's launcher */
    uint64_t operations; /* of the plan, or calibrated; 0: not yet known */
    uint64_t warmup_operations;
    uint64_t
        calibrated_cpu_ns; /* of the calibrating sample's region; 0: the plan states operations */
    bool attested;
    uint64_t checksum;        /* for these operations, under every allocator */
    uint64_t operations_done; /* as the workload reports them */
};

/* A plan, and everything needed to run any part of it. terms[i] belongs to plan->cells[i]. */
struct rig {
    struct plan const *plan;
    struct run_kind const *kind;
    struct instrument const *instrument; /* the kind's; NULL where it has none */
    struct sampler sampler;
    struct work_folder work_folder;
    struct served_files served; /* opened by the first trial */
    struct terms *terms;
    size_t *links;           /* of each arm, the link that its next trial loads */
    bool *left_behind_noted; /* of each arm: has it been said? */
};

/* Finds the workloads, opens the sampler. Complains and returns false on a fault. */
bool rig_open(struct rig *rig, struct plan const *plan, struct run_kind const *kind);
void rig_close(struct rig *rig);

/* Sets operations, and the warm-up if the plan derives it from them. */
void terms_set_operations(struct terms *terms, struct cell const *cell, uint64_t operations);

/* The command line of a cell's program: its path, name=value ..., NULL. One free() releases it all.
 */
char **trial_arguments(struct cell const *cell, struct terms const *terms);

/* For a block: every arm loads another copy of its file, or of the link in `links`, than before
 * (served_files.h). order: the arms', as long as the plan has them. */
bool rig_renew(struct rig *rig, size_t const *order);

/* Runs arm `arm` in cell `cell`; observing: on the arm's observer, if it has one. Returns false,
 * after a complaint, if no process could be started. The sample is the caller's to release. */
bool trial_run(struct rig *rig, size_t cell, size_t arm, bool observing, size_t pad_bytes,
               struct sample *sample);

#endif
