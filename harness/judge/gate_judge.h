/* gate_judge.h -- a gate's decisions, block by block: is the head more than the base, or is it not?
 *
 * Every metric of every cell is a row, with two e-processes that may be looked at after every block
 * (sequential.h). Of a median they bet on signs:
 *
 *   fail   against "the head is not more":               bets on head > base
 *   pass   against "the head is more by the margin":     bets on head - base < margin
 *
 * A tie wins no bet. Of a tail (metric.beyond) a block exceeds where its time is 10 % above the
 * base's. Head and control are exchangeable where their code is equal, whatever drifts, so
 *
 *   fail   against "as often the control":   bets that of head and control the head alone exceeds
 *   pass   against "by the margin more often than the control":    bets on the mean of
 *          T = (head exceeds) - (control exceeds) being below the margin
 *
 * Instructions are rows like medians, of blocks of their own. A row's first decision stays. Like a
 * tally, a judge is fed with records alone, so a resumed gate decides as an uninterrupted one.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GATE_JUDGE_H
#define SLABLAB_GATE_JUDGE_H

#include "experiment/plan.h"
#include "judge/sequential.h"

#include <jansson.h>

enum gate_verdict { GATE_UNDECIDED, GATE_PASS, GATE_FAIL, GATE_REPORTED };

/* Of a ratio, relative effects (0.02 is +2 %) and medians in the metric's unit; of a count, all in
 * counts; of a tail, shares of blocks: the head's less the control's, which stands as the base's.
 * NAN where there is none. */
struct gate_estimate {
    double effect;
    double low; /* a confidence sequence at the plan's alpha: it holds at any stop */
    double high;
    double mde; /* the smallest change that the gate had 80 % power to FAIL by its last block */
    double base;
    double head;
    double link_spread; /* of a ratio of arms with links: link_spread.h; NAN: none */
};

struct gate_row {
    size_t cell;
    struct gate_metric const *rule;
    enum gate_verdict verdict;
    uint64_t decided_at; /* of its blocks; 0: not decided */
    double log_e_fail;   /* after the cell's last block */
    double log_e_pass;
    double log_e_control; /* of the control arm against the base, two-sided */
    size_t more;          /* blocks with head > base */
    size_t within;        /* with head - base < margin */
    size_t control_more;
    size_t control_less;
    struct signs tail;    /* of blocks in which the head, or the control, alone exceeds */
    size_t tail_both;     /* in which both do */
    struct gate_estimate estimate; /* gate_judge_estimate fills it in */
};

/* Invariant: of n blocks, value[(v * metrics + m) * GATE_ARMS + a] is metric m of arm a in block v.
 * Blocks under callgrind have one metric. */
struct gate_values {
    size_t n;
    size_t metrics;
    size_t capacity;
    double *value;
};

struct gate_cell {
    struct gate_values timed; /* valid blocks */
    size_t *link;             /* of each arm in each of them: link[v * GATE_ARMS + a] */
    struct gate_values counted;
};

/* Pairs of head and base, of blocks and of the pairs that gate_failures.h runs: how many processes
 * ended with a fault of their own (a crash, a time-out, a wrong checksum; not another allocator).
 */
struct gate_failures {
    size_t pairs;
    size_t head_alone;
    size_t base_alone;
    size_t both;
    size_t head_elsewhere; /* in no pair: they say that an arm can fail, and are in no test */
    size_t base_elsewhere;
    char *status; /* of the head's first one, and what it wrote; NULL without one */
    char *stderr_text;
};

struct gate_judge {
    struct plan const *plan;
    size_t decisions;      /* rows that decide: the family for alpha_fail and alpha_control */
    struct gate_cell *cells;
    struct gate_row *rows; /* metric_count of each cell, in the plan's order */
    struct gate_failures failures;
};

enum { GATE_BASE, GATE_CONTROL, GATE_HEAD, GATE_ARMS };

/* gate_decides.c: whether the metric decides in that cell. A program's instructions are not
 * counted; and as its region is its process, the process's metric decides in the region's stead
 * where both do. */
bool gate_rule_decides(struct plan const *plan, size_t cell, struct gate_metric const *rule);
bool gate_row_decides(struct gate_judge const *judge, struct gate_row const *row);

struct gate_judge *gate_judge_new(struct plan const *plan);
void gate_judge_free(struct gate_judge *judge); /* NULL does nothing */

/* Adds the samples of a cell's next valid block. */
void gate_judge_add(struct gate_judge *judge, size_t cell, json_t const *samples);

/* Takes in a cell's next block of instructions, by arm; room for GATE_ARMS of them. */
void gate_judge_add_instructions(struct gate_judge *judge, size_t cell, uint64_t const *counts);

/* Takes in the samples of a block, valid or not, or of a pair of base and head: who failed? */
void gate_judge_add_failures(struct gate_judge *judge, json_t const *samples);

/* The same of processes that are in no pair: of attestation, or under callgrind. */
void gate_judge_note_failures(struct gate_judge *judge, json_t const *samples);

/* Does the head fail more often than the base, at rules.alpha_failures over all looks: FAIL.
 * UNDECIDED where only the head failed, or more often, and that is not established; else PASS. */
enum gate_verdict gate_judge_failures(struct gate_judge const *judge);

/* ln e against "of a pair in which just one failed it is as likely the base". */
double gate_judge_failures_log_e(struct gate_judge const *judge);

/* Have all rows of the cell that valid blocks can decide been decided, or has one failed so long
 * ago that the others are not waited for (rules.failed_cell_stretch)? Not before rules.blocks_min
 * blocks. */
bool gate_judge_has_decided(struct gate_judge const *judge, size_t cell);

/* Does the cell have a row of instructions that is not decided? */
bool gate_judge_wants_instructions(struct gate_judge const *judge, size_t cell);

/* Does the control arm differ from the base in some row, at alpha_control over all of them? Its
 * e-process may be looked at at any time. NULL if it does not. */
struct gate_row const *gate_judge_control_fault(struct gate_judge const *judge);

/* The first cell whose blocks depend on the block before; cell_count if there is none. To be called
 * at the end. */
size_t gate_judge_dependent_cell(struct gate_judge const *judge);

/* Fills in the estimates of all rows, at the end. */
void gate_judge_estimate(struct gate_judge *judge);

/* The control arm against the base. */
struct gate_estimate gate_judge_control(struct gate_judge const *judge, struct gate_row const *row);

/* The blocks that the row rests on. */
size_t gate_judge_blocks(struct gate_judge const *judge, struct gate_row const *row);

/* Whether valid blocks decide the row, and not blocks of instructions. */
bool gate_row_is_of_blocks(struct gate_row const *row);

/* Whether the row is about a tail, and not about a median. */
bool gate_row_is_tail(struct gate_row const *row);

#endif
