/* gate_judge.h -- a gate's decisions, block by block: is the head more than the base, or is it not?
 *
 * Every metric of every cell is a row, with two one-sided sign e-processes (sequential.h):
 *
 *   fail   against "the head is not more":               bets on head > base
 *   pass   against "the head is more by the margin":     bets on head - base < margin
 *
 * A tie wins no bet. A row's first decision stays. Like a tally, a judge reads only records, so a
 * resumed gate decides like an uninterrupted one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_JUDGE_H
#define SLABLAB_GATE_JUDGE_H

#include "experiment/plan.h"

#include <jansson.h>

enum gate_verdict { GATE_UNDECIDED, GATE_PASS, GATE_FAIL, GATE_REPORTED };

/* Of a ratio, relative effects (0.02 is +2 %) and medians in the metric's unit; of a count, all in
 * counts. NAN if there is none. */
struct gate_estimate {
    double effect;
    double low; /* a confidence sequence at the plan's alpha: it holds at any stop */
    double high;
    double mde; /* the smallest change that the gate had 80 % power to FAIL by its last block */
    double base;
    double head;
};

struct gate_row {
    size_t cell;
    struct gate_metric const *rule;
    enum gate_verdict verdict;
    uint64_t decided_at; /* valid blocks, or blocks of counts; 0: not decided */
    uint64_t counted;    /* callgrind's blocks, of a row of instructions */
    double log_e_fail;   /* after the cell's last block */
    double log_e_pass;
    double log_e_control; /* of the control arm against the base, two-sided */
    size_t more;          /* blocks with head > base */
    size_t within;        /* with head - base < margin */
    size_t control_more;
    size_t control_less;
    struct gate_estimate estimate; /* gate_judge_estimate and gate_judge_instructions fill it in */
};

/* Invariant: of n valid blocks, value[(v * metrics + m) * GATE_ARMS + a] is metric m of arm a in
 * block v. */
struct gate_cell {
    size_t n;
    size_t capacity;
    double *value;
};

struct gate_judge {
    struct plan const *plan;
    size_t decisions;      /* rows that decide: the family for alpha_fail and alpha_control */
    struct gate_cell *cells;
    struct gate_row *rows; /* metric_count of each cell, in the plan's order */
};

enum { GATE_BASE, GATE_CONTROL, GATE_HEAD, GATE_ARMS };

struct gate_judge *gate_judge_new(struct plan const *plan);
void gate_judge_free(struct gate_judge *judge); /* NULL does nothing */

/* Adds the samples of a cell's next valid block. */
void gate_judge_add(struct gate_judge *judge, size_t cell, json_t const *samples);

/* Have all rows of the cell that blocks can decide been decided? Not before
 * rules.blocks_min blocks. */
bool gate_judge_has_decided(struct gate_judge const *judge, size_t cell);

/* Does the control arm differ from the base in some row, at alpha_control over all of them? Its
 * e-process may be looked at at any time. NULL if it does not. */
struct gate_row const *gate_judge_control_fault(struct gate_judge const *judge);

/* The first cell whose blocks depend on the block before; cell_count if there is none. To be called
 * at the end. */
size_t gate_judge_dependent_cell(struct gate_judge const *judge);

/* Decides the row of instructions by callgrind's counts: n_base values of the base and its control,
 * n_head of the head, all above 0; sorts them. The tolerance is the spread of the base's own. */
void gate_judge_instructions(struct gate_judge *judge, size_t cell, double *base, size_t n_base,
                             double *head, size_t n_head);

/* Computes the estimates of all rows that blocks decide. */
void gate_judge_estimate(struct gate_judge *judge);

/* The control arm against the base, in a row that blocks decide. */
struct gate_estimate gate_judge_control(struct gate_judge const *judge,
                                        struct gate_row const *row);

bool gate_row_is_of_blocks(struct gate_row const *row); /* not by callgrind */

#endif
