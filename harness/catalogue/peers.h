/* peers.h -- the distribution's allocators: allocators/peers.yaml, and where they are installed.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PEERS_H
#define SLABLAB_PEERS_H

#include "base/text.h"

struct peer {
    char *name;
    char *package; /* of the distribution; NULL: none */
    char *object; /* a file name, or an absolute path that may hold * and ?; NULL for the C
                     library's own allocator */
    char **version; /* a command that prints its version; none: the package's is asked for */
    unsigned version_count;
};

/* NULL if peers.yaml, read once, names no such peer. A file that cannot be read causes a complaint
 * and has none. */
struct peer const *peers_find(char const *name);
struct words peers_names(void);

/* The file that this process's C library was mapped from, which is also that of the workloads. */
char *peers_c_library(void);

/* The absolute path of a peer's object, without symbolic links; of several that match, the last by
 * name. NULL if not installed. */
char *peers_find_object(char const *object);

/* Its version, by its own command or by dpkg-query; NULL if unknown. */
char *peers_version(struct peer const *peer);

/* Discards what was read, for a test that changes home. */
void peers_forget(void);

#endif
