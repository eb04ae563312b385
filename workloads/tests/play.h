/* play.h -- acts as the harness for one sample: page, counters, fork, exec.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_PLAY_H
#define SLABLAB_PLAY_H

#include "region.h"
#include "spawn.h"

#include <linux/perf_event.h>
#include <stdbool.h>
#include <sys/syscall.h>

/* How the child opens its counters before exec: as one group, each alone, or running already. */
enum play_counters { PLAY_NONE, PLAY_GROUP, PLAY_ALONE, PLAY_RUNNING };

/* Positions in region.counter; the last is absent, like an event that a machine lacks. */
enum play_event {
    PLAY_PAGE_FAULTS,
    PLAY_MINOR_FAULTS,
    PLAY_MAJOR_FAULTS,
    PLAY_ABSENT,
    PLAY_EVENTS
};

struct play {
    struct region region; /* as the child left it; before play: as it is handed to the child */
    int status;           /* as in struct spawned */
    char error[SPAWN_TEXT_MAX];
};

static inline int play_open(uint64_t config, bool disabled, int leader_fd)
{
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof attributes,
        .config = config,
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .disabled = disabled,
        .inherit = 1,
    };

    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, leader_fd, 0UL);
}

static inline void play_open_counters(struct region *region, enum play_counters counters)
{
    static uint64_t const configs[] = {
        [PLAY_PAGE_FAULTS] = PERF_COUNT_SW_PAGE_FAULTS,
        [PLAY_MINOR_FAULTS] = PERF_COUNT_SW_PAGE_FAULTS_MIN,
        [PLAY_MAJOR_FAULTS] = PERF_COUNT_SW_PAGE_FAULTS_MAJ,
    };

    if (counters == PLAY_NONE)
        return;
    region->counter_count = PLAY_EVENTS;
    region->counter_fd[PLAY_ABSENT] = -1;
    for (int i = 0; i < PLAY_ABSENT; i++) {
        bool const member = counters == PLAY_GROUP && i > 0;
        bool const disabled = counters != PLAY_RUNNING && !member;
        region->counter_fd[i] =
            play_open(configs[i], disabled, member ? region->counter_fd[0] : -1);
    }
}

/* Whether this machine allows counting at all. */
static inline bool play_can_count(void)
{
    int const file = play_open(PERF_COUNT_SW_PAGE_FAULTS, true, -1);

    if (file < 0)
        return false;
    close(file);
    return true;
}

static inline void play_prepare(struct play *play)
{
    memset(play, 0, sizeof *play);
    play->region.magic = REGION_MAGIC;
    play->region.version = REGION_VERSION;
}

/* Runs `words` (see spawn_words) with play->region in the page, and takes the page back. */
static inline void play_run(struct play *play, char const *words, char const *preload,
                            enum play_counters counters)
{
    static struct spawn_words split;
    char page_text[64];
    char preload_text[PATH_MAX + sizeof "LD_PRELOAD="];
    char *environment[] = {page_text, preload == NULL ? NULL : preload_text, NULL};
    int const page_fd = memfd_create("region", 0);
    int const error = memfd_create("error", MFD_CLOEXEC);

    if (ftruncate(page_fd, sizeof(struct region)) != 0)
        abort();
    struct region *const page =
        mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, page_fd, 0);
    *page = play->region;
    snprintf(page_text, sizeof page_text, "SLABLAB_REGION=%d", page_fd);
    snprintf(preload_text, sizeof preload_text, "LD_PRELOAD=%s", preload == NULL ? "" : preload);
    spawn_split(words, &split);

    pid_t const child = fork();
    if (child == 0) {
        play_open_counters(page, counters);
        dup2(error, STDERR_FILENO);
        execve(split.text, split.word, environment);
        _exit(127);
    }
    play->status = spawn_wait(child);
    play->region = *page;
    munmap(page, sizeof *page);
    close(page_fd);
    spawn_take(error, play->error);
}

#endif
