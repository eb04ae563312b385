/* git.h -- git in the project's folder, and commands whose output is their fault.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_GIT_H
#define SLABLAB_GIT_H

#include "base/text.h"

/* The words of `git WORD...` there; the list ends in NULL. The repository may belong to
 * another user; its hooks must not run, and if one of them started this process, its variables name
 * other folders. */
struct words git_command(char const *const *words);

/* The same in another folder, with options of git itself before the words. */
struct words git_command_at(char const *folder, struct words const *options,
                            char const *const *words);

/* The command's output without trailing white space; NULL if it fails. Releases the command. */
char *git_answer(struct words command);

/* Runs a command in a folder and releases it. NULL if it succeeds, otherwise its output. */
char *git_fault(char const *folder, struct words command);

#endif
