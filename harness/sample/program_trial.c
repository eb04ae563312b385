/* program_trial.c -- the launcher's command line, and the digest of what the program printed.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sample/program_trial.h"

#include "base/complain.h"
#include "base/memory.h"
#include "base/text.h"
#include "catalogue/peers.h"
#include "catalogue/preload_alias.h"
#include "catalogue/project.h"
#include "sample/environment.h"
#include "sample/output_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NS_PER_MS = 1000000 };

static char *built(char const *name)
{
    char *const path = text_format("%s/programs/%s", project_home_build(), name);

    if (access(path, R_OK) == 0)
        return path;
    complain("make programs", "%s is not built, and measures programs", path);
    free(path);
    return NULL;
}

char *program_launcher(void)
{
    return built("launcher");
}

/* As LD_PRELOAD takes it. */
static char *built_witness(void)
{
    char *const path = built("witness.so");
    char *const taken = path != NULL ? preload_path(path) : NULL;

    if (path != NULL && taken == NULL)
        complain("a copy of Slablab elsewhere", PRELOAD_REFUSAL, path);
    free(path);
    return taken;
}

static void add_number(struct words *words, uint64_t number)
{
    char *const text = text_format("%" PRIu64, number);

    words_add(words, text);
    free(text);
}

/* The word with the path for each {artifact}; NULL: there is none to replace. */
static void add_word(struct words *words, char const *word, char const *artifact)
{
    char const *at = artifact != NULL ? strstr(word, program_artifact) : NULL;
    char *whole = text_copy("");

    for (; at != NULL; at = strstr(word, program_artifact)) {
        text_append(&whole, "%.*s%s", (int)(at - word), word, artifact);
        word = at + strlen(program_artifact);
    }
    text_append(&whole, "%s", word);
    words_add(words, whole);
    free(whole);
}

static void add_command(struct words *words, struct command const *command, char const *artifact)
{
    add_word(words, command->executable, artifact);
    for (size_t i = 0; i < command->count; i++)
        add_word(words, command->arguments[i], artifact);
}

/* As workloads/launcher/words.c reads them, and NULL. */
static struct words launcher_words(struct rig const *rig, struct program const *program,
                                   char const *launcher, bool attesting)
{
    struct work_folder const *const folder = &rig->work_folder;
    struct words environment = work_folder_environment(folder, program);
    char *const input = program->standard_input != NULL
        ? text_format("%s/%s", folder->work, program->standard_input)
        : text_copy("/dev/null");
    char *const witness =
        text_format("SLABLAB_REGION=/proc/%d/fd/%d", (int)getpid(), rig->sampler.page_fd);
    struct words words = {0};

    words_add(&environment, witness);
    if (folder->artifact != NULL) {
        char *const named = text_format("SLABLAB_ARTIFACT=%s", folder->artifact);
        words_add(&environment, named);
        free(named);
    }
    words_add(&words, launcher);
    words_add(&words, attesting ? "traced" : "untraced");
    words_add(&words, folder->work);
    words_add(&words, input);
    add_number(&words, environment.count);
    for (size_t i = 0; i < environment.count; i++)
        words_add(&words, environment.word[i]);
    words_add(&words, program->server.count == 0 ? "program"
                      : program->client_too      ? "both"
                                                 : "server");
    if (program->server.count > 0) {
        add_number(&words, program->ready_ns / NS_PER_MS);
        add_number(&words, program->server.count + 1);
        add_command(&words, &program->server, folder->artifact);
    }
    add_command(&words, &program->command, folder->artifact);
    free(witness);
    free(input);
    words_free(&environment);
    return words;
}

/* An arm of the C library needs no path, unless the program is linked with another allocator. */
static char *object_of(struct rig const *rig, size_t arm, struct program const *program)
{
    char const *const object = arm_link(&rig->served.plan.arms[arm], rig->links[arm]).object;

    if (object != NULL)
        return text_copy(object);
    return program->linked != NULL ? peers_c_library() : NULL;
}

/* The witness goes before the allocator, whose path is as long as any arm's (environment.h). */
static char **environment_of(struct rig const *rig, struct program const *program, size_t arm,
                             size_t pad_bytes, char const *witness)
{
    struct arm const *const planned = &rig->plan->arms[arm];
    char *const object = object_of(rig, arm, program);
    char *const c_library = program->linked != NULL ? peers_c_library() : NULL;
    int const fd = rig->sampler.page_fd;
    struct environment_size size = environment_size_largest(&rig->served.plan, false, fd);
    char *preloaded = text_format("%s%s", witness, object != NULL ? ":" : "");

    if (c_library != NULL && size.path_bytes < strlen(c_library))
        size.path_bytes = strlen(c_library);
    for (size_t i = object != NULL ? strlen(object) : size.path_bytes; i < size.path_bytes; i++)
        text_append(&preloaded, "/");
    text_append(&preloaded, "%s", object != NULL ? object : "");
    size.bytes += sizeof "LD_PRELOAD=" + strlen(witness) + 1 + size.path_bytes;
    size.path_bytes += strlen(witness) + 1;
    char **const environment = environment_build(planned, preloaded, fd, size, pad_bytes);
    free(preloaded);
    free(c_library);
    free(object);
    return environment;
}

static void judge(struct rig const *rig, size_t cell, size_t arm, struct sample *sample)
{
    struct program const *const program = rig->plan->cells[cell].program;
    struct terms const *const terms = &rig->terms[cell];
    struct link const link = arm_link(&rig->served.plan.arms[arm], rig->links[arm]);
    struct sample_expectation const expectation = {
        .object = link.object,
        .build_id = link.build_id,
        .program_build_id = rig->plan->arms[arm].program_build_id,
        .timed = rig->kind->finding == NULL,
        .attested = program->output == OUTPUT_DIGEST ||
                    (program->output == OUTPUT_SAME && terms->attested),
        .witnessed = true,
        .checksum = program->output == OUTPUT_DIGEST ? program->digest : terms->checksum,
    };

    if (program->output != OUTPUT_ANY)
        sample->region.checksum = output_file_digest(rig->sampler.stdout_fd);
    sample_judge(sample, &expectation);
}

bool program_trial_run(struct rig *rig, size_t cell, size_t arm, bool attesting, size_t pad_bytes,
                       struct sample *sample)
{
    struct program const *const program = rig->plan->cells[cell].program;
    struct sampler sampler = rig->sampler;
    char *const witness = built_witness();
    bool started = witness != NULL && work_folder_renew(&rig->work_folder, program, cell) &&
                   work_folder_link(&rig->work_folder, &rig->served.plan, arm);

    if (started) {
        struct words words = launcher_words(rig, program, rig->terms[cell].program, attesting);
        char **const arguments = memory_zeroed(words.count + 1, sizeof *arguments);
        char **const environment = environment_of(rig, program, arm, pad_bytes, witness);
        memcpy(arguments, words.word, words.count * sizeof *arguments);
        sampler.keeps_output = true;
        sampler.timeout_ns = program->timeout_ns;
        started = sample_run(&sampler, arguments, environment, sample);
        free(environment);
        free(arguments);
        words_free(&words);
    }
    if (started)
        judge(rig, cell, arm, sample);
    free(witness);
    return started;
}
