/* served.h -- which mapped file serves malloc in this process.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SERVED_H
#define SLABLAB_SERVED_H

#include "../region.h"

/* Its absolute path, and its build-id as it is mapped, "" without one; calls no malloc. Returns
 * what is wrong, or NULL. */
char const *object_of_malloc(char object[REGION_PATH_MAX], char build_id[REGION_BUILD_ID_MAX]);

/* The build-id of the mapped object that holds an address; "" without one. Calls no malloc. */
void build_id_at(uintptr_t address, char build_id[REGION_BUILD_ID_MAX]);

#endif
