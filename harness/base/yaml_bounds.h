/* yaml_bounds.h -- is a text one YAML document, and none that takes a parser forever?
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_YAML_BOUNDS_H
#define SLABLAB_YAML_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

enum { YAML_BYTES_MOST = 1 << 20, YAML_DEPTH_MOST = 16 };

/* Complains, with the line, of a second document and of lists and mappings within one another more
 * than YAML_DEPTH_MOST deep. Faults of syntax are left to the parser that comes after. */
bool yaml_bounds_hold(char const *path, char const *text, size_t size);

#endif
