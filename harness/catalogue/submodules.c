/* submodules.c -- git submodule update, with the repository's own modules for their addresses.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/submodules.h"

#include "base/complain.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "catalogue/git.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has_submodules(char const *worktree)
{
    char *const path = text_format("%s/.gitmodules", worktree);
    bool const has = access(path, F_OK) == 0;

    free(path);
    return has;
}

/* Lines of "submodule.NAME.path PATH"; NULL: none. */
static char *listed(char const *worktree)
{
    char *const path = text_format("%s/.gitmodules", worktree);
    char const *const list[] = {"config", "--file", path, "--get-regexp", "^submodule\\..*\\.path$",
                                NULL};
    char *const answer = git_answer(git_command(list));

    free(path);
    return answer;
}

/* "submodule.NAME" of a line; NULL of another. */
static char *section_of(char const *line)
{
    char const *const end = strstr(line, ".path ");

    return end != NULL ? text_copy_bytes(line, (size_t)(end - line)) : NULL;
}

/* Adds -c submodule.NAME.url=<git folder>/modules/NAME for each that is there. */
static void add_own_copies(struct words *options, char const *worktree)
{
    static char const *const where[] = {"rev-parse", "--path-format=absolute", "--git-common-dir",
                                        NULL};
    char *const common = git_answer(git_command(where));
    char *const lines = listed(worktree);
    char *rest = lines;
    char *line;

    while (common != NULL && rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
        char *const section = section_of(line);
        char *const copy = text_format("%s/modules/%s", common,
                                       section != NULL ? section + strlen("submodule.") : "");
        char *const option =
            text_format("%s.url=%s", section != NULL ? section : "", copy);
        if (section != NULL && access(copy, F_OK) == 0) {
            words_add(options, "-c");
            words_add(options, option);
        }
        free(option);
        free(copy);
        free(section);
    }
    free(lines);
    free(common);
}

bool submodules_check_out(char const *worktree, char const *label)
{
    static char const *const update[] = {"submodule", "--quiet", "update", "--init", "--recursive",
                                         NULL};
    struct words options = {0};

    if (!has_submodules(worktree))
        return true;
    words_add(&options, "-c");
    words_add(&options, "protocol.file.allow=always");
    add_own_copies(&options, worktree);
    char *const fault = git_fault(worktree, git_command_at(worktree, &options, update));
    words_free(&options);
    if (fault != NULL && !interrupted())
        complain("git submodule update --init --recursive in the repository: revisions take "
                 "submodules from it, offline too",
                 "revision %s has submodules that cannot be checked out:\n%s", label, fault);
    bool const done = fault == NULL && !interrupted();
    free(fault);
    return done;
}
