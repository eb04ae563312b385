/* mmap-per-refill.c -- one more mmap, and its munmap, for each SuperSlab that is mapped.
 *
 * 6 of each instead of 4 in the cold cell of experiments/certify_counts.yaml; 0 stay 0 in the warm
 * one.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.maps_of_superslab = 1};
