/* served_files.c -- copies in a temporary folder, and their paths turned back.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sample/served_files.h"

#include "base/complain.h"
#include "base/folder.h"
#include "base/hint.h"
#include "base/text.h"
#include "catalogue/preload_alias.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { ATTEMPTS = 8 };

static bool fault(char const *path)
{
    complain(hint_for(errno, "TMPDIR of a folder with room"), "%s cannot be copied: %s", path,
             strerror(errno));
    return false;
}

/* Can processes load what lies there? */
static bool may_load(char const *folder)
{
    struct statvfs status;

    return preload_takes(folder) && statvfs(folder, &status) == 0 &&
           (status.f_flag & ST_NOEXEC) == 0;
}

/* Does it look for others beside itself? */
static bool has_origin(int file, off_t size)
{
    static char const *const words[] = {"$ORIGIN", "${ORIGIN}"};
    char *const bytes = malloc((size_t)size + 1);
    bool const whole = bytes != NULL && pread(file, bytes, (size_t)size, 0) == (ssize_t)size;
    bool found = false;

    for (size_t i = 0; whole && i < 2; i++)
        found = found || memmem(bytes, (size_t)size, words[i], strlen(words[i])) != NULL;
    free(bytes);
    return found;
}

static bool copy_bytes(int from, off_t size, char const *to)
{
    int const into = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool copied = into >= 0;

    while (copied && size > 0) {
        ssize_t const sent = sendfile(into, from, NULL, (size_t)size);
        copied = sent > 0;
        size -= copied ? sent : 0;
    }
    return into >= 0 && close(into) == 0 && copied;
}

/* Replaces the path by its copy's. A file that cannot be read keeps its path: that it is gone is
 * found where it is loaded. */
static bool copy_file(struct served_files *served, char **path, size_t arm, size_t link)
{
    int const from = *path != NULL ? open(*path, O_RDONLY | O_CLOEXEC) : -1;
    struct stat status;
    bool good = true;

    if (from >= 0 && fstat(from, &status) == 0 && !has_origin(from, status.st_size)) {
        char *const to =
            arena_format(&served->arena, "%s/a%zu-%03zu.so", served->folder, arm, link);
        good = copy_bytes(from, status.st_size, to) || fault(*path);
        *path = to;
    }
    if (from >= 0)
        close(from);
    return good;
}

static bool copy_arm(struct served_files *served, struct arm *arm, size_t number)
{
    bool good = true;

    arm->links = arm->link_count > 0
                     ? arena_copy(&served->arena, arm->links, arm->link_count * sizeof *arm->links)
                     : NULL;
    for (size_t i = 0; good && i < arm->link_count; i++)
        good = copy_file(served, &arm->links[i].object, number, i);
    if (arm->link_count > 0)
        arm->object = arm->links[0].object;
    else
        good = copy_file(served, &arm->object, number, 0);
    return good;
}

/* The lock of a folder; -1 if another process has it, or there is none. */
static int lock_of(char const *folder)
{
    int const lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
    if (lock >= 0)
        close(lock);
    return -1;
}

/* Removes what killed runs have left there. */
static void sweep(char const *temporary)
{
    char *const pattern = text_format("%s/slablab-served.??????", temporary);
    glob_t found = {0};

    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++) {
            int const lock = lock_of(found.gl_pathv[i]);
            if (lock >= 0) {
                folder_remove(found.gl_pathv[i]);
                close(lock);
            }
        }
    globfree(&found);
    free(pattern);
}

/* A folder that no other run has swept before it was locked. */
static bool make_folder(struct served_files *served, char const *temporary)
{
    for (size_t attempt = 0; attempt < ATTEMPTS; attempt++) {
        served->folder = text_format("%s/slablab-served.XXXXXX", temporary);
        if (mkdtemp(served->folder) == NULL)
            break;
        served->lock = lock_of(served->folder);
        if (served->lock >= 0)
            return true;
        free(served->folder);
    }
    fault(served->folder);
    free(served->folder);
    served->folder = NULL;
    return false;
}

bool served_files_open(struct served_files *served, struct plan const *plan)
{
    char const *const asked = getenv("TMPDIR");
    char const *const temporary = asked != NULL && *asked == '/' ? asked : "/tmp";
    bool good = true;

    if (served->folder != NULL)
        return true;
    sweep(temporary);
    if (!make_folder(served, temporary))
        return false;
    served->plan = *plan;
    served->plan.arms =
        arena_copy(&served->arena, plan->arms, plan->arm_count * sizeof *plan->arms);
    for (size_t i = 0; good && may_load(served->folder) && i < plan->arm_count; i++)
        good = copy_arm(served, &served->plan.arms[i], i);
    return good;
}

void served_files_close(struct served_files *served)
{
    if (served->folder != NULL) {
        folder_remove(served->folder);
        close(served->lock);
    }
    free(served->folder);
    arena_free(&served->arena);
    *served = (struct served_files){.folder = NULL};
}

char const *served_files_planned(struct served_files const *served, struct plan const *plan,
                                 char const *path)
{
    for (size_t i = 0; served->folder != NULL && i < plan->arm_count; i++) {
        struct arm const *const planned = &plan->arms[i];
        size_t link = 0;
        do {
            char const *const copy = arm_link(&served->plan.arms[i], link).object;
            if (copy != NULL && text_equal(copy, path))
                return arm_link(planned, link).object;
        } while (++link < planned->link_count);
    }
    return path;
}
