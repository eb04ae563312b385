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

struct served_file {
    char **kept;   /* of each link, as it was when the run began; NULL: they stay in place */
    char *copy[2]; /* paths: of the block's copy, and of the next one's */
    size_t turn;   /* which of them is loaded */
    size_t link;   /* of which it is one */
};

struct served_arm {
    struct served_file object;
    struct served_file program; /* has one link */
};

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

static bool copy_bytes(int from, struct stat const *status, char const *to)
{
    int const into = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, status->st_mode & 0777);
    off_t size = status->st_size;
    bool copied = into >= 0;

    while (copied && size > 0) {
        ssize_t const sent = sendfile(into, from, NULL, (size_t)size);
        copied = sent > 0;
        size -= copied ? sent : 0;
    }
    return into >= 0 && close(into) == 0 && copied;
}

static bool copy_file(char const *path, char const *to)
{
    int const from = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    bool const good =
        from >= 0 && fstat(from, &status) == 0 && copy_bytes(from, &status, to);

    if (!good)
        fault(path);
    if (from >= 0)
        close(from);
    return good;
}

/* That one cannot be read is found where it is loaded. */
static bool may_move(char const *path)
{
    int const file = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    struct stat status;
    bool const may = file >= 0 && fstat(file, &status) == 0 && !has_origin(file, status.st_size);

    if (file >= 0)
        close(file);
    return may;
}

/* Keeps these files of an arm, its object's links or its program, as STEM-000, STEM-001 ... */
static bool keep(struct served_files *served, struct served_file *file, char *const *paths,
                 size_t count, char const *stem)
{
    struct arena *const arena = &served->arena;
    bool good = true;

    for (size_t i = 0; i < count; i++)
        if (!may_move(paths[i]))
            return true;
    file->kept = arena_zeroed(arena, count * sizeof *file->kept);
    for (size_t i = 0; good && i < count; i++) {
        file->kept[i] = arena_format(arena, "%s/%s-%03zu.so", served->folder, stem, i);
        good = copy_file(paths[i], file->kept[i]);
    }
    for (size_t i = 0; i < 2; i++)
        file->copy[i] = arena_format(arena, "%s/%s%c.so", served->folder, stem, "ab"[i]);
    return good;
}

static bool keep_arm(struct served_files *served, struct arm const *arm, size_t number)
{
    struct arena *const arena = &served->arena;
    size_t const count = arm->link_count > 0 ? arm->link_count : 1;
    char **const objects = arena_zeroed(arena, count * sizeof *objects);
    char const *const stem = arena_format(arena, "%zu", number);

    for (size_t i = 0; i < count; i++)
        objects[i] = arm_link(arm, i).object;
    return keep(served, &served->arms[number].object, objects, count, stem) &&
           (served->plan.gate.in_place ||
            keep(served, &served->arms[number].program, &arm->program, 1,
                 arena_format(arena, "%sp", stem)));
}

/* What the arm loads, whichever link is asked for. */
static void set_object(struct arm *arm, char *object)
{
    arm->object = object;
    for (size_t i = 0; i < arm->link_count; i++)
        arm->links[i].object = object;
}

/* The copy before it is still there. NULL on a fault. */
static char *renew(struct served_file *file, size_t link)
{
    file->turn = 1 - file->turn;
    return copy_file(file->kept[link], file->copy[file->turn]) ? file->copy[file->turn] : NULL;
}

static bool renew_object(struct served_files *served, size_t number, size_t link)
{
    struct served_file *const file = &served->arms[number].object;

    file->link = link;
    if (file->kept == NULL)
        return true;
    char *const copy = renew(file, link);
    if (copy != NULL)
        set_object(&served->plan.arms[number], copy);
    return copy != NULL;
}

static bool renew_program(struct served_files *served, size_t number)
{
    struct served_file *const file = &served->arms[number].program;

    if (file->kept == NULL)
        return true;
    char *const copy = renew(file, 0);
    if (copy != NULL)
        served->plan.arms[number].program = copy;
    return copy != NULL;
}

static void remove_former(struct served_file const *file)
{
    if (file->kept != NULL)
        unlink(file->copy[1 - file->turn]);
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
    served->arms = arena_zeroed(&served->arena, plan->arm_count * sizeof *served->arms);
    bool const loads = may_load(served->folder);
    for (size_t i = 0; good && i < plan->arm_count; i++) {
        struct arm *const arm = &served->plan.arms[i];
        if (arm->link_count > 0)
            arm->links =
                arena_copy(&served->arena, arm->links, arm->link_count * sizeof *arm->links);
        good = (!loads || keep_arm(served, arm, i)) && renew_object(served, i, 0) &&
               renew_program(served, i);
    }
    return good;
}

bool served_files_renew(struct served_files *served, size_t const *order, size_t const *links)
{
    bool good = true;

    for (size_t i = 0; good && i < served->plan.arm_count; i++)
        good = renew_object(served, order[i], links[order[i]]) &&
               renew_program(served, order[i]);
    for (size_t i = 0; i < served->plan.arm_count; i++) {
        remove_former(&served->arms[i].object);
        remove_former(&served->arms[i].program);
    }
    return good;
}

bool served_files_take(struct served_files *served, size_t arm, size_t link)
{
    if (served->arms[arm].object.link == link)
        return true;
    bool const good = renew_object(served, arm, link);
    remove_former(&served->arms[arm].object);
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
        struct served_file const *const file = &served->arms[i].object;
        if (file->kept != NULL && text_equal(file->copy[file->turn], path))
            return arm_link(&plan->arms[i], file->link).object;
    }
    return path;
}
