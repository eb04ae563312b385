/* experiment.h -- an experiment as written in its YAML file: nothing expanded, no reference
 * resolved.
 *
 * NULL and an empty list are what the file leaves out. Numbers are texts as they were written; the
 * code that uses one checks it with text.h.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_EXPERIMENT_H
#define SLABLAB_EXPERIMENT_H

#include "base/yaml_file.h"

enum experiment_start { START_COLD, START_WARM };
enum experiment_in_quick { IN_QUICK_YES, IN_QUICK_NO };
enum experiment_hide { HIDE_NO, HIDE_YES };
enum experiment_preload { PRELOAD_SERVER, PRELOAD_BOTH };

/* An ordinary program (experiment/program.h), in an experiment or in a file of its own. */
struct experiment_program {
    char **program; /* a command line, a word an entry; or a server's and its client's */
    unsigned program_count;
    char **server;
    unsigned server_count;
    char **client;
    unsigned client_count;
    char *executable; /* what is started where it is not what the first word names */
    char *name;
    char *models;  /* which real use it stands for */
    char *package; /* that holds it */
    char **inputs; /* files, and folders whose files are meant */
    unsigned inputs_count;
    char **make; /* a command line that makes more of them, once */
    unsigned make_count;
    char *standard_input; /* a file among the inputs */
    char **environment;   /* "NAME=value" */
    unsigned environment_count;
    char *output; /* "same", "any", or a digest */
    char *timeout; /* seconds */
    char *ready;   /* seconds until the server answers */
    char *cpus;    /* that its threads and processes have use for */
    unsigned preload; /* enum experiment_preload */
};

struct experiment_workload {
    char *run; /* "fixed_random size=256,512 slots=400" */
    unsigned start; /* enum experiment_start */
    char *warmup;  /* operations before the region */
    char **serves; /* "phase17-1 smallmid >= 99%" */
    unsigned serves_count;
    unsigned quick; /* enum experiment_in_quick */
    char **thp;     /* never, madvise, always: an axis */
    unsigned thp_count;
    struct experiment_program program; /* empty where `run` names what is run */
};

struct experiment_published {
    char *where;
    char *arm;
    char *against;
    char *metric;
    char *value;
};

struct experiment_shown {
    char *arm;
    char *label;
    char *colour; /* "#23698c" */
    char *order;
    unsigned hide; /* enum experiment_hide */
};

struct experiment_stop {
    char *blocks_max;
    char *half_width; /* "0.5%" */
    char *seconds_max;
};

struct experiment_gate {
    char **decides; /* "time 2%" */
    unsigned decides_count;
    char **reports;
    unsigned reports_count;
    char **without; /* "time_tail": what does not decide though it goes with what does */
    unsigned without_count;
    char *alpha_fail; /* "0.5%" */
    char *alpha_pass;
    char *artifact; /* "in place" */
};

struct experiment {
    char *question;
    char *expects;
    char *baseline;
    char **arms;
    unsigned arms_count;
    struct experiment_workload *workloads;
    unsigned workloads_count;
    char **events;
    unsigned events_count;
    char **compare; /* "phase17-2 against phase17-1" */
    unsigned compare_count;
    char **interactions; /* "ss-reuse x ss-prewarm = ss-reuse-prewarm" */
    unsigned interactions_count;
    struct experiment_published *published;
    unsigned published_count;
    struct experiment_shown *shown;
    unsigned shown_count;
    struct experiment_stop *stop;
    struct experiment_stop *quick; /* overrides stop, key by key, in the quick form */
    struct experiment_gate *gate;
    char *cpus; /* how many samples may have */
    char *layouts; /* how many links each arm has that is built here */
    char *margin; /* "2%" */
    char *alpha;
    char *seed;
};

/* Opens what catalogue_experiment_path finds. Complains and returns NULL on any error.
 * yaml_file_data of the result is a struct experiment. */
struct yaml_file *experiment_open(char const *path);

/* The same of a file that describes a program; its data is a struct experiment_program. */
struct yaml_file *experiment_program_open(char const *path);

#endif
