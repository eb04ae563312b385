/* environment.h -- the environment of a sample, built from nothing: equal in size for every arm.
 *
 * It holds LD_PRELOAD (not where the C library's own malloc is the arm), SLABLAB_REGION,
 * LD_BIND_NOW (or an allocator's first call of each library function would look up its name, and
 * some do that in the region while others did it before), the arm's own assignments and
 * SLABLAB_PAD, whose length makes all arms' environments equally many bytes and adds the block's
 * pad. Bytes are what /proc/<pid>/environ shows, each string with its final 0. The array of
 * pointers is not evened out: the kernel starts it at an address random in steps of 16 bytes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ENVIRONMENT_H
#define SLABLAB_ENVIRONMENT_H

#include "experiment/plan.h"

/* Bytes of the largest arm's environment without any pad; observing: with observers preloaded. */
size_t environment_bytes_largest(struct plan const *plan, bool observing, int region_fd);

/* What an arm preloads: its object, or its observer where observing and where it has one. */
char const *environment_object(struct arm const *arm, bool observing);

/* A new environment of bytes_total + pad_bytes bytes; one free() releases it all. */
char **environment_build(struct arm const *arm, char const *object, int region_fd,
                         size_t bytes_total, size_t pad_bytes);

#endif
