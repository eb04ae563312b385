/* mmap-per-refill.c -- one more mmap for each SuperSlab.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.maps_of_superslab = 1};
