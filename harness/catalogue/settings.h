/* settings.h -- slablab.yaml: how the user's project is built, and where its things are.
 *
 *   build: make -j2              through sh -c, in the project's folder of a worktree
 *   artifact: libmine.so         what comes of it, a path in that folder
 *   artifacts:                   or several of them: REVISION:NAME means one, REVISION the first
 *     - {name: plain, path: build/libmine.so}
 *   environment: [CFLAGS=-O2]    for the build
 *   suite: experiments/gate.yaml the experiment that `slablab gate` takes
 *   experiments: experiments     a folder
 *   workloads: [bench]           folders of executables and of programs' NAME.yaml, or such files
 *   history: results/history     a folder, or a file that ends in .jsonl
 *   reference: v1.0              the revision that `slablab gate` takes as base
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SETTINGS_H
#define SLABLAB_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct settings_artifact {
    char *name; /* NULL: the only one */
    char *path;
};

/* What the file does not say is NULL or empty. */
struct settings {
    char *build;
    char *artifact;
    struct settings_artifact *artifacts; /* with `artifact` alone, that one */
    unsigned artifacts_count;
    char **environment;
    unsigned environment_count;
    char *suite;
    char *experiments;
    char **workloads;
    unsigned workloads_count;
    char *history;
    char *reference;
};

/* Reads the project's slablab.yaml, or nothing where it has none. Complains with the line and
 * returns false where it is wrong; nothing of it holds then. */
bool settings_read(void);

/* What settings_read has read; all of it NULL before, and without a slablab.yaml. */
struct settings const *settings(void);

/* Forgets it, for a test. */
void settings_forget(void);

#endif
