/* environment.h -- the environment of a sample, built from nothing: equal in size for every arm.
 *
 * It holds LD_PRELOAD (unless the arm is the C library's own malloc), SLABLAB_REGION, LD_BIND_NOW
 * (so that no arm resolves symbols within its region), the arm's own assignments and SLABLAB_PAD,
 * whose length makes the environments of all arms equal in bytes and adds the block's pad. Bytes
 * are those of /proc/<pid>/environ, each string with its final 0. The array of pointers is not
 * equalised: the kernel places it at an address that is random in steps of 16 bytes.
 *
 * The loader copies the path of what it preloads into its own heap, and so places by its length
 * what it allocates next. Every preloaded path is therefore as long as the longest: slashes are
 * put before it, which name the same file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_ENVIRONMENT_H
#define SLABLAB_ENVIRONMENT_H

#include "experiment/plan.h"

struct environment_size {
    size_t path_bytes; /* of each preloaded path, without its final 0 */
    size_t bytes;      /* of the whole, without any pad */
};

/* What every arm's environment is brought to; observing: with observers preloaded. */
struct environment_size environment_size_largest(struct plan const *plan, bool observing,
                                                 int region_fd);

/* The object that an arm preloads, of that link: when observing its observer, if it has one. */
char const *environment_object(struct arm const *arm, size_t link, bool observing);

/* A new environment of size.bytes + pad_bytes bytes; one free() releases it all. */
char **environment_build(struct arm const *arm, char const *object, int region_fd,
                         struct environment_size size, size_t pad_bytes);

#endif
