/* layout_script.h -- the script by which the linker lays out one object in another order.
 *
 *   default    .text: main_a main_b main_c            one after another, as the source has them
 *   link 7     .text: ..main_c....main_a..main_b.     shuffled, with gaps
 *
 * It is the linker's own script with the object's sections named, in a drawn order, before the
 * patterns that would take them: functions (those that are called often and those that are not,
 * each among themselves), data, zeroed data and thread-local data. Gaps are whole cache lines, so
 * that every section keeps its alignment. Constants stay where they are.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LAYOUT_SCRIPT_H
#define SLABLAB_LAYOUT_SCRIPT_H

#include "base/text.h"

#include <stdint.h>

/* The names of an object file's sections in their order; none where it cannot be read. words_free
 * releases them. */
struct words layout_sections(char const *object);

/* `usual` is the linker's script; the key decides order and gaps, and key 0 changes nothing. NULL
 * if the script has no place for functions. The caller frees it. */
char *layout_script(char const *usual, struct words const *sections, uint64_t key);

#endif
