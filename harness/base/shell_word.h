/* shell_word.h -- words of a command that is printed to be pasted into a shell.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SHELL_WORD_H
#define SLABLAB_SHELL_WORD_H

/* In quotes where a POSIX shell would take it apart or replace anything in it. The caller frees
 * it. */
char *shell_word(char const *word);

#endif
