/* command.h -- what a subcommand is, as help, dispatch, man pages and completion take it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_COMMAND_H
#define SLABLAB_COMMAND_H

#include <stddef.h>

struct command {
    char const *name;
    char const *usage;   /* what stands behind its name */
    char const *summary; /* a sentence without a capital and without a full stop */
    char const *details;
    int (*function)(int argc, char **argv); /* gets its own name as argv[0] */
};

struct commands {
    struct command const *command;
    size_t count;
};

#endif
