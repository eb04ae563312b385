/* project.h -- whose folders these are: Slablab's own, the user's, and that of what can be made
 * again.
 *
 *   home      what Slablab is made of, laid out as its repository: the running executable is
 *             HOME/build/slablab, in the repository and where it is installed
 *   project   the nearest folder from the working directory upwards that has a slablab.yaml;
 *             without one home, if the working directory is in it, else the working directory;
 *             of a share (share/share.h) always home
 *   cache     builds of revisions, and links to files whose names LD_PRELOAD cannot take: the
 *             build folder of home where that is the project and can be written, else
 *             $XDG_CACHE_HOME/slablab (~/.cache/slablab)
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PROJECT_H
#define SLABLAB_PROJECT_H

#include <stdbool.h>

/* Absolute, and found out at the first question. */
char const *project_home(void);
char const *project_home_build(void); /* the folder of the running executable */
char const *project_folder(void);
char const *project_cache(void);      /* may not be there yet */
char const *project_user_cache(void); /* $XDG_CACHE_HOME/slablab, the same or another */

/* Has the project a slablab.yaml? */
bool project_is_written(void);

/* Is the project Slablab itself? */
bool project_is_home(void);

/* Where runs go unless --out says where: results/ of the project where it is written, else of the
 * working directory. */
char const *project_results(void);

/* The path of a file or folder: an absolute path itself, a relative one in the project or, where it
 * is not there, in home; in the project, where it is in neither. The caller frees it. */
char *project_path(char const *path);

/* For a test, before anything is looked up: peers_forget forgets those of the previous home. NULL
 * for the project finds it anew from the working directory. */
void project_set(char const *home, char const *project);

#endif
