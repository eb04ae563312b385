/* vm_hwm+5.c -- +5 % peak resident memory.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.start_pages = 38};
