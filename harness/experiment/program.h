/* program.h -- an ordinary program as a cell: how it is started, and what its output must be.
 *
 * Its region is all of it, from exec to exit, its children included; a server's is the run of its
 * client. It does no operations that could be counted, and so has times and no rates.
 *
 *   experiments/x.yaml           - program: [sqlite3, ":memory:", ".read work.sql"]
 *   workloads/programs/NAME.yaml   the same keys, for `run: NAME`
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROGRAM_H
#define SLABLAB_PROGRAM_H

#include "experiment/experiment.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What stands in a command line for the build that an arm of a gate is. */
extern char const program_artifact[];

enum program_output { OUTPUT_SAME, OUTPUT_ANY, OUTPUT_DIGEST };

/* A command line. arguments[0] is the program's own name for itself. */
struct command {
    char *executable; /* absolute path */
    char **arguments;
    size_t count;     /* 0: there is none */
};

/* Strings are in the plan's arena. */
struct program {
    char *name;
    struct command command; /* or of the client */
    struct command server;  /* none: it is a program that runs by itself */
    bool client_too;        /* the arm serves the client as well as the server */
    char **inputs;          /* absolute paths, copied into the working directory of each sample */
    size_t input_count;
    struct command make;    /* makes more of them there, once */
    char *standard_input;   /* a file in the working directory; NULL: nothing to read */
    char **environment;     /* "NAME=value", beside PATH, HOME, TMPDIR and LC_ALL */
    size_t environment_count;
    enum program_output output;
    uint64_t digest;        /* the first 64 bits of the output's SHA-256, where it is stated */
    uint64_t timeout_ns;
    uint64_t ready_ns;      /* until the server answers */
    size_t cpus;            /* that its threads and processes have use for */
    char *linked;           /* the allocator that it is linked with, which an arm of the C library
                               has to go before; NULL: none */
    bool runs_artifact;     /* one of its words has {artifact} */
    char *build_id;         /* of what the arm serves: the server or the program; "" without one */
    char *files_digest;     /* hexadecimal, of the inputs */
};

struct expansion;
struct cell;

/* Is a program meant, and not a workload? */
bool program_is_written(struct experiment_program const *written);

/* Has one of its words {artifact}, which a gate replaces by either build? */
bool program_names_artifact(struct experiment_program const *written);

/* Has one of the experiment's programs? */
bool experiment_runs_artifact(struct experiment const *experiment);

/* The path of workloads/programs/NAME.yaml, or of NAME itself where that ends in .yaml; NULL where
 * there is no such file. The caller frees it. */
char *program_file(char const *name);

/* Adds the cell; or, where the program is not on this machine, says so and leaves it out. `file`
 * and `place` are where it is written; place "": it has a file of its own, and the file's name.
 * Complains and returns false on a fault. */
bool program_add(struct expansion const *expansion, struct yaml_file const *file,
                 char const *place, struct experiment_program const *written);

/* Does every sample of the cell print, or compute, the same? */
bool program_output_is_compared(struct program const *program);

/* What the arm serves first: the server, or the program. */
struct command const *program_served(struct program const *program);

/* "sqlite3 is not installed: apt install sqlite3": why it cannot run on this machine; NULL: it can.
 * The caller frees it. */
char *program_missing(struct experiment_program const *written);

/* What plan.json has of it; a new reference. */
json_t *program_to_json(struct program const *program);

#endif
