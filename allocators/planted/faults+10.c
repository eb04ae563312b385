/* faults+10.c -- 10 % more page faults where memory is fresh.
 *
 * In the cells of experiments/certify.yaml 123 in place of 112 (warm) and 4,653 in place of 4,229.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.pages_of_page = 0.10};
