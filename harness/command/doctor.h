/* doctor.h -- what a check of `slablab doctor` is.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_DOCTOR_H
#define SLABLAB_DOCTOR_H

#include <stddef.h>

enum verdict { VERDICT_OK, VERDICT_NOTE, VERDICT_WARN, VERDICT_IMPOSSIBLE };

/* The finding of a check; it owns the text. */
struct finding {
    enum verdict verdict;
    char *found;
};

struct check {
    char const *what;
    char const *matters; /* why, shown unless the verdict is ok */
    char const *remedy;
    struct finding (*look)(void);
};

/* Takes the text. */
static inline struct finding doctor_finding(enum verdict verdict, char *found)
{
    return (struct finding){verdict, found};
}

/* doctor_inherited.c: what samples inherit from the caller, and the limits of a container. */
extern struct check const doctor_inherited[];
extern size_t const doctor_inherited_count;

#endif
