/* instructions+1.c -- 1 % more instructions, whole ones: 0.85 % warm and 0.92 % cold.
 *
 * Counted by callgrind over the whole process, in the cells of experiments/certify.yaml.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.nops_of_call = 1};
