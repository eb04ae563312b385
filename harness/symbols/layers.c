/* layers.c -- declared layers, and those of files.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/layers.h"

#include <string.h>

static char const layer_page_fault[] = "page_fault";
char const layer_system_call[] = "system_call";
char const layer_kernel[] = "kernel";
char const layer_workload[] = "workload";
char const layer_c_library[] = "c_library";
char const layer_allocator[] = "allocator";
char const layer_other[] = "other";

/* The C library, its loader, or the kernel's part of it (vdso). "libm" stands for libm.so.6 and
 * libm-2.31.so, not for libmimalloc.so. */
static bool is_c_library(char const *path)
{
    static char const *const stems[] = {"libc", "ld", "libm", "libpthread", "libdl", "librt"};
    char const *const slash = strrchr(path, '/');
    char const *const name = slash == NULL ? path : slash + 1;

    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++) {
        size_t const length = strlen(stems[i]);
        if (strncmp(name, stems[i], length) == 0 && (name[length] == '.' || name[length] == '-'))
            return true;
    }
    return strcmp(name, "[vdso]") == 0 || strcmp(name, "[vsyscall]") == 0;
}

char const *layer_of_object(struct layer_objects const *objects, struct object const *object)
{
    char const *const path = object == NULL ? "" : object_path(object);

    if (path[0] == '\0')
        return layer_other;
    if (strcmp(path, objects->program) == 0)
        return layer_workload;
    if (is_c_library(path))
        return layer_c_library;
    return strcmp(path, objects->allocator) == 0 ? layer_allocator : layer_other;
}

char const *layer_declared(struct location const *location)
{
    struct frames const frames = location_frames(location);

    for (size_t i = 0; i < frames.count; i++)
        if (frames.frame[i].layer != NULL)
            return frames.frame[i].layer;
    return NULL;
}

char const *layer_of_user_stack(struct layer_objects const *objects,
                                struct location const *location, size_t count)
{
    struct object const *const innermost = count == 0 ? NULL : location[0].object;

    for (size_t i = 0; i < count && innermost != NULL && location[i].object == innermost; i++) {
        char const *const layer = layer_declared(&location[i]);
        if (layer != NULL)
            return layer;
    }
    return layer_of_object(objects, innermost);
}

static bool is_one_of(char const *name, char const *const *known)
{
    for (; *known != NULL; known++)
        if (strcmp(name, *known) == 0)
            return true;
    return false;
}

char const *layer_of_kernel(char const *const *names, size_t count)
{
    static char const *const faults[] = {"asm_exc_page_fault", "do_mem_abort", NULL};
    static char const *const calls[] = {"entry_SYSCALL_64_after_hwframe", "entry_SYSCALL_64",
                                        "do_syscall_64", "el0_svc", NULL};
    bool hidden = false;
    bool call = false;

    for (size_t i = 0; i < count; i++) {
        if (names[i] != NULL && is_one_of(names[i], faults))
            return layer_page_fault;
        hidden = hidden || names[i] == NULL;
        call = call || (names[i] != NULL && is_one_of(names[i], calls));
    }
    return call ? layer_system_call : hidden ? layer_kernel : layer_other;
}
