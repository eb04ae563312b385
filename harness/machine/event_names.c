/* event_names.c -- the names of perf events, from libpfm4 and tracefs.
 *
 * SPDX-License-Identifier: MIT */
#include "machine/event_names.h"

#include "base/text.h"
#include "machine/event.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char const *const event_names_default[] = {
    "page-faults",      "minor-faults",   "major-faults",
    "context-switches", "cpu-migrations", "task-clock",
};
size_t const event_names_default_count = sizeof event_names_default / sizeof *event_names_default;

/* By default libpfm4 knows only the events of the processor it runs on, but an experiment may have
 * been written elsewhere. It is initialised again around the query: with this setting it would also
 * encode another processor's event, and the kernel would count something else under that name. */
static bool is_known_for_any_processor(char const *name)
{
    static char const setting[] = "LIBPFM_ENCODE_INACTIVE";

    pfm_terminate();
    setenv(setting, "1", 1);
    bool const known = event_encode(name).absence[0] == 0;
    pfm_terminate();
    unsetenv(setting);
    return known;
}

char *event_name_fault(char const *name)
{
    struct event const event = event_encode(name);

    if (event.absence[0] == 0 || event.undecided || is_known_for_any_processor(name))
        return NULL;
    return text_copy(event.absence);
}

char *event_absence(char const *name)
{
    struct event const event = event_encode(name);
    int refusal = 0;

    if (event.absence[0] != 0)
        return text_copy(event.absence);
    int const fd = event_open(&event, true, -1, &refusal);
    if (fd < 0)
        return text_copy(strerror(refusal));
    close(fd);
    return NULL;
}
