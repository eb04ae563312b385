/* catalogue.h -- what there is to run: phases, peers and workloads, and the files that they are.
 *
 *   <root>/build/slablab              the running executable: its folder is the build directory
 *   <root>/build/lib<phase>.so        a phase; build/observe/lib<phase>.so counts itself
 *   <root>/build/workloads/<name>     a workload
 *   <root>/allocators/peers.yaml      other people's allocators
 *   <root>/experiments/<name>.yaml
 *
 * Every string returned as `char *` is the caller's to free.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CATALOGUE_H
#define SLABLAB_CATALOGUE_H

#include "base/text.h"

#include <stdbool.h>

enum allocator_kind { ALLOCATOR_PHASE, ALLOCATOR_PEER, ALLOCATOR_PATH };

/* An allocator's files. Any string may be NULL where nobody tells. */
struct allocator {
    char *name;
    enum allocator_kind kind;
    char *object; /* absolute path to preload; NULL for the C library's own, or where it is not
                     installed */
    char
        *serving; /* absolute path of the object that then holds malloc: object, or the C library */
    char *build_id; /* of `serving`; "" without one */
    char *observer; /* the same phase built to count itself */
    char *version;
    char *package; /* of the distribution, for a peer */
    char *problem; /* why it cannot run here; NULL when it can */
    char *remedy;  /* what to try about the problem */
};

/* Resolves a phase's or a peer's name, or a path to a .so (whatever holds a '/'). Always fills
 * *allocator; returns false when nothing of that name is known, and problem and remedy say so. */
bool catalogue_allocator(char const *name, struct allocator *allocator);
void catalogue_allocator_free(struct allocator *allocator);

/* Sorted names; words_free releases them. A phase is known by its source or by its object; peers.h
 * has the peers. */
struct words catalogue_phases(void);
struct words catalogue_workloads(void);
struct words catalogue_experiments(void);

#endif
