/* mmap-per-refill.c -- one more mmap, and its munmap, for each SuperSlab that is mapped.
 *
 * 51 of each instead of 34 in the cold cell of experiments/certify.yaml; 0 stay 0 in the warm one.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.maps_of_superslab = 1};
