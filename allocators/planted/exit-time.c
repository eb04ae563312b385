/* exit-time.c -- 20 ms of CPU time more after main, which no region holds.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.end_ms = 20};
