/* time+1.c -- +1 % time. To be tuned: the share.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.pairs_of_calls = 0.02};
