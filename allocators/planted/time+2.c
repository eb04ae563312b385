/* time+2.c -- +2 % time. To be tuned: the share.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.pairs_of_calls = 0.042};
