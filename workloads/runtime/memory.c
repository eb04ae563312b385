/* memory.c -- the process's memory, from /proc/self.
 *
 * Read by the measured process itself: ru_maxrss of a child starts from its parent's peak.
 *
 * SPDX-License-Identifier: MIT */
#include "runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_MAX = 8192, KIBIBYTE = 1024 };

static char text[TEXT_MAX];

static void read_text(char const *path)
{
    size_t length = 0;
    ssize_t bytes;
    int const file = open(path, O_RDONLY | O_CLOEXEC);

    if (file < 0)
        end_with(STATUS_FAILED, "Linux 4.14 or later with /proc mounted", "cannot open %s: %s",
                 path, strerror(errno));
    while ((bytes = read(file, text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)bytes;
    close(file);
    text[length] = 0;
}

/* The number after "<key>:" at the start of a line, in KiB there and in bytes here. */
static uint64_t bytes_of(char const *path, char const *key)
{
    size_t const length = strlen(key);
    char const *line = text;

    while (line != NULL && (strncmp(line, key, length) != 0 || line[length] != ':')) {
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    if (line == NULL)
        end_with(STATUS_FAILED, "Linux 4.14 or later", "%s has no line '%s'", path, key);

    uint64_t kibibytes = 0;
    char const *digit = line + length + 1 + strspn(line + length + 1, " \t");
    for (; *digit >= '0' && *digit <= '9'; digit++)
        kibibytes = kibibytes * 10 + (uint64_t)(*digit - '0');
    return kibibytes * KIBIBYTE;
}

void collect_memory(struct region *region)
{
    static char const status[] = "/proc/self/status";
    static char const rollup[] = "/proc/self/smaps_rollup";

    read_text(status);
    region->vm_hwm_bytes = bytes_of(status, "VmHWM");
    read_text(rollup);
    region->rss_bytes = bytes_of(rollup, "Rss");
    region->pss_bytes = bytes_of(rollup, "Pss");
    region->private_dirty_bytes = bytes_of(rollup, "Private_Dirty");
    region->anon_huge_bytes = bytes_of(rollup, "AnonHugePages");
}
