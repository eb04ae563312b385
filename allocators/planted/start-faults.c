/* start-faults.c -- 5,000 page faults more before main.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.start_faults = 5000};
