/* threads.c -- a threaded workload's threads: created, pinned, let go together, joined.
 *
 *   main    create | work(warm-up) wait | region: begin work(operations) wait end | join
 *   other          | work(warm-up)      |               work(operations)          |
 *
 * They sleep between two phases, and main sleeps until the last has ended: waiting costs no CPU
 * time. Thread i runs on the i-th of the process's CPUs, counted from the last one and round again:
 * the harness has chosen them (harness/machine/cpus.c).
 *
 * A thread that ends in the middle of work() ends the program.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "runtime.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CACHE_LINE_PAIR = 128, PATIENCE_NS = 250000000 };

/* A thread and what it needs, on lines of its own: processors fetch lines in pairs. */
struct seat {
    _Alignas(CACHE_LINE_PAIR) struct worker worker;
    pthread_t thread;
    uint64_t ended_ns; /* of the last phase */
};

/* phase counts up when the threads may begin; arrived counts those that have ended it. Main sleeps
 * on arrived, the others on phase. */
static struct {
    _Alignas(CACHE_LINE_PAIR) uint32_t phase;
    _Alignas(CACHE_LINE_PAIR) uint32_t arrived;
    _Alignas(CACHE_LINE_PAIR) uint64_t operations; /* of the phase */
    bool over;                                     /* there is no other phase */
    uint64_t before; /* operations of all phases that have begun */
    uint64_t began_ns;
    uint32_t threads;
    struct seat *seats;
    int cpu_count;
    int cpus[CPU_SETSIZE]; /* the last one first */
} team;

static uint64_t now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

/* Sleeps while *word is `known`, for PATIENCE_NS at most. */
static void sleep_while(uint32_t const *word, uint32_t known)
{
    struct timespec const patience = {.tv_nsec = PATIENCE_NS};

    syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, known, &patience, NULL, 0);
}

static void wake(uint32_t const *word)
{
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, THREADS_MAX, NULL, NULL, 0);
}

static void find_cpus(void)
{
    cpu_set_t allowed;

    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    for (int cpu = CPU_SETSIZE - 1; cpu >= 0; cpu--)
        if (CPU_ISSET(cpu, &allowed))
            team.cpus[team.cpu_count++] = cpu;
}

static void pin(uint32_t number)
{
    cpu_set_t own;

    if (team.cpu_count == 0)
        return;
    CPU_ZERO(&own);
    CPU_SET(team.cpus[number % (uint32_t)team.cpu_count], &own);
    if (sched_setaffinity(0, sizeof own, &own) != 0)
        end_with(STATUS_FAILED, "taskset --cpu-list, with CPUs that are online",
                 "cannot keep thread %u on CPU %d: %s", (unsigned)number,
                 team.cpus[number % (uint32_t)team.cpu_count], strerror(errno));
}

static void end_of_dead(void *seat)
{
    end_with(STATUS_FAILED, "a work() that returns, and calls no pthread_exit",
             "thread %u ended in the middle of its work",
             (unsigned)((struct seat *)seat)->worker.number);
}

static void work(struct seat *seat)
{
    pthread_cleanup_push(end_of_dead, seat);
    workload.work(&seat->worker, team.operations);
    pthread_cleanup_pop(0);
    seat->ended_ns = now_ns();
}

static void *live(void *argument)
{
    struct seat *const seat = argument;

    pin(seat->worker.number);
    for (uint32_t phase = 0;; phase++) {
        while (__atomic_load_n(&team.phase, __ATOMIC_ACQUIRE) == phase)
            sleep_while(&team.phase, phase);
        if (team.over)
            return NULL;
        work(seat);
        if (__atomic_add_fetch(&team.arrived, 1, __ATOMIC_ACQ_REL) == team.threads - 1)
            wake(&team.arrived);
    }
}

static void create(struct seat *seat)
{
    int const refusal = pthread_create(&seat->thread, NULL, live, seat);

    if (refusal != 0)
        end_with(STATUS_FAILED, "fewer threads; ulimit -u; ulimit -v",
                 "cannot create thread %u of %u: %s", (unsigned)seat->worker.number,
                 (unsigned)team.threads, strerror(refusal));
}

/* One that ended without a word, by the system call itself. */
static void look_for_dead(void)
{
    for (uint32_t i = 1; i < team.threads; i++)
        if (pthread_tryjoin_np(team.seats[i].thread, NULL) == 0)
            end_of_dead(&team.seats[i]);
}

static void begin_phase(uint64_t operations)
{
    for (uint32_t i = 0; i < team.threads; i++)
        team.seats[i].worker.before = team.before;
    team.before += operations;
    team.operations = operations;
    team.began_ns = now_ns();
    __atomic_store_n(&team.arrived, 0, __ATOMIC_RELAXED);
    __atomic_add_fetch(&team.phase, 1, __ATOMIC_RELEASE);
    if (team.threads > 1)
        wake(&team.phase);
}

static void wait_for_all(void)
{
    uint32_t arrived;

    while ((arrived = __atomic_load_n(&team.arrived, __ATOMIC_ACQUIRE)) < team.threads - 1) {
        uint64_t const before_ns = now_ns();
        sleep_while(&team.arrived, arrived);
        if (now_ns() - before_ns >= PATIENCE_NS)
            look_for_dead();
    }
}

static int compare(void const *left, void const *right)
{
    uint64_t const one = *(uint64_t const *)left;
    uint64_t const other = *(uint64_t const *)right;

    return (one > other) - (one < other);
}

static void finish(struct region *region)
{
    static uint64_t took_ns[THREADS_MAX];

    region->threads = team.threads;
    for (uint32_t i = 0; i < team.threads; i++)
        took_ns[i] = team.seats[i].ended_ns - team.began_ns;
    qsort(took_ns, team.threads, sizeof *took_ns, compare);
    if (team.threads > 1) {
        region->slowest_thread_ns = took_ns[team.threads - 1];
        region->median_thread_ns =
            (took_ns[(team.threads - 1) / 2] + took_ns[team.threads / 2]) / 2;
    }
    team.over = true;
    begin_phase(0);
    for (uint32_t i = 1; i < team.threads; i++)
        pthread_join(team.seats[i].thread, NULL);
}

static bool declares(char const *name)
{
    struct parameter const *own = workload.params;

    while (own->name != NULL && strcmp(own->name, name) != 0)
        own++;
    return own->name != NULL;
}

static void assemble(void)
{
    uint32_t const seed = declares("seed") ? (uint32_t)workload_parameter("seed") : 1;

    team.threads = (uint32_t)workload_parameter("threads");
    team.seats = workload_map(team.threads * sizeof *team.seats);
    find_cpus();
    for (uint32_t i = 0; i < team.threads; i++) {
        team.seats[i].worker = (struct worker){.number = i,
                                               .threads = team.threads,
                                               .random = random_stream(seed, i),
                                               .checksum = CHECKSUM_START};
        if (i > 0)
            create(&team.seats[i]);
    }
    pin(0);
    threads_finish = finish;
}

uint64_t workload_run_threads(uint64_t operations)
{
    uint64_t checksum = CHECKSUM_START;

    if (team.seats == NULL)
        assemble();
    begin_phase(operations);
    work(&team.seats[0]);
    wait_for_all();
    for (uint32_t i = 0; i < team.threads; i++)
        checksum = checksum_add(checksum, team.seats[i].worker.checksum);
    return checksum;
}
