/* plan.h -- what a run will do, decided in full before its first sample.
 *
 *   experiments/x.yaml --experiment.c--> struct plan --plan_write.c--> results/x/<run>/plan.json
 *
 * No plan is read back: a run is gone on with by the plan of now, which equals the stored one.
 * Strings and arrays are in the plan's arena and live until plan_free. Indices (arm, cell) are
 * positions in the plan's arrays.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PLAN_H
#define SLABLAB_PLAN_H

#include "base/arena.h"
#include "experiment/metric.h"
#include "experiment/rules.h"
#include "machine/thp.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct yaml_file;
struct constant_value; /* catalogue/catalogue.h */

enum arm_role { ROLE_BASELINE, ROLE_CONTROL, ROLE_ARM };

/* One of several files of the same object code, whose functions and data lie elsewhere. */
struct link {
    char *object;           /* absolute path to preload */
    char *build_id;
};

/* An allocator with its environment. arms[0] is the baseline, arms[1] its hidden second copy. */
struct arm {
    char *id;               /* its name in every record and table; unique in the plan */
    char *spec;             /* as the experiment wrote it: "phase17-1 SLABLAB_SMALLMID=1" */
    char *allocator;        /* a phase, one with other constants, a peer, or a path to a .so */
    char *phase;            /* of one with other constants; NULL: it is none */
    struct constant_value *constants; /* of that */
    size_t constant_count;
    size_t written;         /* which of the experiment's `arms` it comes of; not of the baseline */
    char *label;            /* what it is to be called: "./libmine.so as mine"; NULL: by its name */
    char *object;           /* absolute path to preload; NULL for the C library's own */
    char *object_build_id;  /* hexadecimal, of the object that must serve malloc; "" without one */
    char *linked_from;      /* the build-id that object had before it was links[0]; NULL */
    struct link *links;     /* links[0] is object: in the order of the source */
    size_t link_count;      /* 0: there is no other link than object */
    char *observer;         /* the same allocator built to count itself; NULL if there is none */
    char *version;          /* a peer's package version; NULL if unknown */
    char *program;          /* absolute path of what runs as {artifact}; NULL: it has none */
    char *program_build_id; /* hexadecimal; "" without one; NULL: it has none */
    char **environment;     /* "NAME=value", from spec */
    size_t environment_count;
    enum arm_role role;
};

struct parameter {
    char *name;
    uint64_t value;
    char *text;             /* a word, or an absolute path; NULL: it is a number */
    char *shown;            /* of a file its name, else the word */
    char *digest;           /* of a file: 16 hexadecimal digits of its SHA-256; NULL: no file */
};

enum serves_relation { SERVES_AT_LEAST, SERVES_AT_MOST };

/* "phase17-1 smallmid >= 99%": a share of the region's allocations, checked on observing builds. */
struct serves {
    size_t arm;
    char *tier;
    enum serves_relation relation;
    double share;           /* 0 ... 1 */
};

struct program;

/* A cell that is not in the plan, since what it would run is not on this machine. */
struct left_out {
    char *cell;
    char *why;              /* "sqlite3 is not installed: apt install sqlite3" */
};

/* One workload with one value on every axis, or one program. */
struct cell {
    char *id;               /* "fixed_random size=256 slots=400 operations=100000 cold"; unique */
    char *workload;         /* its name, or the program's */
    char *executable;       /* of the workload; NULL of a program */
    struct program *program; /* NULL: a workload */
    enum thp thp;           /* transparent huge pages of its processes */
    bool warm;
    struct parameter *parameters;  /* neither operations nor warmup */
    size_t parameter_count;
    size_t threads;                /* that do the operations */
    size_t cpus;                   /* that its samples get: fewer than threads if oversubscribed */
    uint64_t operations;           /* 0: to be calibrated, once, for all arms; a program has none */
    uint64_t warmup_operations;    /* cold: 0; warm and 0: as many as operations */
    struct serves *serves;
    size_t serves_count;
    struct metric **reported; /* by its workload */
    size_t reported_count;
};

/* arm against another, besides every arm against the baseline. */
struct comparison {
    size_t arm;
    size_t against;
};

/* A 2 x 2: ln both - ln first - ln second + ln baseline. */
struct interaction {
    size_t first;
    size_t second;
    size_t both;
};

/* A published figure, shown beside the measured one in cells whose id has all words of `where`. */
struct published {
    char *where;            /* "fixed_random size=256 cold": words that the cell's id must hold */
    char *arm;              /* an arm's id */
    char *against;          /* an arm's id, or NULL for an absolute figure */
    char *metric;           /* such as operations_per_second: expand_references.c has the list */
    double value;           /* absolute, or the relative effect (-0.036 is -3.6 %) */
};

/* How reports show an arm; no sample depends on it. */
enum { ORDER_MAX = 1000 };
struct shown {
    size_t arm;
    char *label;            /* or NULL: its id */
    char *colour;           /* "#23698c", or NULL */
    bool is_ordered;
    unsigned order;         /* smaller is shown first; without one an arm comes last */
    bool is_hidden;
};

struct stop {
    uint64_t blocks_max;    /* per cell */
    double half_width;      /* of every arm's interval, as a ratio; 0: not a stopping rule */
    double seconds_max;     /* of recorded block time, whole run; 0: no limit */
    double seconds_in_all;  /* of a gate: of its blocks and its counted ones; 0: no limit */
};

/* What a gate looks at in every cell. */
struct gate_metric {
    struct metric const *metric;
    double margin;          /* a ratio: a PASS rules out an increase by this much or more */
    bool decides;           /* else it is shown */
};

extern char const plan_in_place[]; /* "in place", as experiment and plan.json have it */

/* For a plan that compares two builds; no metrics: not a gate. */
struct gate {
    double alpha_fail;      /* family-wise over the rows that decide: 0.005 */
    double alpha_pass;      /* of each: 0.05 */
    struct gate_metric *metrics;
    size_t metric_count;
    bool in_place;          /* {artifact} runs where it was built, and not as a copy */
};

struct plan {
    struct arena arena;
    char *experiment;       /* the file's name without its ending */
    char *experiment_text;  /* the whole file, verbatim; or the words */
    char *form;             /* "full", "quick" or "gate" */
    char *question;
    char *expects;
    char *hash;             /* 16 hexadecimal digits over all of it but seed, question, expects */
    uint64_t seed;
    double alpha;           /* of the tables, family-wise by Holm: 0.05 */
    double alpha_control;   /* of the control arm, family-wise over the run: 0.01 */
    double margin;          /* of "same", as a ratio: 0.02 */
    struct stop stop;
    struct rules rules;
    struct gate gate;
    uint64_t layouts;       /* links of each arm that is built here; 0: one, as make has it */
    char *linker;           /* of all of them; NULL: layouts is 0 */
    char **events;          /* perf event names for libpfm4, the default ones first */
    size_t event_count;
    struct arm *arms;
    size_t arm_count;
    struct cell *cells;
    size_t cell_count;
    struct left_out *left_out;
    size_t left_out_count;
    struct metric **reported; /* by the workloads of some of its cells, each once */
    size_t reported_count;
    struct comparison *comparisons;
    size_t comparison_count;
    struct interaction *interactions;
    size_t interaction_count;
    struct published *published;
    size_t published_count;
    struct shown *shown;
    size_t shown_count;
};

/* Reads an experiment and expands its axes. Complains on stderr and returns NULL on any error.
 * quick selects the experiment's quick form; seed 0 draws a seed. */
struct plan *plan_from_experiment(char const *path, bool quick, uint64_t seed);

/* The plan of experiment `command_line`: ALLOCATOR NAME=value ... ALLOCATOR ..., then WORKLOAD
 * name=number ... or "--" PROGRAM ARGUMENT ..., then NULL. A warm-up makes the start a warm one.
 * blocks: at most so many a cell; NULL: as many as an experiment that does not say. */
struct plan *plan_from_words(char *const *words, char const *blocks, uint64_t seed);

/* A side of a gate. */
struct plan_side {
    char const *arm;     /* as an arm of an experiment */
    char const *label;   /* what to call it instead of by its file; NULL */
    char const *program; /* what runs as {artifact}; NULL: allocators are compared */
};

/* The plan of a gate: arms `base`, its control, and `head`, of an experiment that experiment_open
 * gave. No more than `seconds` of measuring; 0: as many as the experiment says. */
struct plan *plan_for_gate(struct yaml_file const *experiment, struct plan_side const *base,
                           struct plan_side const *head, uint64_t seconds, uint64_t seed);

/* Writes DIRECTORY/plan.json, synced. Returns false after a complaint. */
bool plan_write(struct plan const *plan, char const *directory);

void plan_free(struct plan *plan);

/* "size=256"; of a file its path, or, as ids have it, its name. The caller frees it. */
char *plan_parameter_word(struct parameter const *parameter, bool shown);

/* What a process of the arm loads, of link `link`: 0 ... link_count - 1, or 0. */
struct link arm_link(struct arm const *arm, size_t link);

/* The position of an arm by its id. Without `hidden`, the control arm is excluded. */
bool plan_find_arm(struct plan const *plan, char const *id, bool hidden, size_t *arm);

/* How many CPUs the samples of some cell get: the most of all cells. */
size_t plan_cpus(struct plan const *plan);

/* "baseline, phase17-1": the arms' ids for a hint. The caller frees it. */
char *plan_arm_ids(struct plan const *plan);

/* plan_hash.c: 16 hexadecimal digits over what the plan decides and is judged by, as plan.json has
 * it; the seed apart. The caller frees it. */
char *plan_hash(struct plan const *plan);

#endif
