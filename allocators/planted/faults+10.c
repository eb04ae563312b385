/* faults+10.c -- 10 % more page faults where memory is fresh.
 *
 * In the cells of experiments/certify_counts.yaml 88 instead of 80 (warm) and 433 instead of 390.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.pages_of_page = 0.10};
