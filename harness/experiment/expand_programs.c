/* expand_programs.c -- entries of `workloads` that are ordinary programs.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/text.h"
#include "catalogue/workload_description.h"
#include "experiment/program.h"

#include <stdlib.h>
#include <string.h>

/* The file that describes the program of that name; NULL: it is a workload, or nothing. The caller
 * frees it. */
static char *described_by(char const *run)
{
    struct words words = words_of(run != NULL ? run : "");
    char *const workload = words.count > 0 ? catalogue_workload_path(words.word[0]) : NULL;
    char *const path =
        words.count > 0 && workload == NULL ? program_file(words.word[0]) : NULL;

    free(workload);
    words_free(&words);
    return path;
}

static bool any_names_artifact(char *const *words, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (strstr(words[i], program_artifact) != NULL)
            return true;
    return false;
}

bool program_names_artifact(struct experiment_program const *written)
{
    return any_names_artifact(written->program, written->program_count) ||
           any_names_artifact(written->server, written->server_count) ||
           any_names_artifact(written->client, written->client_count) ||
           (written->executable != NULL && strstr(written->executable, program_artifact) != NULL);
}

bool experiment_runs_artifact(struct experiment const *experiment)
{
    bool runs = false;

    for (unsigned i = 0; !runs && i < experiment->workloads_count; i++) {
        char *const path = described_by(experiment->workloads[i].run);
        struct yaml_file *const file = path != NULL ? experiment_program_open(path) : NULL;
        runs = program_names_artifact(file != NULL ? yaml_file_data(file)
                                                   : &experiment->workloads[i].program);
        yaml_file_close(file);
        free(path);
    }
    return runs;
}

/* Always false. */
static bool refuse(struct expansion const *expansion, size_t index, char const *key,
                   char const *hint, char const *message)
{
    char *const place =
        arena_format(&expansion->plan->arena, "workloads/%zu%s%s", index, *key != '\0' ? "/" : "",
                     key);

    yaml_file_complain(expansion->file, place, hint, "%s", message);
    return false;
}

/* What a workload may have, and a program cannot. */
static bool is_for_program(struct expansion const *expansion, size_t index)
{
    struct experiment_workload const *const written = &expansion->experiment->workloads[index];

    if (written->start == START_WARM || written->warmup != NULL)
        return refuse(expansion, index, written->warmup != NULL ? "warmup" : "start",
                      "leave it out", "a program is measured from its start, and has no warm-up");
    if (written->serves_count > 0)
        return refuse(expansion, index, "serves", "serves at a workload",
                      "a program's requests are not counted tier by tier");
    return true;
}

/* A program in a file of its own, by its name. */
static bool add_described(struct expansion const *expansion, size_t index, char const *path)
{
    struct words words = words_of(expansion->experiment->workloads[index].run);
    bool const plain = words.count == 1;

    words_free(&words);
    if (!plain)
        return refuse(expansion, index, "run", path, "a program takes no parameters");
    struct yaml_file *const file = experiment_program_open(path);
    bool const added =
        file != NULL && program_add(expansion, file, "", yaml_file_data(file));
    yaml_file_close(file);
    return added;
}

bool expand_is_program(struct expansion const *expansion, size_t index)
{
    struct experiment_workload const *const written = &expansion->experiment->workloads[index];
    char *const path = described_by(written->run);
    bool const program = path != NULL || written->run == NULL ||
                         program_is_written(&written->program);

    free(path);
    return program;
}

bool expand_program(struct expansion const *expansion, size_t index)
{
    struct experiment_workload const *const written = &expansion->experiment->workloads[index];
    bool const here = program_is_written(&written->program);

    if (here && written->run != NULL)
        return refuse(expansion, index, "run", "two entries",
                      "it is `run` or a program, not both");
    if (!here && written->run == NULL)
        return refuse(expansion, index, "", "run: fixed_random size=256; slablab list workloads",
                      "key 'run' is missing, and so are 'program' and 'server'");
    if (!is_for_program(expansion, index))
        return false;
    if (here)
        return program_add(expansion, expansion->file,
                           arena_format(&expansion->plan->arena, "workloads/%zu", index),
                           &written->program);
    char *const path = described_by(written->run);
    bool const added = add_described(expansion, index, path);
    free(path);
    return added;
}

void expansion_leave_out(struct expansion const *expansion, struct yaml_file const *file,
                         char const *place, char *id, char *why)
{
    struct plan *const plan = expansion->plan;

    plan->left_out = arena_room_for_one(&plan->arena, plan->left_out, plan->left_out_count,
                                        sizeof *plan->left_out);
    plan->left_out[plan->left_out_count++] = (struct left_out){id, why};
    yaml_file_complain(file, place, "the other cells, which are measured",
                       "note: cell '%s' is left out: %s", id, why);
}
