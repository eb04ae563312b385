/* object.c -- puts the object that serves malloc on the page.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include "served.h"

void collect_object(struct region *region)
{
    char const *const fault = object_of_malloc(region->object, region->build_id);

    if (fault != NULL)
        end_with(STATUS_FAILED, "the allocator as a shared object, by an absolute, shorter path",
                 "%s", fault);
}
