/* preload.h -- can an object serve malloc in a program?
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PRELOAD_H
#define SLABLAB_PRELOAD_H

/* Why it cannot, in the loader's own words where it has some; NULL where it can. The loader only
 * looks: it runs nothing of either. The caller frees the answer. */
char *preload_fault(char const *program, char const *object);

#endif
