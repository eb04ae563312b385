/* environment.h -- the environment of a sample, built from nothing: equal in size for every arm.
 *
 * It holds LD_PRELOAD (unless the arm is the C library's own malloc), SLABLAB_REGION, LD_BIND_NOW
 * (so that no arm resolves symbols within its region), the arm's own assignments and SLABLAB_PAD,
 * whose length makes the environments of all arms equal in bytes and adds the block's pad. Bytes
 * are those of /proc/<pid>/environ, each string with its final 0. The array of pointers is not
 * equalised: the kernel places it at an address that is random in steps of 16 bytes.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ENVIRONMENT_H
#define SLABLAB_ENVIRONMENT_H

#include "experiment/plan.h"

/* Bytes of the largest arm's environment without any pad; observing: with observers preloaded. */
size_t environment_bytes_largest(struct plan const *plan, bool observing, int region_fd);

/* The object that an arm preloads: when observing its observer, if it has one. */
char const *environment_object(struct arm const *arm, bool observing);

/* A new environment of bytes_total + pad_bytes bytes; one free() releases it all. */
char **environment_build(struct arm const *arm, char const *object, int region_fd,
                         size_t bytes_total, size_t pad_bytes);

#endif
