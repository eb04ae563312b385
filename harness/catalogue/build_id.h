/* build_id.h -- the build-id of an object file.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_BUILD_ID_H
#define SLABLAB_BUILD_ID_H

/* The build-id of an ELF file in hexadecimal; "" if it has none or cannot be read. The caller
 * frees it. */
char *catalogue_build_id(char const *path);

#endif
