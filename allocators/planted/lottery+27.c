/* lottery+27.c -- 15 % of the processes take about 27 % more time.
 *
 * The products were tuned in the cells of experiments/certify.yaml, on 2 shared vCPUs, with a
 * chance of 1.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.products_of_call = 24, .chance = 0.15};
