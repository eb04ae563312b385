/* own_build.c -- one compilation a phase and machine, made beside and then renamed.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "share/own_build.h"

#include "base/complain.h"
#include "base/durable.h"
#include "base/folder.h"
#include "base/hint.h"
#include "base/interrupt.h"
#include "base/logged.h"
#include "base/regular_file.h"
#include "base/shell_word.h"
#include "catalogue/build_id.h"
#include "catalogue/compiled_by.h"
#include "catalogue/project.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool own_build_copy_sources(char const *share)
{
    static char const *const folders[] = {"core", "parts", "phases"};
    bool copied = true;

    for (size_t i = 0; copied && i < sizeof folders / sizeof *folders; i++) {
        char *const from = text_format("%s/allocators/%s", project_home(), folders[i]);
        char *const to = text_format("%s/allocators/%s", share, folders[i]);
        copied = access(from, R_OK) == 0;
        if (!copied)
            complain("build/slablab of a checkout; or scatter without --build-here",
                     "%s: %s, so no machine could build phases", from, strerror(errno));
        folder_remove(to);
        copied = copied && folder_make(to) && folder_copy(from, to);
        free(to);
        free(from);
    }
    return copied;
}

enum { LOG_SHOWN = 2000 };

static char const *compiler_here(void)
{
    char const *const named = getenv("CC");

    return named != NULL && *named != '\0' ? named : BUILD_COMPILER;
}

static void complain_of_build(char const *share, char const *phase, char const *why,
                              char const *log)
{
    size_t size = 0;
    char *const said = regular_file_text(log, LOG_SHOWN, &size, NULL);

    complain("apt-get install gcc libc6-dev; CC=COMPILER; scatter without --build-here",
             "%s: this machine cannot build %s by %s: %s\n%s", share, phase, compiler_here(), why,
             said != NULL ? said : "");
    free(said);
}

/* Paths from the share's folder, so that its place is not in the build. */
static bool compile(char const *share, char const *draft, char const *phase, bool observing)
{
    static char const *const unset[] = {NULL};
    struct words const set = {0};
    char *const folder = text_format("%s%s", draft, observing ? "/observe" : "");
    char *const out = shell_word(folder);
    char *const log = text_format("%s/lib%s.log", folder, phase);
    char *const command = text_format(
        "%s %s%s -ffile-prefix-map=\"$PWD\"=. -o %s/lib%s.so allocators/phases/%s.c -pthread",
        compiler_here(), BUILD_FLAGS, observing ? " -DOBSERVE" : "", out, phase, phase);
    char *why = NULL;
    bool const built =
        folder_make(folder) && logged_run(share, command, unset, &set, log, &why);

    if (!built && why != NULL && !interrupted())
        complain_of_build(share, phase, why, log);
    free(why);
    free(command);
    free(log);
    free(out);
    free(folder);
    return built;
}

/* Of the arms, only phases can count themselves. */
static bool is_phase(struct arm const *arm)
{
    return arm->observer != NULL;
}

/* {"command": "gcc", "flags": "...", "compiler": "gcc: GCC: (Debian 12.2.0-14) 12.2.0",
 *  "build_ids": {"baseline": "hex", ...}} */
static json_t *facts_of(struct plan const *plan, char const *draft)
{
    json_t *const ids = json_object();
    struct words compilers = {0};

    for (size_t i = 0; i < plan->arm_count; i++) {
        if (!is_phase(&plan->arms[i]))
            continue;
        char *const object = text_format("%s/lib%s.so", draft, plan->arms[i].allocator);
        char *const id = catalogue_build_id(object);
        struct words said = compiled_by(object);
        for (size_t j = 0; j < said.count; j++)
            if (!words_hold(&compilers, said.word[j]))
                words_add(&compilers, said.word[j]);
        json_object_set_new(ids, plan->arms[i].allocator, json_string(id));
        words_free(&said);
        free(id);
        free(object);
    }
    words_sort(&compilers);
    char *const by = words_join(&compilers, 0, compilers.count);
    char *const compiler = text_format("%s: %s", compiler_here(), by);
    json_t *const facts = json_pack("{s:s, s:s, s:s, s:o}", "command", compiler_here(), "flags",
                                    BUILD_FLAGS, "compiler", compiler, "build_ids", ids);
    free(compiler);
    free(by);
    words_free(&compilers);
    return facts;
}

static bool compile_all(struct share const *share, char const *draft)
{
    struct plan const *const plan = share->plan;
    struct words built = {0};
    bool good = true;

    for (size_t i = 0; good && i < plan->arm_count; i++) {
        char const *const phase = plan->arms[i].allocator;
        if (!is_phase(&plan->arms[i]) || words_hold(&built, phase))
            continue;
        words_add(&built, phase);
        fprintf(stderr, "building: %s\n", phase);
        good = compile(share->folder, draft, phase, false) &&
               compile(share->folder, draft, phase, true);
    }
    words_free(&built);
    json_t *const facts = good ? facts_of(plan, draft) : NULL;
    good = good && durable_write_json(draft, "build.json", facts);
    json_decref(facts);
    return good;
}

/* The first build of a machine stays. */
static bool build_in(struct share const *share, char const *folder)
{
    char *const draft = text_format("%s.XXXXXX", folder);
    bool built = mkdtemp(draft) != NULL && chmod(draft, 0755) == 0;

    if (!built)
        complain(hint_for(errno, "ls -ld of the share"), "%s: %s", draft, strerror(errno));
    built = built && compile_all(share, draft);
    if (built && rename(draft, folder) != 0 && errno != EEXIST && errno != ENOTEMPTY) {
        complain(hint_for(errno, "ls -ld of the share"), "%s: %s", folder, strerror(errno));
        built = false;
    }
    folder_remove(draft);
    free(draft);
    return built;
}

static char const *text_at(json_t const *facts, char const *key)
{
    char const *const text = json_string_value(json_object_get(facts, key));

    return text != NULL ? text : "";
}

/* One build a machine: its effects are of one compiler. */
static bool is_by_this_compiler(json_t const *facts, char const *folder)
{
    char const *const command = text_at(facts, "command");

    if (text_equal(command, compiler_here()))
        return true;
    char *const hint = text_format("CC=%s; or slablab scatter anew", command);
    complain(hint, "%s: this machine's phases were built by %s, and CC names %s", folder,
             *command != '\0' ? command : "nothing that is known", compiler_here());
    free(hint);
    return false;
}

static void run_these(struct plan *plan, char const *folder, json_t const *facts)
{
    for (size_t i = 0; i < plan->arm_count; i++) {
        struct arm *const arm = &plan->arms[i];
        if (!is_phase(arm))
            continue;
        char const *const id = text_at(json_object_get(facts, "build_ids"), arm->allocator);
        arm->object = arena_format(&plan->arena, "%s/lib%s.so", folder, arm->allocator);
        arm->observer = arena_format(&plan->arena, "%s/observe/lib%s.so", folder, arm->allocator);
        arm->object_build_id = arena_text(&plan->arena, id);
    }
}

void own_build_forget(struct plan *plan)
{
    for (size_t i = 0; i < plan->arm_count; i++)
        if (is_phase(&plan->arms[i]))
            plan->arms[i].object_build_id = arena_text(&plan->arena, "");
    plan->hash = arena_keep(&plan->arena, plan_hash(plan));
}

bool own_build(struct share *share, char const *machine)
{
    char *const folder = text_format("%s/machines/%s/build", share->folder, machine);
    char *const file = text_format("%s/build.json", folder);
    bool const built = access(file, R_OK) == 0 || build_in(share, folder);

    if (built) {
        share->build = regular_file_json(file, JSON_REJECT_DUPLICATES, NULL);
        run_these(share->plan, folder, share->build);
    }
    bool const good = built && is_by_this_compiler(share->build, folder);
    free(file);
    free(folder);
    return good;
}

static json_t *planned_object(json_t const *plan, char const *id)
{
    size_t place;
    json_t *arm;

    json_array_foreach(json_object_get(plan, "arms"), place, arm)
        if (text_equal(text_at(arm, "id"), id))
            return json_object_get(arm, "object");
    return NULL;
}

void own_build_describe(struct share const *share, json_t *block)
{
    size_t place;
    json_t *sample;

    if (share->build == NULL)
        return;
    json_object_set(block, "compiler", json_object_get(share->build, "compiler"));
    json_array_foreach(json_object_get(block, "samples"), place, sample) {
        json_t *const object = planned_object(share->stored, text_at(sample, "arm"));
        if (json_is_string(object) && json_object_get(sample, "object") != NULL)
            json_object_set(sample, "object", object);
    }
}
