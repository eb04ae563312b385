/* expand_words.c -- a plan from the words of a command line.
 *
 *   ALLOCATOR [as LABEL] NAME=value ... ALLOCATOR ... WORKLOAD name=number ...
 *   ALLOCATOR NAME=value ... ALLOCATOR ... -- PROGRAM ARGUMENT ...
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/memory.h"
#include "base/spec_words.h"
#include "base/text.h"
#include "catalogue/variant.h"
#include "catalogue/workload_description.h"
#include "experiment/program.h"

#include <stdlib.h>
#include <string.h>

/* An allocator or a workload, and no assignment: the '=' of phase17-2+batch=16 is a constant's. */
static bool is_plain(char const *word)
{
    return strchr(word, '=') == NULL || variant_is_named(word);
}

/* Is the word the label of the one before the last, "./libmine.so as mine", or `as` itself? */
static bool is_label(struct words const *words, size_t word)
{
    return (word > 0 && text_equal(words->word[word], "as")) ||
           (word > 1 && text_equal(words->word[word - 1], "as"));
}

/* A shared object may be executed as well, and is an allocator here. */
static bool is_known(char const *name)
{
    if (strstr(catalogue_workload_name(name), ".so") != NULL)
        return false;
    char *const workload = catalogue_workload_path(name);
    char *const program = program_file(name);
    bool const known = workload != NULL || program != NULL;

    free(workload);
    free(program);
    return known;
}

/* Where the allocators end: at "--"; at the first word behind the first allocator that is known to
 * run; else at the last without an equals sign, which is then complained of. */
static size_t end_of_arms(struct words const *words)
{
    size_t last = words->count;
    size_t plain = 0;

    for (size_t i = 0; i < words->count; i++)
        if (text_equal(words->word[i], "--"))
            return i;
    for (size_t i = 0; i < words->count; i++) {
        if (!is_plain(words->word[i]) || is_label(words, i) || ++plain == 1)
            continue;
        last = i;
        if (is_known(words->word[i]))
            break;
    }
    return last;
}

/* The arms in words[0 ... end - 1], each with its assignments. */
static struct words arms_in(struct words const *words, size_t end)
{
    struct words arms = {0};

    for (size_t first = 0; first < end;) {
        size_t last = first + 1;
        while (last < end && (!is_plain(words->word[last]) || is_label(words, last)))
            last++;
        char *const arm = spec_join(words, first, last);
        struct words expanded = expand_axis(arm);
        for (size_t i = 0; i < expanded.count; i++)
            words_add(&arms, expanded.word[i]);
        words_free(&expanded);
        free(arm);
        first = last;
    }
    return arms;
}

/* Fills in the entry of what is run; `text` is to be freed. */
static char *take_run(struct words const *words, size_t end, struct experiment_workload *workload)
{
    if (end < words->count && text_equal(words->word[end], "--")) {
        workload->program.program = words->word + end + 1;
        workload->program.program_count = (unsigned)(words->count - end - 1);
        return NULL;
    }
    for (size_t i = end; i < words->count; i++)
        if (strncmp(words->word[i], "warmup=", strlen("warmup=")) == 0)
            workload->start = START_WARM;
    return workload->run = words_join(words, end, words->count);
}

struct plan *plan_from_words(char *const *words, char const *blocks, uint64_t seed)
{
    static char alone[] = "Where does the time go, and every page fault?";
    static char compared[] = "How do these allocators compare?";
    struct yaml_file *const file = yaml_file_of_nothing("command_line");
    struct words all = {(char **)words, 0};
    struct experiment_stop stop = {.blocks_max = (char *)blocks};
    struct experiment_workload workload = {0};

    while (words[all.count] != NULL)
        all.count++;
    size_t const end = end_of_arms(&all);
    struct words arms = arms_in(&all, end);
    char *const run = take_run(&all, end, &workload);
    char *const text = words_join(&all, 0, all.count);
    struct experiment const experiment = {.question = arms.count > 1 ? compared : alone,
                                          .baseline = arms.count > 0 ? arms.word[0] : "",
                                          .arms = arms.count > 1 ? arms.word + 1 : NULL,
                                          .arms_count =
                                              arms.count > 1 ? (unsigned)(arms.count - 1) : 0,
                                          .stop = blocks != NULL ? &stop : NULL,
                                          .workloads = &workload,
                                          .workloads_count = end < all.count};
    struct expansion const asked = {.file = file, .experiment = &experiment};
    struct plan *const plan = expansion_plan(asked, text, seed);
    words_free(&arms);
    free(run);
    free(text);
    yaml_file_close(file);
    return plan;
}
