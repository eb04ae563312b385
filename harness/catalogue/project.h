/* project.h -- the project's root and its build folder.
 *
 *   <root>/build/slablab   the running executable: its folder is the build directory
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROJECT_H
#define SLABLAB_PROJECT_H

/* The folder of the running executable and its parent. */
char const *catalogue_build_directory(void);
char const *catalogue_root(void);

/* For a test: sets another root, before anything is looked up in it. Call peers_forget if the peers
 * of the previous root were read. */
void catalogue_set_root(char const *root);

#endif
