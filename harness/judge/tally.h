/* tally.h -- what the recorded blocks say so far, for the stop rules and the summary.
 *
 * It reads only records, whether new or read back, so a resumed run has the same state as an
 * uninterrupted one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_TALLY_H
#define SLABLAB_TALLY_H

#include "experiment/run_kind.h"
#include "judge/gate_judge.h"

#include <jansson.h>

struct tally_sample {
    uint64_t time_ns; /* that decides: metric_deciding_ns */
    uint64_t operations;
    uint64_t faults; /* minor and major */
};

/* Invariant: the cell has blocks 0 ... blocks - 1, each once, and sample holds (blocks - lost) *
 * arm_count entries: of valid block v and arm a, sample[v * arm_count + a]. */
struct tally_cell {
    uint64_t blocks;
    uint64_t lost; /* of them: invalid */
    uint64_t duration_ns;
    size_t capacity; /* of sample, in valid blocks */
    struct tally_sample *sample;
};

struct tally {
    struct plan const *plan;
    struct run_kind const *kind; /* whose records they are */
    struct tally_cell *cells;
    struct gate_judge *judge; /* of a kind that has one; else NULL */
    json_t *left_behind; /* {"<arm>": how many processes its samples left behind} */
    json_t *losses; /* {"<arm>: <status>": how many samples}, of those that are not ok */
    json_t *said;   /* what ok samples wrote to stderr: judge/said.h */
};

struct tally tally_new(struct plan const *plan, struct run_kind const *kind);
void tally_free(struct tally *tally);

/* A record_visitor; context is the tally. Refuses records of another plan, of unknown cells, blocks
 * that are there twice or that follow a missing one, and a `valid` that the statuses contradict. */
bool tally_add(void *context, json_t const *record);

size_t tally_valid(struct tally const *tally, size_t cell);
double tally_seconds(struct tally const *tally);

/* The effect of an arm against the baseline, as ratios less 1: 0.02 is +2 %. Without an interval
 * low and high are NAN. */
struct tally_effect {
    double median;
    double low;
    double high;
};

/* Operations per second of arm over the baseline's, of every valid block in its order; room for
 * tally_valid(tally, cell) of them. A time of 0 counts as 1 ns. */
void tally_speed_ratios(struct tally const *tally, size_t cell, size_t arm, double *ratio);

/* The median of those ratios and its exact interval. */
struct tally_effect tally_speed_effect(struct tally const *tally, size_t cell, size_t arm,
                                       double alpha);

/* Operations per second, milliseconds of CPU time, and page faults, over the valid blocks; NAN if
 * there is none. */
double tally_median_ms(struct tally const *tally, size_t cell, size_t arm);
double tally_median_speed(struct tally const *tally, size_t cell, size_t arm);
double tally_median_faults(struct tally const *tally, size_t cell, size_t arm);

/* The sign test's p value for the control arm against the baseline. */
double tally_control_p(struct tally const *tally, size_t cell);

#endif
