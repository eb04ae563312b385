/* workload_description.h -- a workload by its name: its executable, and its description of itself.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_WORKLOAD_DESCRIPTION_H
#define SLABLAB_WORKLOAD_DESCRIPTION_H

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A workload's answer to --describe. */
struct workload_parameter {
    char *name;
    uint64_t default_value;
    char *default_text; /* of a word or a file, as `unit` says; NULL: it is a number */
    char *unit;
    char *meaning;
};

/* A number that it reports of each sample. */
struct workload_measure {
    char *name;
    char *unit;
    char *title;
    bool more_is_better;
};

struct workload_description {
    struct arena arena; /* holds all that is pointed to */
    char *name;
    char *models;
    struct workload_parameter *parameters;
    size_t parameter_count;
    struct workload_measure *measures;
    size_t measure_count;
};

/* Names are those of build/workloads/, or, with a slash, paths of workloads that are built
 * elsewhere, from workloads/workload.h and build/workloads/runtime.a. */

/* The path of a workload's executable; NULL if there is none. The caller frees it. */
char *catalogue_workload_path(char const *name);

/* The last part of a path: what the workload calls itself. */
char const *catalogue_workload_name(char const *name);

/* Runs the workload's executable. Returns NULL, with *why set, if its answer is unusable. */
struct workload_description *catalogue_workload_describe(char const *name, char **why);

/* What to try where there is none of that name or path. The caller frees it. */
char *catalogue_workload_remedy(char const *name);

/* What the workload complains of, given these "name=digits"; NULL where it would run. It is set up
 * and ends. The caller frees the answer. */
char *catalogue_workload_fault(char const *name, struct words const *assignments);
void catalogue_workload_free(struct workload_description *description);

#endif
