/* revision.c -- builds an allocator in a git worktree of a commit, and removes the worktree.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/revision.h"

#include "base/arena.h"
#include "base/capture.h"
#include "base/complain.h"
#include "base/interrupt.h"
#include "base/memory.h"
#include "base/text.h"
#include "catalogue/catalogue.h"
#include "catalogue/peers.h"
#include "catalogue/project.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_SHOWN = 8 };

static char const phases_folder[] = "allocators/phases/";

/* What the steps of one build share. */
struct build {
    struct arena arena; /* holds all that they make up */
    char const *commit;
    char const *allocator;
    char *worktree; /* the folder of the whole repository */
    char *sources;  /* the project's folder in it, if the project is only a part of it */
    char *folder;   /* build/revisions/<commit> */
    char *object;   /* that folder's lib<allocator>.so */
};

static void add_all(struct words *command, char const *const *words)
{
    for (; *words != NULL; words++)
        words_add(command, *words);
}

/* git in the project's root. The repository may belong to another user; its hooks must not run, and
 * if one of them started this process, its variables name other folders. */
static struct words git_command(char const *const *words)
{
    static char const *const before[] = {"env", "-u", "GIT_DIR", "-u", "GIT_WORK_TREE", "-u",
                                         "GIT_INDEX_FILE", "git", "-c", "safe.directory=*", "-c",
                                         "core.hooksPath=/dev/null", "-C", NULL};
    struct words command = {0};

    add_all(&command, before);
    words_add(&command, catalogue_root());
    add_all(&command, words);
    return command;
}

/* The command's output without trailing white space; NULL if it fails. Releases the command. */
static char *answer(struct words command)
{
    char **const arguments = memory_zeroed(command.count + 1, sizeof *arguments);

    memcpy(arguments, command.word, command.count * sizeof *arguments);
    char *const text = capture_line(arguments, NULL);
    free(arguments);
    words_free(&command);
    return text;
}

/* Runs a command in a folder and releases it. NULL if it succeeds, otherwise its output. */
static char *fault_of(char const *folder, struct words command)
{
    static char const *const shell[] = {"sh", "-c", "cd \"$0\" && \"$@\" 2>&1; echo \"status $?\"",
                                        NULL};
    struct words whole = {0};

    add_all(&whole, shell);
    words_add(&whole, folder);
    for (size_t i = 0; i < command.count; i++)
        words_add(&whole, command.word[i]);
    words_free(&command);
    char *const said = answer(whole);
    if (said == NULL)
        return text_copy("it was ended");
    if (!text_ends_with(said, "status 0"))
        return said;
    free(said);
    return NULL;
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
    char *const shallow = answer(git_command(question));

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
    char *const found = git != NULL ? answer(git_command(repository)) : NULL;
    char *const commit = found != NULL ? answer(git_command(verify)) : NULL;

    if (git == NULL) {
        complain("apt-get install git; slablab list allocators",
                 "'%s' is no allocator, and whether it is a revision cannot be asked: %s", name,
                 why);
    } else if (found == NULL) {
        complain("slablab list allocators; a clone of the project",
                 "'%s' is no allocator, and %s is no git repository, where it could be a revision",
                 name, catalogue_root());
    } else if (commit == NULL) {
        char *const hint = hint_for(name);
        complain(hint, "'%s' is neither an allocator nor a revision in %s", name, catalogue_root());
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
    char const *const answered = arena_keep(&build->arena, answer(git_command(list)));
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

static bool make_folder(char const *path)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return true;
    complain("ls -ld that folder", "%s: cannot make it: %s", path, strerror(errno));
    return false;
}

/* Prepares an empty folder for the worktree. */
static bool make_folders(struct build *build)
{
    static char const *const prefix[] = {"rev-parse", "--show-prefix", NULL};
    struct arena *const arena = &build->arena;
    char *const revisions = arena_format(arena, "%s/revisions", catalogue_build_directory());

    build->folder = arena_format(arena, "%s/%s", revisions, build->commit);
    build->object = arena_format(arena, "%s/lib%s.so", build->folder, build->allocator);
    build->worktree = arena_format(arena, "%s/worktree-XXXXXX", revisions);
    bool made = make_folder(revisions) && make_folder(build->folder);
    if (made && mkdtemp(build->worktree) == NULL) {
        complain("ls -ld that folder", "%s: cannot make a folder in it: %s", revisions,
                 strerror(errno));
        made = false;
    }
    char *const part = made ? arena_keep(arena, answer(git_command(prefix))) : NULL;
    build->sources = arena_format(arena, "%s/%s", build->worktree, part != NULL ? part : "");
    build->sources[strlen(build->sources) - 1] = '\0'; /* the slash at the end of either */
    return made;
}

/* The Makefile's command for an allocator, run in the worktree. */
static struct words compiler_command(struct build *build)
{
    struct words command = words_of(BUILD_COMPILER " " BUILD_FLAGS);
    char *const map = arena_format(&build->arena, "-ffile-prefix-map=%s=%s", build->sources,
                                   catalogue_root());
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
    char const *const add[] = {"worktree",      "add",         "--quiet", "--detach",
                               build->worktree, build->commit, NULL};
    char const *step = "git worktree add";
    char *fault = fault_of("/", git_command(add));

    if (fault == NULL && !interrupted()) {
        step = BUILD_COMPILER;
        fault = fault_of(build->sources, compiler_command(build));
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

/* The folder, and git's record of it; an interrupted checkout is not a worktree yet. */
static void remove_worktree(struct build const *build)
{
    static char const *const prune[] = {"worktree", "prune", NULL};
    static char const *const unlink_all[] = {"rm", "-rf", "--", NULL};
    char const *const forget[] = {"worktree", "remove",        "--force",
                                  "--force",  build->worktree, NULL};
    char *const fault = fault_of("/", git_command(forget));

    if (fault != NULL) {
        struct words command = {0};
        add_all(&command, unlink_all);
        words_add(&command, build->worktree);
        free(fault_of("/", command));
        free(fault_of("/", git_command(prune)));
    }
    free(fault);
}

char *revision_build(char const *commit, char const *allocator)
{
    struct build build = {.commit = commit, .allocator = allocator};
    bool built = false;

    interrupt_catch();
    if (has_allocator(&build) && make_folders(&build)) {
        built = checkout_and_compile(&build);
        remove_worktree(&build);
        rmdir(build.folder); /* stays unless it is empty */
    }
    char *const object = built ? text_copy(build.object) : NULL;
    arena_free(&build.arena);
    return object;
}
