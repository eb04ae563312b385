/* faults+10.c -- +10 % page faults where memory is fresh.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.pages_of_page = 0.10};
