/* list.h -- a ring of links inside the structures that it joins.
 *
 *   struct link *list ->  newest <-> ... <-> oldest <-> (newest)        NULL when empty
 *
 * Every operation is O(1), taking a link out of the middle included.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LIST_H
#define SLABLAB_LIST_H

#include "core/base.h"

struct link {
    struct link *next;
    struct link *previous;
};

static inline void list_push(struct link **list, struct link *link)
{
    if (*list == NULL) {
        link->next = link;
        link->previous = link;
    } else {
        link->next = *list;
        link->previous = (*list)->previous;
        link->previous->next = link;
        link->next->previous = link;
    }
    *list = link;
}

/* link must be in list. */
static inline void list_remove(struct link **list, struct link *link)
{
    if (link->next == link) {
        *list = NULL;
        return;
    }
    link->previous->next = link->next;
    link->next->previous = link->previous;
    if (*list == link)
        *list = link->next;
}

#endif
