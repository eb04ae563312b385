/* hint.c -- what to try about an errno.
 *
 * SPDX-License-Identifier: MIT */
#include "base/hint.h"

#include <errno.h>

char const *hint_for(int fault, char const *otherwise)
{
    switch (fault) {
    case EFBIG: return "ulimit -f unlimited; then the same command again";
    case EAGAIN: return "ulimit -u, and pids.max of a container: more processes than now";
    case EMFILE: return "ulimit -n 1024";
    case ENOMEM: return "free; ulimit -v; memory.max of a container";
    default: return otherwise;
    }
}
