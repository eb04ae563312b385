/* event_names.c -- which perf events there are, by the names that libpfm4 and tracefs know.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* syscall */
#include "event_names.h"

#include "text.h"

#include <errno.h>
#include <perfmon/pfmlib_perf_event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

char const *const event_names_default[] = {
    "page-faults",      "minor-faults",   "major-faults",
    "context-switches", "cpu-migrations", "task-clock",
};
size_t const event_names_default_count = sizeof event_names_default / sizeof *event_names_default;

static int encode(char const *name, struct perf_event_attr *attributes)
{
    pfm_perf_encode_arg_t request = {.attr = attributes, .size = sizeof request};
    int const fault = pfm_initialize();

    if (fault != PFM_SUCCESS)
        return fault;
    return pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &request);
}

/* By default libpfm4 knows the events of the processor it runs on alone; an experiment may be
 * written elsewhere. libpfm4 is started anew around the question, since with this setting it would
 * also encode another processor's event for counting, and the kernel would then count something
 * else under its name. */
static int encode_for_any_processor(char const *name)
{
    static char const setting[] = "LIBPFM_ENCODE_INACTIVE";
    struct perf_event_attr attributes = {.size = sizeof attributes};

    pfm_terminate();
    setenv(setting, "1", 1);
    int const fault = encode(name, &attributes);
    pfm_terminate();
    unsetenv(setting);
    return fault;
}

/* group:name in the letters of tracefs. */
static bool looks_like_tracepoint(char const *name)
{
    static char const letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t const group = strspn(name, letters);
    size_t const rest = name[group] == ':' ? strspn(name + group + 1, letters) : 0;

    return group > 0 && rest > 0 && name[group + 1 + rest] == '\0';
}

static bool tracefs_readable(void)
{
    return access("/sys/kernel/tracing/events", R_OK | X_OK) == 0;
}

/* The number of a tracepoint as text; NULL where tracefs has none. */
static char *tracepoint_number(char const *name)
{
    size_t const group = strcspn(name, ":");
    char *const path = text_format("/sys/kernel/tracing/events/%.*s/%s/id", (int)group, name,
                                   name + group + 1);
    char *const number = text_of_line_file(path);

    free(path);
    return number;
}

char *event_name_fault(char const *name)
{
    struct perf_event_attr attributes = {.size = sizeof attributes};
    int fault = encode(name, &attributes);

    if (fault != PFM_SUCCESS)
        fault = encode_for_any_processor(name);
    if (fault == PFM_SUCCESS)
        return NULL;
    /* Any fault but this one says that libpfm4 knows the event and not what follows its colon. */
    if (fault != PFM_ERR_NOTFOUND || !looks_like_tracepoint(name))
        return text_copy(pfm_strerror(fault));
    if (!tracefs_readable()) /* nobody can tell here whether it exists */
        return NULL;
    char *const number = tracepoint_number(name);
    bool const exists = number != NULL;
    free(number);
    return exists ? NULL : text_copy("neither libpfm4 nor /sys/kernel/tracing/events knows it");
}

static char *open_and_close(struct perf_event_attr *attributes)
{
    attributes->disabled = 1;
    attributes->inherit = 1;
    long event = syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0UL);
    if (event < 0 && (errno == EACCES || errno == EPERM)) {
        attributes->exclude_kernel = 1;
        event = syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0UL);
    }
    if (event < 0)
        return text_copy(strerror(errno));
    close((int)event);
    return NULL;
}

char *event_absence(char const *name)
{
    struct perf_event_attr attributes = {.size = sizeof attributes};
    int const fault = encode(name, &attributes);

    if (fault == PFM_SUCCESS)
        return open_and_close(&attributes);
    if (!looks_like_tracepoint(name))
        return text_copy(pfm_strerror(fault));
    if (!tracefs_readable())
        return text_copy("tracefs is not readable at /sys/kernel/tracing");
    char *const number = tracepoint_number(name);
    if (number == NULL)
        return text_copy("no such tracepoint in this kernel");
    attributes.type = PERF_TYPE_TRACEPOINT;
    attributes.config = strtoull(number, NULL, 10);
    free(number);
    return open_and_close(&attributes);
}
