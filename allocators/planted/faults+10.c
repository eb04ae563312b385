/* faults+10.c -- 10 % more page faults where memory is fresh.
 *
 * In the cells of experiments/certify.yaml 123 instead of 112 (warm) and 4,653 instead of 4,229.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.pages_of_page = 0.10};
