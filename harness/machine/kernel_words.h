/* kernel_words.h -- of the kernel's command line, what matters to a measurement.
 *
 * The rest stays on the machine: it may hold addresses, names of disks, tokens of the host's own
 * programs.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_KERNEL_WORDS_H
#define SLABLAB_KERNEL_WORDS_H

/* The words of `command_line` (/proc/cmdline) whose names are listed in kernel_words.c, in their
 * order, with a space between. The caller frees it. */
char *kernel_words_kept(char const *command_line);

#endif
