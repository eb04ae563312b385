/* ready_links.h -- links that were made elsewhere (layouts.h), as a share has them.
 *
 *   BUILD/links/linker                    who made them all, as it called itself
 *   BUILD/links/<build-id>/NAME.000.so    of the code in the object of that build-id
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_READY_LINKS_H
#define SLABLAB_READY_LINKS_H

#include "base/text.h"

/* The folder of links below a build's; nothing need be there. The caller frees it. */
char *ready_links_folder(char const *build, char const *build_id);

/* Are there as many links of this object's code, under that name, beside the running slablab? They
 * are then added to `links`. */
bool ready_links_of(char const *object, char const *name, size_t count, struct words *links);

/* The caller frees it; NULL where no links are beside the running slablab. */
char *ready_linker(void);

#endif
