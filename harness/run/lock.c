/* lock.c -- flock, which the kernel releases when the process ends.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run/lock.h"

#include "base/complain.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { ATTEMPTS = 20 };

static struct timespec const ATTEMPT_INTERVAL = {.tv_nsec = 50000000};

/* The descriptor stays open, and locked, until this process ends. False with errno: EWOULDBLOCK if
 * another process has the lock. */
static bool lock_path(char const *path)
{
    int const fd = open(path, O_RDONLY | O_CLOEXEC);
    int fault = errno;

    /* After a harness is killed, its sample holds the lock until the kernel has killed it too.
     */
    for (int attempt = 0; fd >= 0 && attempt < ATTEMPTS; attempt++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return true;
        fault = errno;
        if (fault != EWOULDBLOCK)
            break;
        nanosleep(&ATTEMPT_INTERVAL, NULL);
    }
    if (fd >= 0)
        close(fd);
    errno = fault;
    return false;
}

bool lock_folder(char const *folder)
{
    if (lock_path(folder))
        return true;
    if (errno == EWOULDBLOCK)
        complain("wait for it to end", "%s: another slablab is running there", folder);
    else
        complain("ls -ld that folder", "%s: cannot lock it: %s", folder, strerror(errno));
    return false;
}

bool lock_measuring(void)
{
    static char const executable[] = "/proc/self/exe";

    if (lock_path(executable))
        return true;
    if (errno == EWOULDBLOCK) {
        complain("wait for it to end; who it is: pgrep --list-full slablab",
                 "another slablab of this build is measuring, and two at a time would disturb each "
                 "other");
        return false;
    }
    complain("one run at a time", "note: cannot lock %s, so a second run would go unnoticed: %s",
             executable, strerror(errno));
    return true;
}
