/* recipe.c -- the build command of slablab.yaml, or the compiler's command line for a phase.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/recipe.h"

#include "base/complain.h"
#include "base/shell_word.h"
#include "catalogue/git.h"
#include "catalogue/layouts.h"
#include "catalogue/project.h"
#include "catalogue/settings.h"
#include "catalogue/variant.h"

#include <stdlib.h>
#include <string.h>

static char const phases_folder[] = "allocators/phases/";

/* "one, three, two": the phases among a folder's files. */
static char *phases_among(struct words const *files)
{
    char *phases = text_copy("");

    for (size_t i = 0; i < files->count; i++)
        if (text_ends_with(files->word[i], ".c"))
            text_append(&phases, "%s%.*s", *phases != '\0' ? ", " : "",
                        (int)(strlen(files->word[i]) - strlen(phases_folder) - 2),
                        files->word[i] + strlen(phases_folder));
    return phases;
}

static void complain_of_phase(char const *label, char const *wanted, char const *phases)
{
    if (*phases != '\0' && variant_is_named(wanted))
        complain("the phase alone, or what make built here with that constant",
                 "revision %s is built with constants of its own, and '%s' sets others", label,
                 wanted);
    else if (*phases != '\0' || project_is_home())
        complain(*phases != '\0' ? phases : "a revision that has allocators/phases/",
                 "revision %s has no allocator '%s'", label, wanted);
    else
        complain("slablab init --build 'make' --artifact libmine.so, in that repository",
                 "%s is a revision of %s, and no slablab.yaml says how to build it", label,
                 project_folder());
}

/* Does the commit have the phase? If not, complains and lists those it has. */
static bool has_phase(char const *commit, char const *label, char const *wanted)
{
    char const *const list[] = {"ls-tree", "--name-only", commit, phases_folder, NULL};
    char *const answered = git_answer(git_command(list));
    char *const source = text_format("%s%s.c", phases_folder, wanted);
    struct words files = words_of(answered != NULL ? answered : "");
    char *const phases = phases_among(&files);
    bool const has = words_hold(&files, source);

    if (!has)
        complain_of_phase(label, wanted, phases);
    free(phases);
    words_free(&files);
    free(source);
    free(answered);
    return has;
}

/* The Makefile's command for an allocator, and beside the file its object for layouts. */
static bool take_phase(char const *commit, char const *label, char const *wanted,
                       struct recipe *recipe)
{
    char *const shared = text_format("lib%s.so", wanted);
    char *const object = text_format("lib%s.o", wanted);
    char *const project = shell_word(project_folder());
    char *const source = shell_word(wanted);
    bool const has = has_phase(commit, label, wanted);

    if (has) {
        char *const compile = text_format("%s %s -ffile-prefix-map=\"$PWD\"=%s", BUILD_COMPILER,
                                          BUILD_FLAGS, project);
        recipe->command =
            text_format("%s -o lib%s.so %s%s.c -pthread && %s %s -c -o lib%s.o %s%s.c", compile,
                        source, phases_folder, source, compile, layouts_compile_flags, source,
                        phases_folder, source);
        free(compile);
        recipe->compiler = text_copy(BUILD_COMPILER);
        words_add(&recipe->artifacts, shared);
        words_add(&recipe->artifacts, object);
    }
    free(source);
    free(project);
    free(object);
    free(shared);
    return has;
}

static void complain_of_artifact(char const *wanted)
{
    struct settings const *const read = settings();
    char *names = text_copy("");

    for (unsigned i = 0; i < read->artifacts_count; i++)
        if (read->artifacts[i].name != NULL)
            text_append(&names, "%s%s", *names != '\0' ? ", " : "", read->artifacts[i].name);
    complain(*names != '\0' ? names : "the revision without a name behind it",
             "slablab.yaml names no artifact '%s'", wanted);
    free(names);
}

bool recipe_is_named(char const *wanted)
{
    struct settings const *const read = settings();

    for (unsigned i = 0; i < read->artifacts_count; i++)
        if (read->artifacts[i].name != NULL && text_equal(read->artifacts[i].name, wanted))
            return true;
    complain_of_artifact(wanted);
    return false;
}

bool recipe_for(char const *commit, char const *label, char const *wanted, struct recipe *recipe,
                size_t *artifact)
{
    struct settings const *const read = settings();

    *artifact = 0;
    if (read->build == NULL)
        return take_phase(commit, label, wanted != NULL ? wanted : "", recipe);
    if (wanted != NULL && !recipe_is_named(wanted))
        return false;
    recipe->command = text_copy(read->build);
    for (unsigned i = 0; i < read->environment_count; i++)
        words_add(&recipe->environment, read->environment[i]);
    for (unsigned i = 0; i < read->artifacts_count; i++) {
        words_add(&recipe->artifacts, read->artifacts[i].path);
        if (wanted != NULL && read->artifacts[i].name != NULL &&
            text_equal(read->artifacts[i].name, wanted))
            *artifact = i;
    }
    return true;
}
