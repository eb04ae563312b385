/* gate_spec.c -- resolves a SPEC: names first, then files, then revisions.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/gate_spec.h"

#include "base/complain.h"
#include "base/spec_words.h"
#include "base/text.h"
#include "catalogue/catalogue.h"
#include "catalogue/project.h"
#include "catalogue/recipe.h"
#include "catalogue/settings.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A known allocator takes precedence over anything else of its name. False if there is none; *good
 * is then unchanged. */
static bool take_known(char const *name, char **allocator, bool *good)
{
    struct allocator known;

    if (strchr(name, '/') != NULL)
        return false;
    bool const is_known = catalogue_allocator(name, &known);
    if (is_known) {
        *good = known.problem == NULL;
        if (*good)
            *allocator = text_copy(name);
        else
            complain(known.remedy, "%s", known.problem);
    }
    catalogue_allocator_free(&known);
    return is_known;
}

/* The absolute path of a file, seen from here, from the project or from home; NULL. */
static char *file_of(char const *path)
{
    char *const below_project = project_path(path);
    struct stat status;
    char *found = realpath(path, NULL);

    if (found == NULL && *path != '/')
        found = realpath(below_project, NULL);
    free(below_project);
    if (found != NULL && stat(found, &status) == 0 && S_ISREG(status.st_mode))
        return found;
    free(found);
    return NULL;
}

/* origin/main has a slash too, and is no file. */
static bool take_path(char const *name, char **allocator, bool *good)
{
    if (strchr(name, '/') == NULL)
        return false;
    *allocator = file_of(name);
    *good = *allocator != NULL;
    if (!*good && !text_ends_with(name, ".so"))
        return false;
    if (!*good)
        complain("ls; slablab list allocators", "%s is no file", name);
    return true;
}

/* REV or REV:NAME. */
static char *take_revision(char const *name, char const *baseline, struct gate_spec *spec)
{
    char const *const colon = strrchr(name, ':');
    size_t const length = colon != NULL ? (size_t)(colon - name) : strlen(name);
    bool const is_phase = settings()->build == NULL;
    char const *const wanted = colon != NULL ? colon + 1 : is_phase ? baseline : NULL;

    if (is_phase && colon == NULL && strchr(baseline, '/') != NULL) {
        complain("REVISION:ALLOCATOR",
                 "'%s' is no allocator, and as a revision it needs one: the experiment's baseline "
                 "is the file %s",
                 name, baseline);
        return NULL;
    }
    /* Of every revision: what is misspelt is no revision's fault. */
    if (!is_phase && wanted != NULL && !recipe_is_named(wanted))
        return NULL;
    char *const revision = text_copy_bytes(name, length);
    spec->revision = revision_find(revision);
    if (spec->revision != NULL) {
        spec->label = revision_label(spec->revision, revision);
        revision_note_uncommitted(spec->revision, revision);
    }
    bool const built = spec->revision != NULL &&
                       revision_build(spec->revision, revision, wanted, &spec->build);
    free(revision);
    return built ? text_copy(spec->build.artifact) : NULL;
}

static bool sets(struct words const *words, char const *assignment)
{
    size_t const name = strcspn(assignment, "=") + 1;

    for (size_t i = 1; i < words->count; i++)
        if (strncmp(words->word[i], assignment, name) == 0)
            return true;
    return false;
}

static char *arm_of(char *allocator, struct words const *given, struct words const *inherited)
{
    struct words const name = {&allocator, 1};
    char *arm = spec_join(&name, 0, 1);

    for (size_t i = 1; i < inherited->count; i++)
        if (!sets(given, inherited->word[i]))
            text_append(&arm, " %s", inherited->word[i]);
    for (size_t i = 1; i < given->count; i++)
        text_append(&arm, " %s", given->word[i]);
    return arm;
}

static bool resolve(struct words const *given, struct words const *baseline, struct gate_spec *spec)
{
    struct words const nothing = {0};
    char const *const name = given->word[0];
    bool const inherits = strchr(name, ':') == NULL && settings()->build == NULL;
    char *allocator = NULL;
    bool good = false;

    if (!take_known(name, &allocator, &good) && !take_path(name, &allocator, &good)) {
        allocator = take_revision(name, baseline->word[0], spec);
        good = allocator != NULL;
    }
    if (good)
        spec->arm = arm_of(allocator, given,
                           spec->revision != NULL && inherits ? baseline : &nothing);
    free(allocator);
    return good;
}

/* Of a script the interpreter would be what runs, and could not say which build it is. */
static bool is_executable(char const *path)
{
    char magic[4] = "";
    int const file = access(path, X_OK) == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    bool const is_elf = file >= 0 && read(file, magic, sizeof magic) == sizeof magic &&
                        memcmp(magic, "\177ELF", sizeof magic) == 0;

    if (file >= 0)
        close(file);
    return is_elf;
}

/* Its file runs in the allocator of the baseline. */
static bool resolve_program(struct words const *given, struct words const *baseline,
                            struct gate_spec *spec)
{
    bool good = false;

    if (!take_path(given->word[0], &spec->program, &good)) {
        spec->program = take_revision(given->word[0], baseline->word[0], spec);
        good = spec->program != NULL;
    }
    if (good && !is_executable(spec->program)) {
        complain("file that path; chmod +x; scripts stand beside it: [sh, run.sh, '{artifact}']",
                 "%s is no executable of ELF, so it could not say which build ran",
                 spec->label != NULL ? spec->label : spec->text);
        return false;
    }
    if (good)
        spec->arm = arm_of(baseline->word[0], given, baseline);
    return good;
}

/* A shell has taken the quotes of --head './a folder/libmine.so' A=1: what stands before the first
 * assignment and is a file is one word. */
static struct words given_words(char const *text)
{
    struct words words = spec_words(text);
    size_t plain = 0;

    while (plain < words.count && strchr(words.word[plain], '=') == NULL)
        plain++;
    char const *const end = plain < words.count ? strstr(text, words.word[plain]) : NULL;
    size_t length = end != NULL ? (size_t)(end - text) : strlen(text);
    while (length > 0 && strchr(" \t\n", text[length - 1]) != NULL)
        length--;
    char *const path = text_copy_bytes(text, length);
    char *const file = plain > 1 ? file_of(path) : NULL;
    if (file != NULL) {
        struct words whole = {0};
        words_add(&whole, path);
        for (size_t i = plain; i < words.count; i++)
            words_add(&whole, words.word[i]);
        words_free(&words);
        words = whole;
    }
    free(file);
    free(path);
    return words;
}

bool gate_spec_resolve(char const *text, char const *baseline, bool of_programs,
                       struct gate_spec *spec)
{
    struct words given = given_words(text);
    struct words inherited = spec_words(baseline);
    bool good = false;

    *spec = (struct gate_spec){.text = text_copy(text)};
    if (given.count == 0)
        complain("slablab list allocators; git log --oneline",
                 "an allocator or a revision is wanted, and it is empty");
    else
        good = (of_programs ? resolve_program : resolve)(&given, &inherited, spec);
    words_free(&inherited);
    words_free(&given);
    return good;
}

void gate_spec_free(struct gate_spec *spec)
{
    free(spec->text);
    free(spec->arm);
    free(spec->program);
    free(spec->label);
    free(spec->revision);
    revision_build_free(&spec->build);
    *spec = (struct gate_spec){0};
}
