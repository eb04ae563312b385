/* cached_build.c -- a worktree, the build in it, and its artifacts moved to the cache at once.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/cached_build.h"

#include "base/arena.h"
#include "base/complain.h"
#include "base/durable.h"
#include "base/folder.h"
#include "base/interrupt.h"
#include "base/logged.h"
#include "base/status_line.h"
#include "catalogue/git.h"
#include "catalogue/project.h"
#include "catalogue/submodules.h"
#include "catalogue/worktree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_SHOWN = 20 };

/* What a hook of git, or a make that calls slablab, would have the build take for its own. */
static char const *const not_inherited[] = {
    "GIT_DIR",  "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "MAKEFLAGS",
    "MAKELEVEL", "MFLAGS",       "OLDPWD",         NULL,
};

/* What the steps of one build share. */
struct build {
    struct arena arena; /* holds all that they make up */
    char const *commit;
    char const *label;
    struct recipe const *recipe;
    json_t *question;
    char *revisions; /* of the cache */
    char *folder;    /* of this build in it */
    struct worktree worktree;
    char *sources; /* the project's folder in the worktree */
    char *staging; /* what becomes `folder`; in the worktree, and swept with it */
};

static bool is_file(char const *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_complete(struct build *build)
{
    struct words const *const artifacts = &build->recipe->artifacts;
    bool complete = is_file(arena_format(&build->arena, "%s/build.json", build->folder));

    for (size_t i = 0; complete && i < artifacts->count; i++)
        complete = is_file(arena_format(&build->arena, "%s/%s", build->folder, artifacts->word[i]));
    return complete;
}

/* What the build depends on, and with it the folder. False after a complaint. */
static bool ask(struct build *build)
{
    static char const *const prefix[] = {"rev-parse", "--show-prefix", NULL};
    struct arena *const arena = &build->arena;
    char *const name = arena_format(arena, "%s^{tree}", build->commit);
    char const *const tree_of[] = {"rev-parse", "--verify", "--quiet", name, NULL};
    char const *const tree = arena_keep(arena, git_answer(git_command(tree_of)));
    char const *const part = arena_keep(arena, git_answer(git_command(prefix)));

    if (tree == NULL || part == NULL) {
        complain("git fsck", "revision %s has no tree", build->label);
        return false;
    }
    build->question = build_question(tree, part, build->recipe);
    build->revisions = arena_format(arena, "%s/revisions", project_cache());
    build->folder = arena_format(arena, "%s/%s", build->revisions,
                                 arena_keep(arena, build_key(build->question)));
    return true;
}

static bool check_out(struct build *build)
{
    char const *const add[] = {"worktree",           "add",         "--quiet", "--detach",
                               build->worktree.path, build->commit, NULL};
    char const *const part = json_string_value(json_object_get(build->question, "folder"));
    char *const fault = git_fault("/", git_command(add));

    if (fault != NULL && !interrupted())
        complain("git worktree prune; df -h", "revision %s cannot be checked out:\n%s",
                 build->label, fault);
    bool const added = fault == NULL && !interrupted();
    free(fault);
    build->sources = arena_format(&build->arena, "%s%s%.*s", build->worktree.path,
                                  *part != '\0' ? "/" : "",
                                  (int)strlen(part) - (*part != '\0'), part);
    build->staging = arena_format(&build->arena, "%s/.slablab", build->worktree.path);
    if (added && access(build->sources, F_OK) != 0) {
        complain("a later revision", "revision %s has no folder %s", build->label, part);
        return false;
    }
    return added && submodules_check_out(build->worktree.path, build->label) &&
           folder_make(build->staging);
}

/* The last lines of a file. */
static char *end_of(struct arena *arena, char const *path)
{
    size_t size = 0;
    char *const text = arena_keep(arena, text_of_file(path, &size));
    size_t lines = 0;

    while (size > 0 && text[size - 1] == '\n')
        text[--size] = '\0';
    while (size > 0 && lines < LINES_SHOWN)
        lines += text[--size] == '\n';
    return text == NULL ? arena_text(arena, "") : text + size + (lines == LINES_SHOWN);
}

/* The log of a build that made nothing stays. Always false. */
static bool refuse(struct build *build, char const *why)
{
    char const *const log = arena_format(&build->arena, "%s/build.log", build->staging);
    char const *const kept = arena_format(&build->arena, "%s.log", build->folder);
    char const *const end = end_of(&build->arena, log);
    bool const is_kept = rename(log, kept) == 0;

    status_line_end();
    complain(is_kept ? arena_format(&build->arena, "the whole log, %s", kept) : NULL,
             "revision %s cannot be built: %s; %s%s", build->label, why,
             *end != '\0' ? "its output ends in:\n" : "it printed nothing", end);
    return false;
}

static bool compile(struct build *build)
{
    char const *const log = arena_format(&build->arena, "%s/build.log", build->staging);
    char *why = NULL;

    status_line_say("building", build->label);
    bool const done = logged_run(build->sources, build->recipe->command, not_inherited,
                                 &build->recipe->environment, log, &why) &&
                      !interrupted();
    if (!done && !interrupted())
        refuse(build, why);
    free(why);
    status_line_end();
    return done;
}

/* A link's target under the link's name: the folder of a key needs nothing of the worktree. */
static bool collect(struct build *build, char const *path)
{
    struct arena *const arena = &build->arena;
    char const *const made = arena_format(arena, "%s/%s", build->sources, path);
    char const *const real = arena_keep(arena, realpath(made, NULL));
    char *const kept = arena_format(arena, "%s/%s", build->staging, path);

    if (real == NULL || !is_file(real))
        return refuse(build, arena_format(arena, "it made no file '%s', which slablab.yaml names "
                                          "as an artifact", path));
    char *const above = arena_format(arena, "%.*s", (int)(strrchr(kept, '/') - kept), kept);
    char const *const copy = arena_format(arena, "%s/%s", above, strrchr(real, '/') + 1);
    return folder_make(above) && folder_copy(real, above) &&
           (text_equal(copy, kept) || rename(copy, kept) == 0);
}

/* Another process may have built the same meanwhile. */
static bool install(struct build *build)
{
    struct words const *const artifacts = &build->recipe->artifacts;
    json_t *const made = json_array();
    bool done = true;

    for (size_t i = 0; done && i < artifacts->count; i++) {
        done = collect(build, artifacts->word[i]);
        if (done)
            json_array_append_new(made, build_artifact(build->staging, artifacts->word[i]));
    }
    json_object_set_new(build->question, "schema", json_string("slablab-build/1"));
    json_object_set_new(build->question, "commit", json_string(build->commit));
    json_object_set_new(build->question, "artifacts", made);
    if (!done || !durable_write_json(build->staging, "build.json", build->question))
        return false;
    if (rename(build->staging, build->folder) == 0 || is_complete(build))
        return true;
    folder_remove(build->folder); /* a part of it was removed */
    if (rename(build->staging, build->folder) == 0)
        return true;
    complain("ls -ld that folder", "%s: cannot put it there: %s", build->folder, strerror(errno));
    return false;
}

static bool build_it(struct build *build)
{
    bool built = folder_make(build->revisions) &&
                 worktree_begin(build->revisions, &build->worktree);

    if (!built)
        return false;
    built = check_out(build) && compile(build) && install(build);
    worktree_end(&build->worktree);
    return built;
}

char *cached_build(char const *commit, char const *label, struct recipe const *recipe)
{
    struct build build = {.commit = commit, .label = label, .recipe = recipe};

    interrupt_catch();
    bool const built = ask(&build) && (is_complete(&build) || build_it(&build)) && !interrupted();
    char *const folder = built ? text_copy(build.folder) : NULL;
    json_decref(build.question);
    arena_free(&build.arena);
    return folder;
}
