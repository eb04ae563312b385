/* time+5.c -- 5 % more time.
 *
 * The share was tuned in the warm cell of experiments/certify.yaml, on 2 shared vCPUs;
 * experiments/planted_changes.yaml measures what it is.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.pairs_of_calls = 0.11112};
