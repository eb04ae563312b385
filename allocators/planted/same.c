/* same.c -- the baseline without a change, built as the planted changes are.
 *
 * Its code is libbaseline.so's but for the name that it complains under.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.pairs_of_calls = 0};
