/* work_folder.c -- inputs made once, and copied for each sample.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sample/work_folder.h"

#include "base/complain.h"
#include "base/folder.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_named(struct program const *program, char const *assignment)
{
    size_t const name = strcspn(assignment, "=") + 1;

    for (size_t i = 0; i < program->environment_count; i++)
        if (strncmp(program->environment[i], assignment, name) == 0)
            return true;
    return false;
}

struct words work_folder_environment(struct work_folder const *folder,
                                     struct program const *program)
{
    char *const places[] = {text_format("HOME=%s", folder->work),
                            text_format("TMPDIR=%s", folder->work),
                            text_copy("PATH=/usr/local/bin:/usr/bin:/bin"),
                            text_copy("LC_ALL=C.UTF-8")};
    struct words words = {0};

    for (size_t i = 0; i < program->environment_count; i++)
        words_add(&words, program->environment[i]);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (!is_named(program, places[i]))
            words_add(&words, places[i]);
        free(places[i]);
    }
    return words;
}

static bool open_base(struct work_folder *folder)
{
    char const *const temporary = getenv("TMPDIR");

    if (folder->base != NULL)
        return true;
    folder->base = text_format("%s/slablab.XXXXXX", temporary != NULL ? temporary : "/tmp");
    if (mkdtemp(folder->base) != NULL) {
        folder->work = text_format("%s/work", folder->base);
        return true;
    }
    complain("TMPDIR of a folder that may be written to", "cannot make %s: %s", folder->base,
             strerror(errno));
    free(folder->base);
    folder->base = NULL;
    return false;
}

/* In a process of its own, with what it prints on stderr. */
static _Noreturn void become(struct program const *program, char const *inputs,
                             struct words const *environment)
{
    char **const arguments = memory_zeroed(program->make.count + 1, sizeof *arguments);
    char **const assignments = memory_zeroed(environment->count + 1, sizeof *assignments);

    memcpy(arguments, program->make.arguments, program->make.count * sizeof *arguments);
    memcpy(assignments, environment->word, environment->count * sizeof *assignments);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    signal(SIGXFSZ, SIG_DFL);
    if (chdir(inputs) == 0)
        execve(program->make.executable, arguments, assignments);
    _exit(127);
}

static bool make_more(struct work_folder const *folder, struct program const *program,
                      char const *inputs)
{
    int status = 0;

    if (program->make.count == 0)
        return true;
    struct words environment = work_folder_environment(folder, program);
    pid_t const child = fork();
    if (child == 0)
        become(program, inputs, &environment);
    words_free(&environment);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    complain("its `make` by hand, in a folder with its inputs",
             "program %s: its inputs cannot be made: %s ended with status %d", program->name,
             program->make.executable, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return false;
}

/* The inputs of a cell; NULL on a fault. The caller frees the path. */
static char *inputs_of(struct work_folder const *folder, struct program const *program,
                       size_t cell)
{
    char *const path = text_format("%s/inputs.%zu", folder->base, cell);
    bool made = access(path, F_OK) == 0;

    if (!made) {
        made = mkdir(path, 0700) == 0;
        for (size_t i = 0; made && i < program->input_count; i++)
            made = folder_copy(program->inputs[i], path);
        made = made && make_more(folder, program, path);
        if (!made)
            folder_remove(path);
    }
    if (made)
        return path;
    free(path);
    return NULL;
}

bool work_folder_renew(struct work_folder *folder, struct program const *program, size_t cell)
{
    if (!open_base(folder))
        return false;
    char *const inputs = inputs_of(folder, program, cell);
    folder_remove(folder->work);
    bool const copied =
        inputs != NULL && mkdir(folder->work, 0700) == 0 && folder_copy(inputs, folder->work);
    free(inputs);
    return copied;
}

bool work_folder_link(struct work_folder *folder, struct plan const *plan, size_t arm)
{
    if (plan->arms[arm].program == NULL)
        return true;
    if (folder->artifact == NULL) {
        char *const above = text_format("%s/program", folder->base);
        folder->artifact = text_format("%s%s", above, strrchr(plan->arms[0].program, '/'));
        bool const made = mkdir(above, 0700) == 0;
        free(above);
        if (!made)
            return false;
    }
    unlink(folder->artifact);
    if (symlink(plan->arms[arm].program, folder->artifact) == 0)
        return true;
    complain("TMPDIR of a folder that may be written to", "cannot make %s: %s", folder->artifact,
             strerror(errno));
    return false;
}

void work_folder_close(struct work_folder *folder)
{
    if (folder->base != NULL)
        folder_remove(folder->base);
    free(folder->base);
    free(folder->work);
    free(folder->artifact);
    *folder = (struct work_folder){.base = NULL};
}
