/* expand_cpus.c -- how many CPUs each cell's samples get.
 *
 * SPDX-License-Identifier: MIT */
#include "experiment/expansion.h"

#include "base/text.h"
#include "experiment/program.h"
#include "machine/cpus.h"

/* That the cell has use for. */
static size_t cpus_wanted(struct cell const *cell)
{
    return cell->program != NULL ? cell->program->cpus : cell->threads;
}

/* As many as the experiment says, or as the cell that has use for most, of those that this process
 * may run on. */
static bool take_cpus(struct expansion const *expansion, uint64_t *cpus)
{
    char const *const written = expansion->experiment->cpus;
    struct plan const *const plan = expansion->plan;
    size_t const allowed = cpus_choose(1).allowed;
    bool const numbered = written == NULL || (text_to_number(written, cpus) && *cpus > 0);

    for (size_t i = 0; written == NULL && i < plan->cell_count; i++)
        if (cpus_wanted(&plan->cells[i]) > *cpus)
            *cpus = cpus_wanted(&plan->cells[i]);
    if (written == NULL && *cpus > allowed)
        *cpus = allowed;
    if (!numbered)
        yaml_file_complain(expansion->file, "cpus", "a number from 1 up, or no such line",
                           "'%s' is no number of CPUs", written);
    else if (written != NULL && *cpus > allowed)
        yaml_file_complain(expansion->file, "cpus",
                           "fewer; threads without a CPU of their own are allowed, and marked",
                           "%s CPUs, and slablab may run on %zu here", written, allowed);
    return numbered && (written == NULL || *cpus <= allowed);
}

bool expand_cpus(struct expansion const *expansion)
{
    struct plan *const plan = expansion->plan;
    uint64_t cpus = 1;

    if (!take_cpus(expansion, &cpus))
        return false;
    for (size_t i = 0; i < plan->cell_count; i++) {
        struct cell *const cell = &plan->cells[i];
        cell->cpus = cpus_wanted(cell) < cpus ? cpus_wanted(cell) : cpus;
        if (cell->cpus < cpus_wanted(cell))
            cell->id = arena_format(&plan->arena, "%s oversubscribed", cell->id);
    }
    return true;
}
