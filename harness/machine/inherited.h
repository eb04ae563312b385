/* inherited.h -- what samples inherit from the process that started slablab, and what that process
 * was itself subject to.
 *
 * A shell, a container or a debugger may set these; fork and exec keep them. Nothing needs root.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_INHERITED_H
#define SLABLAB_INHERITED_H

#include <jansson.h>
#include <stdbool.h>

/* The object `process` of machine.json: personality, scheduling, memory settings, limits. */
json_t *inherited_process(void);

/* The object `caller` of machine.json: the tracer, and the names of variables that steer the
 * loader or the C library. Samples are not given those variables. */
json_t *inherited_caller(void);

/* Do this process and its samples get the same addresses again and again, whatever the machine's
 * setting is? */
bool inherited_no_randomization(void);

#endif
