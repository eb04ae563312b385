/* gate_defaults.c -- the suite and the reference of slablab.yaml, or what git and home have.
 *
 * SPDX-License-Identifier: MIT */
#include "gate/gate_defaults.h"

#include "base/complain.h"
#include "base/text.h"
#include "catalogue/catalogue.h"
#include "catalogue/git.h"
#include "catalogue/project.h"
#include "catalogue/settings.h"

#include <stdlib.h>

char *gate_default_experiment(void)
{
    return settings()->suite != NULL ? project_path(settings()->suite)
                                     : catalogue_experiment_path("experiments/gate.yaml");
}

/* What origin calls its default branch, or one of the usual names; NULL. */
static char *default_branch(void)
{
    static char const *const asked[] = {"symbolic-ref", "--quiet", "--short",
                                        "refs/remotes/origin/HEAD", NULL};
    static char const *const usual[] = {"origin/main", "origin/master", "main", "master"};
    char *branch = git_answer(git_command(asked));

    for (size_t i = 0; branch == NULL && i < sizeof usual / sizeof *usual; i++) {
        char const *const verify[] = {"rev-parse", "--verify", "--quiet", usual[i], NULL};
        char *const commit = git_answer(git_command(verify));
        if (commit != NULL)
            branch = text_copy(usual[i]);
        free(commit);
    }
    return branch;
}

static char *merge_base(char const *branch)
{
    static char const *const ask_head[] = {"rev-parse", "--verify", "--quiet", "HEAD", NULL};
    char const *const ask_base[] = {"merge-base", "HEAD", branch, NULL};
    char *const head = git_answer(git_command(ask_head));
    char *base = git_answer(git_command(ask_base));

    if (base == NULL) {
        complain("--base REVISION; git fetch --unshallow",
                 "gate: there is no --base, and HEAD has no commit in common with %s", branch);
    } else if (head != NULL && text_equal(head, base)) {
        complain("--base HEAD~1; or reference: in slablab.yaml",
                 "gate: there is no --base, and all of HEAD is in %s already", branch);
        free(base);
        base = NULL;
    }
    free(head);
    return base;
}

char *gate_default_base(void)
{
    if (settings()->reference != NULL)
        return text_copy(settings()->reference);
    char *const branch = default_branch();
    if (branch == NULL) {
        complain("--base SPEC; slablab gate --help",
                 "gate: there is no --base, and %s is no git repository with a branch main or "
                 "master",
                 project_folder());
        return NULL;
    }
    char *const base = merge_base(branch);
    free(branch);
    return base;
}
