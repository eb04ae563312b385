/* lock.c -- flock, which the kernel releases when the process ends.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "run/lock.h"

#include "base/complain.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { ATTEMPTS = 20 };

static struct timespec const ATTEMPT_INTERVAL = {.tv_nsec = 50000000};
static int machine_fd = -1; /* the machine's lock, while this process has it */

/* The descriptor stays open, and locked, until this process ends. -1 with errno: EWOULDBLOCK if
 * another process has the lock. */
static int lock_path(char const *path)
{
    int const fd = open(path, O_RDONLY | O_CLOEXEC);
    int fault = errno;

    /* After a harness is killed, its sample holds the lock until the kernel has killed it too.
     */
    for (int attempt = 0; fd >= 0 && attempt < ATTEMPTS; attempt++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0)
            return fd;
        fault = errno;
        if (fault != EWOULDBLOCK)
            break;
        nanosleep(&ATTEMPT_INTERVAL, NULL);
    }
    if (fd >= 0)
        close(fd);
    errno = fault;
    return -1;
}

bool lock_folder(char const *folder)
{
    if (lock_path(folder) >= 0)
        return true;
    if (errno == EWOULDBLOCK)
        complain("wait for it to end", "%s: another slablab is running there", folder);
    else
        complain("ls -ld that folder", "%s: cannot lock it: %s", folder, strerror(errno));
    return false;
}

/* Opened for reading, a file of another user's can be locked too. */
static bool make_readable(char const *path)
{
    int const fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0644);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* The first of these that this user can have; all users of a machine have the same one. */
static char const *machine_file(void)
{
    static char const *const files[] = {"/run/lock/slablab", "/tmp/slablab.lock"};
    char const *const named = getenv("SLABLAB_LOCK");

    if (named != NULL && *named != '\0')
        return make_readable(named) ? named : NULL;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (access(files[i], R_OK) == 0 || make_readable(files[i]))
            return files[i];
    return NULL;
}

/* -1 with errno. */
static int wait_for(char const *path)
{
    int const fd = open(path, O_RDONLY | O_CLOEXEC);

    while (fd >= 0 && flock(fd, LOCK_EX) != 0)
        if (errno != EINTR) {
            close(fd);
            return -1;
        }
    return fd;
}

/* The process that waits longest stands at the turnstile, FILE.next, and one that has just had a
 * turn queues behind it: else it would be the first to lock again. Without a turnstile the first to
 * lock has the turn. */
static int wait_in_turn(char const *path)
{
    char *const next = text_format("%s.next", path);
    int const turnstile =
        access(next, R_OK) == 0 || make_readable(next) ? wait_for(next) : -1;
    int fd = lock_path(path);

    if (fd < 0 && errno == EWOULDBLOCK) {
        fputs("waiting: another slablab is measuring on this machine\n", stderr);
        fd = wait_for(path);
    }
    if (turnstile >= 0)
        close(turnstile);
    free(next);
    return fd;
}

void lock_measuring_end(void)
{
    if (machine_fd >= 0)
        close(machine_fd);
    machine_fd = -1;
}

bool lock_measuring(bool wait)
{
    char const *const path = machine_file();

    machine_fd = path == NULL ? -1 : wait ? wait_in_turn(path) : lock_path(path);
    if (machine_fd >= 0)
        return true;
    if (path != NULL && errno == EWOULDBLOCK) {
        complain("--wait, or wait for it to end; which it is: pgrep --list-full slablab",
                 "another slablab is measuring on this machine, and two at a time would disturb "
                 "each other");
        return false;
    }
    complain("one run at a time; SLABLAB_LOCK=FILE names another file to lock",
             "note: cannot lock %s, so a second run would go unnoticed: %s",
             path != NULL ? path : "/run/lock/slablab or /tmp/slablab.lock", strerror(errno));
    return true;
}
