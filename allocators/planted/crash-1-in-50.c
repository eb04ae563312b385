/* crash-1-in-50.c -- one process in fifty aborts.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.aborts = true, .chance = 1 / 50.0};
