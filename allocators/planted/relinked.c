/* relinked.c -- the baseline's code at other addresses: nothing but 1,040 bytes before it that are
 * never run.
 *
 * SPDX-License-Identifier: MIT */
__asm__(".pushsection .text\n.skip 1040, 0x90\n.popsection\n");

#include "planted/planted.h"

static struct planted const planted = {.pairs_of_calls = 0};
