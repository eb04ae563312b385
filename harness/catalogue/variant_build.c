/* variant_build.c -- the Makefile's command for a phase, with constants of its own.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "catalogue/variant_build.h"

#include "base/arena.h"
#include "base/folder.h"
#include "base/logged.h"
#include "base/shell_word.h"
#include "base/status_line.h"
#include "catalogue/build_facts.h"
#include "catalogue/layouts.h"
#include "catalogue/project.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the steps of one build share. */
struct variant {
    struct arena arena; /* holds all that they make up */
    char const *name;
    char *source;   /* from home's folder */
    char *command;  /* without the options of an object */
    char *folder;   /* of this key */
    char *object;
    char *observer;
    char *log;
};

static bool is_there(char const *path)
{
    return access(path, R_OK) == 0;
}

/* What is compiled, as 16 hexadecimal digits. */
static char *digest_of_sources(struct variant *variant)
{
    char const *const parts[] = {"allocators/core", "allocators/parts", variant->source};
    struct sha256 sum = sha256_begin();
    unsigned char digest[SHA256_BYTES];

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        folder_add(&sum, arena_format(&variant->arena, "%s/%s", project_home(), parts[i]));
    sha256_end(&sum, digest);
    return arena_format(&variant->arena, "%016" PRIx64, sha256_head(digest));
}

static char *key_of(struct variant *variant)
{
    struct recipe const recipe = {.command = variant->command, .compiler = (char *)BUILD_COMPILER};
    json_t *const question = build_question(digest_of_sources(variant), "allocators", &recipe);
    char *const key = arena_keep(&variant->arena, build_key(question));

    json_decref(question);
    return key;
}

static void name_files(struct variant *variant, char *folder)
{
    struct arena *const arena = &variant->arena;

    variant->folder = folder;
    variant->object = arena_format(arena, "%s/lib%s.so", folder, variant->name);
    variant->observer = arena_format(arena, "%s/observe/lib%s.so", folder, variant->name);
    variant->log = arena_format(arena, "%s/%s.log", folder, variant->name);
}

static bool is_built(struct variant const *variant)
{
    return is_there(variant->object) && is_there(variant->observer);
}

static bool is_newer(char const *path, char const *other)
{
    struct stat one;
    struct stat two;

    return stat(path, &one) == 0 && stat(other, &two) == 0 &&
           (one.st_mtim.tv_sec > two.st_mtim.tv_sec ||
            (one.st_mtim.tv_sec == two.st_mtim.tv_sec &&
             one.st_mtim.tv_nsec > two.st_mtim.tv_nsec));
}

/* A source that changed after make compiled the phase: the variant would have it, and the phase
 * not. NULL: none, or no list by make of what it compiled, as in an installation. */
static char const *changed_source(struct variant *variant, char const *phase)
{
    struct arena *const arena = &variant->arena;
    char const *const build = project_home_build();
    char const *const object = arena_format(arena, "%s/lib%s.so", build, phase);
    size_t size = 0;
    char *const list =
        arena_keep(arena, text_of_file(arena_format(arena, "%s/lib%s.d", build, phase), &size));
    struct words words = words_of(list != NULL ? list : "");
    char const *changed = NULL;

    for (size_t i = 0; changed == NULL && i < words.count; i++) {
        char const *const path = arena_format(arena, "%s/%s", project_home(), words.word[i]);
        if (is_newer(path, object))
            changed = path;
    }
    words_free(&words);
    return changed;
}

/* Is there a build already, or else a place for one? */
static bool is_found(struct variant *variant)
{
    struct arena *const arena = &variant->arena;
    char const *const build = project_home_build();

    if (!is_there(arena_format(arena, "%s/%s", project_home(), variant->source))) {
        name_files(variant, arena_format(arena, "%s/variants", build));
        return is_built(variant);
    }
    char const *const key = key_of(variant);
    name_files(variant, arena_format(arena, "%s/variants/%s", build, key));
    if (is_built(variant) || access(build, W_OK) == 0)
        return is_built(variant);
    name_files(variant, arena_format(arena, "%s/variants/%s", project_cache(), key));
    return is_built(variant);
}

/* The message of the first static assertion that failed, or the compiler's first error; NULL. */
static char *refusal(struct variant *variant)
{
    static char const assertion[] = "static assertion failed";
    size_t size = 0;
    char *const log = arena_keep(&variant->arena, text_of_file(variant->log, &size));
    char *const error = log != NULL ? strstr(log, "error: ") : NULL;

    if (error == NULL)
        return NULL;
    error[strcspn(error, "\n")] = '\0';
    char *const said = strstr(error, assertion) != NULL ? strchr(error, '"') : NULL;
    if (said == NULL)
        return text_copy(error);
    return text_format("the code refuses it: %.*s", (int)strcspn(said + 1, "\""), said + 1);
}

/* Takes over `why`. */
static struct variant_files failure(struct variant *variant, char *why)
{
    char *const said = refusal(variant);
    struct variant_files files = {.problem = said != NULL ? said : why};

    if (is_there(variant->log))
        files.remedy = said != NULL && strncmp(said, "error", strlen("error")) != 0
                           ? text_format("other values; the whole log, %s", variant->log)
                           : text_format("is %s installed? the whole log, %s", BUILD_COMPILER,
                                         variant->log);
    else
        files.remedy = text_copy("df -h, and ls -ld of that folder");
    if (said != NULL)
        free(why);
    return files;
}

/* Another process may build the same meanwhile: each has a file of its own, and renames it. */
static bool compile(struct variant *variant, char const *options, char const *file, char **why)
{
    static char const *const unset[] = {NULL};
    struct words const set = {0};
    char const *const made = arena_format(&variant->arena, "%s.%d", file, (int)getpid());
    char const *const command =
        arena_format(&variant->arena, "%s %s -o %s %s", variant->command, options,
                     arena_keep(&variant->arena, shell_word(made)), variant->source);

    bool const compiled = logged_run(project_home(), command, unset, &set, variant->log, why);
    if (compiled && rename(made, file) == 0)
        return true;
    if (compiled)
        *why = text_format("%s: %s", file, strerror(errno));
    unlink(made);
    return false;
}

/* The object is for layouts.h. */
static bool compile_all(struct variant *variant, char **why)
{
    char const *const code = arena_format(&variant->arena, "%s/lib%s.o", variant->folder,
                                          variant->name);
    char const *const options = arena_format(&variant->arena, "%s -c", layouts_compile_flags);

    status_line_say("building", variant->name);
    bool const compiled = compile(variant, options, code, why) &&
                          compile(variant, "-pthread", variant->object, why) &&
                          compile(variant, "-DOBSERVE -pthread", variant->observer, why);
    status_line_end();
    return compiled;
}

static struct variant_files build(struct variant *variant)
{
    char *why = NULL;

    if (!is_there(arena_format(&variant->arena, "%s/%s", project_home(), variant->source)))
        return (struct variant_files){
            .problem = text_format("it is not built, and %s/%s is not there", project_home(),
                                   variant->source),
            .remedy = text_copy("slablab of a clone, or of an installation")};
    if (!folder_make(arena_format(&variant->arena, "%s/observe", variant->folder)))
        return failure(variant, text_format("%s cannot be made", variant->folder));
    if (!compile_all(variant, &why))
        return failure(variant, why);
    return (struct variant_files){.object = text_copy(variant->object),
                                  .observer = text_copy(variant->observer)};
}

struct variant_files variant_build(char const *name, char const *phase,
                                   struct words const *overrides)
{
    struct variant variant = {.name = name};
    struct arena *const arena = &variant.arena;
    char *command = text_copy(BUILD_COMPILER " " BUILD_FLAGS);

    for (size_t i = 0; i < overrides->count; i++) {
        char *const option = text_format("-D%s", overrides->word[i]);
        char *const word = shell_word(option);
        text_append(&command, " %s", word);
        free(word);
        free(option);
    }
    variant.command = arena_keep(arena, command);
    variant.source = arena_format(arena, "allocators/phases/%s.c", phase);
    struct variant_files files = {.object = NULL};
    char const *const changed = changed_source(&variant, phase);
    if (changed != NULL) {
        files.problem = text_format("%s changed after %s was built", changed, phase);
        files.remedy = text_copy("make allocators");
    } else if (is_found(&variant)) {
        files.object = text_copy(variant.object);
        files.observer = text_copy(variant.observer);
    } else {
        files = build(&variant);
    }
    arena_free(arena);
    return files;
}
