/* crash-1-in-8.c -- one process in eight aborts.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.aborts = true, .chance = 1 / 8.0};
