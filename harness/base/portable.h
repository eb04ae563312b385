/* portable.h -- texts without the names of this machine's folders, for files that are published.
 *
 *   /home/ada/mine/build/libx.so  ->  build/libx.so     in the project, or in Slablab's folder
 *   /home/ada/own.so              ->  ~/own.so          in the home folder
 *
 * Every file of a run is written through here (durable.c, record.c), so that no path of a checkout
 * and no user's name gets into one by any way: an arm, a workload's stderr, a frame without a name.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PORTABLE_H
#define SLABLAB_PORTABLE_H

#include <jansson.h>

/* Which folders are meant from now on. NULL, "" and "/" mean none. */
void portable_set_folders(char const *project, char const *slablab, char const *home);

/* The caller frees it. */
char *portable_text(char const *text);

/* A copy whose texts and keys are portable; NULL of NULL. The caller releases it. */
json_t *portable_json(json_t const *value);

#endif
