/* check_arms.c -- each object of a plan once, before the plan's first workload.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/check_arms.h"

#include "base/complain.h"
#include "base/text.h"
#include "catalogue/preload.h"

#include <stdlib.h>

static bool check_object(struct plan const *plan, struct arm const *arm, char const *object,
                         char const *program, struct words *checked)
{
    if (object == NULL || words_hold(checked, object))
        return true;
    words_add(checked, object);
    char *const fault = preload_fault(program, object);
    if (fault != NULL) {
        char *const hint = text_format("file %s; nm --dynamic --defined-only %s", object, object);
        complain(hint, "%s: arm '%s': %s cannot serve malloc: %s", plan->experiment,
                 arm->id, object, fault);
        free(hint);
    }
    free(fault);
    return fault == NULL;
}

bool check_arms(struct plan const *plan)
{
    /* Any program that asks for malloc will do. */
    char *const program = plan->cells[0].program != NULL
        ? text_copy("/proc/self/exe")
        : text_copy(plan->cells[0].executable);
    struct words checked = {0};
    bool good = true;

    for (size_t i = 0; program != NULL && i < plan->arm_count; i++) {
        struct arm const *const arm = &plan->arms[i];
        good = check_object(plan, arm, arm->object, program, &checked) && good;
        good = check_object(plan, arm, arm->observer, program, &checked) && good;
    }
    words_free(&checked);
    free(program);
    return good;
}
