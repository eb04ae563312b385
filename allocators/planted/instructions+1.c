/* instructions+1.c -- +1 % instructions.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.nops_of_call = 1};
