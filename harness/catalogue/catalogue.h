/* catalogue.h -- what can be run: phases, peers and workloads, and their files.
 *
 *   <home>/build/lib<phase>.so        a phase; build/observe/lib<phase>.so counts itself
 *   phase17-2+batch=16                that phase with another constant (variant.h)
 *   <home>/build/workloads/<name>     a workload
 *   <home>/allocators/peers.yaml      the distribution's allocators
 *   <project>/workloads/programs/<name>.yaml, <home>/...   an ordinary program
 *   <project>/experiments/<name>.yaml, <home>/...
 *
 * slablab.yaml may name another folder of experiments, and more folders of programs and workloads.
 *
 * Home and project are those of project.h.
 *
 * Every string returned as `char *` is the caller's to free.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CATALOGUE_H
#define SLABLAB_CATALOGUE_H

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum allocator_kind { ALLOCATOR_PHASE, ALLOCATOR_PEER, ALLOCATOR_PATH };

/* What a variant sets otherwise than its phase. */
struct constant_value {
    char *name;
    uint64_t value;
    char *standard; /* the phase's: "16", or "16, 12, 8" of what is set together */
    char *unit;
};

/* An allocator's files. Any string may be NULL if unknown. */
struct allocator {
    struct arena arena; /* holds all strings */
    char *name;
    enum allocator_kind kind;
    char *object; /* absolute path to preload; NULL for the C library's own, or if it is not
                     installed */
    char
        *serving; /* absolute path of the object that then holds malloc: object, or the C library */
    char *build_id; /* of `serving`; "" if it has none */
    char *observer; /* the same phase built to count itself */
    char *version;
    char *phase;                   /* of a variant */
    struct constant_value *values; /* likewise */
    size_t value_count;
    char *package; /* of the distribution, for a peer */
    char *problem; /* why it cannot run here; NULL if it can */
    char const *remedy; /* what to try about the problem */
};

/* Resolves the name of a phase, of a variant, which is built unless it was, or of a peer, or a path
 * to a .so (any text with a '/'). Always fills *allocator; returns false, with problem and remedy
 * set, if the name is unknown. */
bool catalogue_allocator(char const *name, struct allocator *allocator);
void catalogue_allocator_free(struct allocator *allocator);

/* Sorted names; words_free releases them. A phase is listed if its source or its object exists; for
 * peers see peers.h. */
struct words catalogue_phases(void);
struct words catalogue_workloads(void);
struct words catalogue_programs(void); /* those that have a file in workloads/programs/ */
struct words catalogue_experiments(void);

/* The file in the project's folders of workloads that has this name and ending, or NULL. The
 * caller frees it. */
char *catalogue_workload_file(char const *name, char const *ending);

/* The file of an experiment: a path seen from here, from the project or from home, or the name of
 * one of catalogue_experiments; the word itself, where there is none. */
char *catalogue_experiment_path(char const *word);

#endif
