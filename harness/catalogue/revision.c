/* revision.c -- builds an allocator in a git worktree of a commit, and removes the worktree.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/revision.h"

#include "base/arena.h"
#include "base/capture.h"
#include "base/complain.h"
#include "base/folder.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "catalogue/catalogue.h"
#include "catalogue/git.h"
#include "catalogue/peers.h"
#include "catalogue/project.h"
#include "catalogue/worktree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES_SHOWN = 8 };

static char const phases_folder[] = "allocators/phases/";

/* What the steps of one build share. */
struct build {
    struct arena arena; /* holds all that they make up */
    char const *commit;
    char const *allocator;
    struct worktree worktree; /* of the whole repository */
    char *sources;  /* the project's folder in it, if the project is only a part of it */
    char *folder;   /* build/revisions/<commit> */
    char *object;   /* that folder's lib<allocator>.so */
};

static void add_all(struct words *command, char const *const *words)
{
    for (; *words != NULL; words++)
        words_add(command, *words);
}

/* Truncates a text after its first lines. */
static void shorten(char *text)
{
    for (size_t i = 0; i < LINES_SHOWN && text != NULL; i++)
        text = strchr(text + (i > 0), '\n');
    if (text != NULL)
        *text = '\0';
}

static char *hint_for(char const *name)
{
    static char const *const question[] = {"rev-parse", "--is-shallow-repository", NULL};
    struct words known = catalogue_phases();
    struct words peers = peers_names();
    char *const shallow = git_answer(git_command(question));

    for (size_t i = 0; i < peers.count; i++)
        words_add(&known, peers.word[i]);
    char const *const nearest = text_nearest(name, known.word, known.count);
    char *hint = nearest != NULL ? text_format("%s; ", nearest) : text_copy("");
    if (shallow != NULL && text_equal(shallow, "true"))
        text_append(&hint, "git fetch --unshallow (this clone is shallow); ");
    text_append(&hint, "slablab list allocators; git log --oneline");
    free(shallow);
    words_free(&peers);
    words_free(&known);
    return hint;
}

char *revision_find(char const *name)
{
    static char const *const repository[] = {"rev-parse", "--git-dir", NULL};
    char *const version[] = {"git", "--version", NULL};
    char *const object = text_format("%s^{commit}", name);
    char const *const verify[] = {"rev-parse", "--verify", "--quiet", object, NULL};
    char *why = NULL;
    char *const git = capture_line(version, &why);
    char *const found = git != NULL ? git_answer(git_command(repository)) : NULL;
    char *const commit = found != NULL ? git_answer(git_command(verify)) : NULL;

    if (git == NULL) {
        complain("apt-get install git; slablab list allocators",
                 "'%s' is no allocator, and whether it is a revision cannot be asked: %s", name,
                 why);
    } else if (found == NULL) {
        complain("slablab list allocators; a clone of the project",
                 "'%s' is no allocator, and %s is no git repository, where it could be a revision",
                 name, project_folder());
    } else if (commit == NULL) {
        char *const hint = hint_for(name);
        complain(hint, "'%s' is neither an allocator nor a revision in %s", name, project_folder());
        free(hint);
    }
    free(found);
    free(git);
    free(why);
    free(object);
    return commit;
}

/* Does the commit have the allocator? If not, complains and lists those it has. */
static bool has_allocator(struct build *build)
{
    char const *const list[] = {"ls-tree", "--name-only", build->commit, phases_folder, NULL};
    char const *const answered = arena_keep(&build->arena, git_answer(git_command(list)));
    struct words names = words_of(answered != NULL ? answered : "");
    char const *const wanted =
        arena_format(&build->arena, "%s%s.c", phases_folder, build->allocator);
    bool const has = words_hold(&names, wanted);
    char const *hint = "";

    for (size_t i = 0; i < names.count; i++)
        if (text_ends_with(names.word[i], ".c"))
            hint = arena_format(&build->arena, "%s%s%.*s", hint, *hint != '\0' ? ", " : "",
                                (int)(strlen(names.word[i]) - strlen(phases_folder) - 2),
                                names.word[i] + strlen(phases_folder));
    if (!has)
        complain(*hint != '\0' ? hint : "a revision that has allocators/phases/",
                 "revision %.12s has no allocator '%s'", build->commit, build->allocator);
    words_free(&names);
    return has;
}

static size_t lines_in(char const *text)
{
    size_t lines = 0;

    while (text != NULL && *text != '\0') {
        text += strcspn(text, "\n");
        text += *text == '\n';
        lines++;
    }
    return lines;
}

/* Prepares an empty folder for the worktree. */
static bool make_folders(struct build *build)
{
    static char const *const prefix[] = {"rev-parse", "--show-prefix", NULL};
    struct arena *const arena = &build->arena;
    char *const revisions = arena_format(arena, "%s/revisions", project_cache());

    build->folder = arena_format(arena, "%s/%s", revisions, build->commit);
    build->object = arena_format(arena, "%s/lib%s.so", build->folder, build->allocator);
    bool made = folder_make(build->folder);
    made = made && worktree_begin(revisions, &build->worktree);
    char *const part = made ? arena_keep(arena, git_answer(git_command(prefix))) : NULL;
    build->sources = arena_format(arena, "%s/%s", build->worktree.path, part != NULL ? part : "");
    build->sources[strlen(build->sources) - 1] = '\0'; /* the slash at the end of either */
    return made;
}

/* The Makefile's command for an allocator, run in the worktree. */
static struct words compiler_command(struct build *build)
{
    struct words command = words_of(BUILD_COMPILER " " BUILD_FLAGS);
    char *const map = arena_format(&build->arena, "-ffile-prefix-map=%s=%s", build->sources,
                                   project_folder());
    char *const source =
        arena_format(&build->arena, "%s%s.c", phases_folder, build->allocator);
    char const *const rest[] = {map, "-o", "revision.so", source, "-pthread", NULL};

    add_all(&command, rest);
    return command;
}

/* Renamed in one step: a running sample keeps the file that it has mapped. */
static bool install(struct build *build)
{
    char *const built = arena_format(&build->arena, "%s/revision.so", build->sources);
    bool const installed = rename(built, build->object) == 0;

    if (!installed)
        complain("ls -ld that folder", "%s: cannot put it there: %s", build->object,
                 strerror(errno));
    return installed;
}

static bool checkout_and_compile(struct build *build)
{
    char const *const add[] = {"worktree",           "add",         "--quiet", "--detach",
                               build->worktree.path, build->commit, NULL};
    char const *step = "git worktree add";
    char *fault = git_fault("/", git_command(add));

    if (fault == NULL && !interrupted()) {
        step = BUILD_COMPILER;
        fault = git_fault(build->sources, compiler_command(build));
    }
    if (fault != NULL && !interrupted()) {
        shorten(fault);
        complain("a revision that this build's compiler and flags can build; make V=1 shows them",
                 "%s of revision %.12s cannot be built: %s:\n%s", build->allocator, build->commit,
                 step, fault);
    }
    bool const built = fault == NULL && !interrupted();
    free(fault);
    return built && install(build);
}

/* How many files differ from the last commit, of those that a build could be made of. */
static size_t count_uncommitted(void)
{
    static char const *const tracked[] = {"status", "--porcelain", "--untracked-files=no",
                                          "--", ".", NULL};
    static char const *const untracked[] = {"ls-files", "--others", "--exclude-standard", "--",
                                            "allocators", NULL};
    char *const changed = git_answer(git_command(tracked));
    char *const added = git_answer(git_command(untracked));
    size_t const count = lines_in(changed) + lines_in(added);

    free(added);
    free(changed);
    return count;
}

void revision_note_uncommitted(char const *commit, char const *name)
{
    static char const *const head[] = {"rev-parse", "HEAD", NULL};
    static bool noted;
    char *const current = git_answer(git_command(head));
    bool const is_current = current != NULL && text_equal(current, commit);
    size_t const count = is_current && !noted ? count_uncommitted() : 0;

    free(current);
    if (count == 0)
        return;
    noted = true;
    complain("git commit; or --head baseline, which is what `make` built of these files",
             "note: %zu file%s of %s changed since the last commit, and '%s' has nothing of that",
             count, count == 1 ? "" : "s", project_folder(), name);
}

char *revision_build(char const *commit, char const *allocator)
{
    struct build build = {.commit = commit, .allocator = allocator};
    bool built = false;

    interrupt_catch();
    if (has_allocator(&build) && make_folders(&build)) {
        built = checkout_and_compile(&build);
        worktree_end(&build.worktree);
        rmdir(build.folder); /* stays unless it is empty */
    }
    char *const object = built ? text_copy(build.object) : NULL;
    arena_free(&build.arena);
    return object;
}
