/* kernel_words.c -- the list of the kernel's parameters that are recorded.
 *
 * Names are those of the kernel's admin-guide/kernel-parameters.txt; a * at the end stands for any
 * ending. A parameter that is missing here is not recorded: better too little than an address.
 *
 * SPDX-License-Identifier: MIT */
#include "machine/kernel_words.h"

#include "base/text.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static char const *const listed[] = {
    /* mitigations */
    "mitigations", "spectre_*", "nospectre_*", "spec_*", "nospec_*", "ssbd", "pti", "nopti", "kpti",
    "l1tf", "l1d_flush", "mds", "mmio_stale_data", "retbleed", "srbds", "tsx", "tsx_async_abort",
    "gather_data_sampling", "reg_file_data_sampling", "indirect_target_selection", "tsa",
    /* which CPUs, and what disturbs them */
    "isolcpus", "nohz", "nohz_full", "rcu_nocbs", "rcu_nocb_poll", "rcutree.*", "irqaffinity",
    "threadirqs", "maxcpus", "nr_cpus", "possible_cpus", "nosmt", "noht", "nmi_watchdog",
    "nowatchdog", "watchdog", "watchdog_thresh", "nosoftlockup", "skew_tick", "preempt", "sched_*",
    "psi", "cgroup_disable", "audit",
    /* clocks, idling and frequency */
    "clocksource", "tsc", "hpet", "nohpet", "highres", "idle", "intel_idle.*", "processor.*",
    "cpuidle.*", "cpuidle_haltpoll.*", "haltpoll.*", "cpufreq.*", "intel_pstate", "amd_pstate",
    /* memory */
    "hugepages", "hugepagesz", "default_hugepagesz", "hugetlb_*", "transparent_hugepage",
    "transparent_hugepage_*", "thp_*", "numa", "numa_balancing", "mem", "swapaccount", "zswap.*",
    "swiotlb", "iommu", "intel_iommu", "amd_iommu", "page_reporting.*", "page_alloc.*",
    "init_on_alloc", "init_on_free", "page_poison", "debug_pagealloc", "slub_debug", "slab_debug",
    "slab_merge", "slab_nomerge", "kasan", "kasan.*", "kmemleak", "norandmaps", "nokaslr",
};

/* The kernel takes - for _ in a name. */
static bool is_named(char const *word, size_t length, char const *name)
{
    size_t const whole = strlen(name);
    bool const any_ending = name[whole - 1] == '*';
    size_t const compared = any_ending ? whole - 1 : whole;

    if (any_ending ? length < compared : length != compared)
        return false;
    for (size_t i = 0; i < compared; i++)
        if (word[i] != name[i] && !(word[i] == '-' && name[i] == '_'))
            return false;
    return true;
}

static bool is_listed(char const *word, size_t length)
{
    for (size_t i = 0; i < sizeof listed / sizeof *listed; i++)
        if (is_named(word, length, listed[i]))
            return true;
    return false;
}

/* Lists of CPUs, sizes and words: no path, no quoted text. */
static bool is_plain(char const *value)
{
    for (; *value != '\0'; value++)
        if (!isalnum((unsigned char)*value) && strchr(",._:+@-", *value) == NULL)
            return false;
    return true;
}

/* Everything behind a word -- is for the first process. */
char *kernel_words_kept(char const *command_line)
{
    struct words words = words_of(command_line);
    char *kept = text_copy("");

    for (size_t i = 0; i < words.count && !text_equal(words.word[i], "--"); i++) {
        char const *const word = words.word[i];
        char const *const value = word + strcspn(word, "=");
        if (is_listed(word, (size_t)(value - word)) && is_plain(value + (*value == '=')))
            text_append(&kept, "%s%s", *kept == '\0' ? "" : " ", word);
    }
    words_free(&words);
    return kept;
}
