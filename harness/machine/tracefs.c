/* tracefs.c -- finds tracefs, or mounts it privately.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "machine/tracefs.h"

#include "base/text.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

enum { PATH_BYTES_MAX = 256 };

/* events_fd == -1: it cannot be read. */
static struct {
    char const *source;
    int events_fd;
    bool looked;
} tracefs = {.events_fd = -1};

/* The last dot requires search permission for the folder, which looking up a tracepoint needs. */
static int open_events(int folder_fd, char const *path)
{
    return openat(folder_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* The mount lives as long as something in it is open. */
static int open_own_events(void)
{
    int const context_fd = fsopen("tracefs", FSOPEN_CLOEXEC);

    if (context_fd < 0)
        return -1;
    bool const made = fsconfig(context_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0;
    int const mount_fd = made ? fsmount(context_fd, FSMOUNT_CLOEXEC, 0) : -1;
    close(context_fd);
    if (mount_fd < 0)
        return -1;
    int const events_fd = open_events(mount_fd, "events/.");
    close(mount_fd);
    return events_fd;
}

static void look(void)
{
    static struct {
        char const *events;
        char const *source;
    } const mounts[] = {
        {"/sys/kernel/tracing/events/.", "at /sys/kernel/tracing"},
        {"/sys/kernel/debug/tracing/events/.", "at /sys/kernel/debug/tracing"},
    };

    tracefs.looked = true;
    for (size_t i = 0; tracefs.events_fd < 0 && i < sizeof mounts / sizeof *mounts; i++) {
        tracefs.source = mounts[i].source;
        tracefs.events_fd = open_events(AT_FDCWD, mounts[i].events);
    }
    if (tracefs.events_fd < 0) {
        tracefs.source = "by a mount of our own";
        tracefs.events_fd = open_own_events();
    }
}

char const *tracefs_source(void)
{
    if (!tracefs.looked)
        look();
    return tracefs.events_fd >= 0 ? tracefs.source : NULL;
}

bool tracefs_number(char const *name, uint64_t *number)
{
    char path[PATH_BYTES_MAX];
    char digits[32] = "";
    char const *const colon = strchr(name, ':');

    if (tracefs_source() == NULL || colon == NULL ||
        snprintf(path, sizeof path, "%.*s/%s/id", (int)(colon - name), name, colon + 1) >=
            PATH_BYTES_MAX)
        return false;
    int const fd = openat(tracefs.events_fd, path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool const said = read(fd, digits, sizeof digits - 1) > 0;
    close(fd);
    digits[strcspn(digits, "\n")] = '\0';
    return said && text_to_number(digits, number);
}
