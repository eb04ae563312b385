/* project.h -- the two folders in which everything else is found.
 *
 *   <root>/build/slablab   the running executable: its folder is the build directory
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROJECT_H
#define SLABLAB_PROJECT_H

/* The folder of the running executable and its parent. */
char const *catalogue_build_directory(void);
char const *catalogue_root(void);

/* For a test: another root, before anything is looked up in it. peers_forget where the peers of
 * the last one have been read. */
void catalogue_set_root(char const *root);

#endif
