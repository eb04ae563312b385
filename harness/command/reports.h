/* reports.h -- the commands that read what was measured, which are Python's: HOME/analysis.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_REPORTS_H
#define SLABLAB_REPORTS_H

#include "command/command.h"

/* Of HOME/analysis/commands.json, which `make commands` writes; none where it cannot be read.
 * They stay until the program ends. No Python is started. */
struct commands reports_commands(void);

/* Becomes the command argv[0] of these. Where it cannot, complains and returns an exit status. */
int reports_run(int argc, char **argv);

struct command_option {
    char const *words; /* as it is typed: "--out DIR" */
    char const *meaning;
};

/* What a command of these takes, up to one whose words are NULL; that alone for any other, whose
 * details tell of it. */
struct command_option const *reports_options(struct command const *command);

#endif
