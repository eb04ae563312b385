/* worktree.c -- folders that are locked while they are in use, and git's records of them.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/worktree.h"

#include "base/complain.h"
#include "base/text.h"
#include "catalogue/git.h"
#include "catalogue/project.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static int open_folder(char const *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Between the making of a folder and its lock nothing may be swept. Returns a descriptor, or -1. */
static int lock_revisions(char const *revisions)
{
    int const fd = open_folder(revisions);

    while (fd >= 0 && flock(fd, LOCK_EX) != 0)
        if (errno != EINTR)
            break;
    return fd;
}

bool worktree_begin(char const *revisions, struct worktree *worktree)
{
    int const lock = lock_revisions(revisions);

    *worktree = (struct worktree){text_format("%s/worktree-XXXXXX", revisions), -1};
    if (mkdtemp(worktree->path) != NULL)
        worktree->fd = open_folder(worktree->path);
    bool const made = worktree->fd >= 0 && flock(worktree->fd, LOCK_EX | LOCK_NB) == 0;
    if (!made)
        complain("ls -ld that folder", "%s: cannot make a folder in it: %s", revisions,
                 strerror(errno));
    if (!made)
        free(worktree->path);
    if (lock >= 0)
        close(lock);
    return made;
}

/* Whatever state a checkout was broken off in: git registers a worktree, and locks it, before it
 * has its files. */
static void remove_worktree(char const *path)
{
    static char const *const prune[] = {"worktree", "prune", NULL};
    char const *const unlock[] = {"worktree", "unlock", path, NULL};
    char const *const forget[] = {"worktree", "remove", "--force", "--force", path, NULL};
    char *const fault = git_fault("/", git_command(forget));

    if (fault != NULL || access(path, F_OK) == 0) {
        struct words command = {0};
        words_add(&command, "rm");
        words_add(&command, "-rf");
        words_add(&command, "--");
        words_add(&command, path);
        free(git_fault("/", git_command(unlock)));
        free(git_fault("/", command));
        free(git_fault("/", git_command(prune)));
    }
    free(fault);
}

void worktree_end(struct worktree *worktree)
{
    remove_worktree(worktree->path);
    if (worktree->fd >= 0)
        close(worktree->fd);
    free(worktree->path);
    *worktree = (struct worktree){NULL, -1};
}

/* No process has it locked. */
static bool is_left(char const *path)
{
    int const fd = open_folder(path);
    bool const left = fd < 0 ? errno == ENOENT : flock(fd, LOCK_EX | LOCK_NB) == 0;

    if (fd >= 0)
        close(fd);
    return left;
}

static void add_folders(struct words *paths, char const *pattern)
{
    glob_t found = {0};

    if (glob(pattern, GLOB_ONLYDIR, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            words_add(paths, found.gl_pathv[i]);
    globfree(&found);
}

/* Those that git knows, whether or not their folders are there. */
static void add_registered(struct words *paths, char const *begin)
{
    static char const *const list[] = {"worktree", "list", "--porcelain", NULL};
    static char const key[] = "worktree ";
    char *const answer = git_answer(git_command(list));
    char *rest = answer;
    char *line;

    while ((line = strsep(&rest, "\n")) != NULL) {
        char const *const path = line + strlen(key);
        if (strncmp(line, key, strlen(key)) == 0 && strncmp(path, begin, strlen(begin)) == 0 &&
            !words_hold(paths, path))
            words_add(paths, path);
    }
    free(answer);
}

void worktree_sweep(void)
{
    char *const revisions = text_format("%s/revisions", project_cache());
    char *const begin = text_format("%s/worktree-", revisions);
    char *const pattern = text_format("%s*", begin);
    int const lock = lock_revisions(revisions);
    struct words paths = {0};

    add_folders(&paths, pattern);
    add_registered(&paths, begin);
    for (size_t i = 0; i < paths.count; i++)
        if (is_left(paths.word[i]))
            remove_worktree(paths.word[i]);
    words_free(&paths);
    if (lock >= 0)
        close(lock);
    free(pattern);
    free(begin);
    free(revisions);
}
