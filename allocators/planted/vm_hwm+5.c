/* vm_hwm+5.c -- 5 % more peak resident memory of a process of 3 MB.
 *
 * Those are the warm cells of 400 slots; of the 18 MB of the cold one it is 0.8 %.
 *
 * SPDX-License-Identifier: MIT */
#include "planted/planted.h"

static struct planted const planted = {.start_pages = 38};
