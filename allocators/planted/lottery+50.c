/* lottery+50.c -- 20 % of the processes take about 50 % more time.
 *
 * The products were tuned as in lottery+27.c.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.products_of_call = 36, .chance = 0.20};
