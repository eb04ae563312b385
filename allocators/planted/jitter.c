/* jitter.c -- instructions that differ from process to process, by up to .3 %.
 *
 * Counted as in instructions+1.c.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.start_turns_max = 6700};
