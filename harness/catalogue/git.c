/* git.c -- git in the project's folder, and commands whose output is their fault.
 *
 * SPDX-License-Identifier: MIT */
#include "catalogue/git.h"

#include "base/capture.h"
#include "base/memory.h"
#include "catalogue/project.h"

#include <stdlib.h>
#include <string.h>

static void add_all(struct words *command, char const *const *words)
{
    for (; *words != NULL; words++)
        words_add(command, *words);
}

struct words git_command_at(char const *folder, struct words const *options,
                            char const *const *words)
{
    static char const *const before[] = {
        "env", "-u", "GIT_DIR", "-u", "GIT_WORK_TREE", "-u", "GIT_INDEX_FILE",
        "GIT_TERMINAL_PROMPT=0", "git", "-c", "safe.directory=*", "-c", "core.hooksPath=/dev/null",
        NULL};
    struct words command = {0};

    add_all(&command, before);
    for (size_t i = 0; i < options->count; i++)
        words_add(&command, options->word[i]);
    words_add(&command, "-C");
    words_add(&command, folder);
    add_all(&command, words);
    return command;
}

struct words git_command(char const *const *words)
{
    struct words const nothing = {0};

    return git_command_at(project_folder(), &nothing, words);
}

char *git_answer(struct words command)
{
    char **const arguments = memory_zeroed(command.count + 1, sizeof *arguments);

    memcpy(arguments, command.word, command.count * sizeof *arguments);
    char *const text = capture_line(arguments, NULL);
    free(arguments);
    words_free(&command);
    return text;
}

char *git_fault(char const *folder, struct words command)
{
    static char const *const shell[] = {"sh", "-c", "cd \"$0\" && \"$@\" 2>&1; echo \"status $?\"",
                                        NULL};
    struct words whole = {0};

    add_all(&whole, shell);
    words_add(&whole, folder);
    for (size_t i = 0; i < command.count; i++)
        words_add(&whole, command.word[i]);
    words_free(&command);
    char *const said = git_answer(whole);
    if (said == NULL)
        return text_copy("it was ended");
    if (!text_ends_with(said, "status 0"))
        return said;
    free(said);
    return NULL;
}
