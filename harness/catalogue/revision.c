/* revision.c -- names of commits, and the builds of their artifacts.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/revision.h"

#include "base/capture.h"
#include "base/complain.h"
#include "base/text.h"
#include "catalogue/cached_build.h"
#include "catalogue/catalogue.h"
#include "catalogue/git.h"
#include "catalogue/peers.h"
#include "catalogue/project.h"
#include "catalogue/recipe.h"
#include "catalogue/settings.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS_LEAST = 4, DIGITS_SHOWN = 12 };

/* Branches and tags are what a name is near to, and allocators where they are home's. */
static char *hint_for(char const *name)
{
    static char const *const question[] = {"rev-parse", "--is-shallow-repository", NULL};
    static char const *const list[] = {"for-each-ref", "--format=%(refname:short)", NULL};
    char *const references = git_answer(git_command(list));
    struct words known = catalogue_phases();
    struct words peers = peers_names();
    struct words named = words_of(references != NULL ? references : "");
    char *const shallow = git_answer(git_command(question));

    for (size_t i = 0; i < peers.count; i++)
        words_add(&known, peers.word[i]);
    for (size_t i = 0; i < named.count; i++)
        words_add(&known, named.word[i]);
    char const *const nearest = text_nearest(name, known.word, known.count);
    char *hint = nearest != NULL ? text_format("%s; ", nearest) : text_copy("");
    if (shallow != NULL && text_equal(shallow, "true"))
        text_append(&hint, "git fetch --unshallow --tags (this clone is shallow); ");
    text_append(&hint, "slablab list allocators; git log --oneline");
    free(shallow);
    free(references);
    words_free(&named);
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
        complain("slablab list allocators; a clone of the project, and there this command",
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

/* How many files differ from the last commit, of those that a build could be made of: a file that
 * git does not know may be what a build has made, but for a phase. */
static size_t count_uncommitted(void)
{
    static char const *const tracked[] = {"status", "--porcelain", "--untracked-files=no",
                                          "--", ".", NULL};
    static char const *const untracked[] = {"ls-files", "--others", "--exclude-standard", "--",
                                            "allocators", NULL};
    char *const changed = git_answer(git_command(tracked));
    char *const added = settings()->build == NULL ? git_answer(git_command(untracked)) : NULL;
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
    complain(settings()->build == NULL
                 ? "git commit; or --head baseline, which is what `make` built of these files"
                 : "git commit; or --head with the path of what the build made of these files",
             "note: %zu file%s of %s changed since the last commit, and '%s' has nothing of that",
             count, count == 1 ? "" : "s", project_folder(), name);
}

char *revision_label(char const *commit, char const *name)
{
    if (strlen(name) >= DIGITS_LEAST && strncmp(commit, name, strlen(name)) == 0)
        return text_format("%.*s", DIGITS_SHOWN, commit);
    return text_format("%s (%.*s)", name, DIGITS_SHOWN, commit);
}

bool revision_build(char const *commit, char const *name, char const *wanted,
                    struct revision_build *build)
{
    char *const label = revision_label(commit, name);
    struct recipe recipe = {.command = NULL};
    size_t artifact = 0;
    char *const folder = recipe_for(commit, label, wanted, &recipe, &artifact)
        ? cached_build(commit, label, &recipe)
        : NULL;

    *build = (struct revision_build){.artifact = NULL};
    if (folder != NULL) {
        char *const facts = text_format("%s/build.json", folder);
        build->artifact = text_format("%s/%s", folder, recipe.artifacts.word[artifact]);
        build->log = text_format("%s/build.log", folder);
        build->facts = json_load_file(facts, 0, NULL);
        free(facts);
    }
    free(folder);
    recipe_free(&recipe);
    free(label);
    return build->artifact != NULL;
}

void revision_build_free(struct revision_build *build)
{
    free(build->artifact);
    free(build->log);
    json_decref(build->facts);
    *build = (struct revision_build){.artifact = NULL};
}
