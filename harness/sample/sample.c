/* sample.c -- starts, watches and reaps a sample's process.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "sample/sample.h"

#include "base/clock.h"
#include "base/complain.h"
#include "base/hint.h"
#include "base/interrupt.h"
#include "base/text.h"
#include "machine/cpus.h"
#include "sample/left_behind.h"
#include "sample/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    STDERR_BYTES_MAX = 16384,
    TIMEOUT_SECONDS = 60,
    EXIT_NOT_EXECUTED = 127,
    POLLS_MAX = 256
};

/* Tries to keep to all of the CPUs, so that samples need not report a failure. */
static struct cpus pin_apart(size_t wanted)
{
    struct cpus const cpus = cpus_choose(wanted);

    if (cpus.count == 0 || !cpus_keep_to(cpus.workload, cpus.count) ||
        !cpus_keep_to(&cpus.harness, 1))
        complain("taskset --cpu-list 0,1 slablab ...; slablab doctor",
                 "note: samples cannot be kept on CPU %d and the harness on CPU %d, so they may "
                 "disturb each other: %s",
                 cpus.count > 0 ? cpus.workload[0] : -1, cpus.harness, strerror(errno));
    return cpus;
}

bool sampler_open(struct sampler *sampler, char *const *events, size_t event_count, size_t cpus)
{
    *sampler = (struct sampler){
        .page = MAP_FAILED, .page_fd = -1, .stderr_fd = -1, .stdout_fd = -1, .null_fd = -1};
    sampler->counters = counters_encode(events, event_count);
    if (sampler->counters == NULL)
        return false;
    sampler->timeout_ns = TIMEOUT_SECONDS * 1000000000ull;
    sampler->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    sampler->stderr_fd = output_file_open_bounded(STDERR_BYTES_MAX);
    sampler->stdout_fd = output_file_open();
    sampler->page_fd = memfd_create("region", 0); /* no CLOEXEC: samples inherit it by number */
    if (sampler->page_fd >= 0 && ftruncate(sampler->page_fd, sizeof *sampler->page) == 0)
        sampler->page = mmap(NULL, sizeof *sampler->page, PROT_READ | PROT_WRITE, MAP_SHARED,
                             sampler->page_fd, 0);
    if (sampler->null_fd < 0 || sampler->stderr_fd < 0 || sampler->stdout_fd < 0 ||
        sampler->page == MAP_FAILED) {
        complain(hint_for(errno, "ulimit -n; free"),
                 "cannot open /dev/null and three memory files: %s", strerror(errno));
        sampler_close(sampler);
        return false;
    }
    left_behind_adopt();
    sampler->cpus = pin_apart(cpus);
    sampler->cpu_count = 1;
    return true;
}

static void close_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void sampler_close(struct sampler *sampler)
{
    if (sampler->page != MAP_FAILED)
        munmap(sampler->page, sizeof *sampler->page);
    close_open(sampler->page_fd);
    close_open(sampler->stderr_fd);
    close_open(sampler->stdout_fd);
    close_open(sampler->null_fd);
    counters_free(sampler->counters);
}

static size_t cpus_of(struct sampler const *sampler)
{
    return sampler->cpu_count < sampler->cpus.count ? sampler->cpu_count : sampler->cpus.count;
}

/* Runs between fork and exec, where every page first written costs a fault, so it does little but
 * system calls. All descriptors of the harness but the page's close on exec. */
static _Noreturn void become(struct sampler const *sampler, pid_t parent, char *const *arguments,
                             char *const *environment)
{
    /* The sample dies with the harness, so that it cannot disturb later measurements. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_NOT_EXECUTED);
    setpgid(0, 0);
    signal(SIGXFSZ, SIG_DFL);
    thp_become(sampler->thp);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}); /* a crash leaves no file where we are */
    if (sampler->cpus.count > 0)
        cpus_keep_to(sampler->cpus.workload, cpus_of(sampler)); /* sampler_open has tried it */
    dup2(sampler->null_fd, STDIN_FILENO);
    dup2(sampler->null_fd, STDOUT_FILENO);
    if (sampler->keeps_output)
        output_file_become_stdout(sampler->stdout_fd);
    dup2(sampler->stderr_fd, STDERR_FILENO);
    /* Libraries leave files open: libdw those with debug information. */
    close_range(STDERR_FILENO + 1, UINT_MAX, CLOSE_RANGE_CLOEXEC);
    fcntl(sampler->page_fd, F_SETFD, 0);
    counters_open(sampler->counters, sampler->page);
    execve(arguments[0], arguments, environment);
    dprintf(STDERR_FILENO, "cannot execute %s: %s\n", arguments[0], strerror(errno));
    _exit(EXIT_NOT_EXECUTED);
}

static void page_reset(struct region *page)
{
    memset(page, 0, sizeof *page);
    page->magic = REGION_MAGIC;
    page->version = REGION_VERSION;
    for (size_t i = 0; i < REGION_COUNTERS_MAX; i++)
        page->counter_fd[i] = -1;
}

/* A process that runs, and whether an interrupt has been answered. */
struct waiting {
    pid_t child;
    int pidfd;
    uint64_t deadline_ns;
    uint64_t asked_ns; /* when an interrupt was first seen; 0: none */
    bool said;
    char *const *arguments;
    char *const *environment;
};

/* "LD_PRELOAD=/x.so /build/workloads/null operations=1". The caller frees it. */
static char *command_of(struct waiting const *waiting)
{
    char *text = text_copy("");

    for (char *const *word = waiting->environment; *word != NULL; word++)
        if (strncmp(*word, "LD_PRELOAD=", strlen("LD_PRELOAD=")) == 0)
            text_append(&text, "%s ", *word);
    for (char *const *word = waiting->arguments; *word != NULL; word++)
        text_append(&text, "%s%s", word != waiting->arguments ? " " : "", *word);
    return text;
}

/* After an interrupt samples may take a second to end without a word. Returns for how long to wait
 * at most. */
static uint64_t say_what_it_waits_for(struct waiting *waiting, uint64_t now_ns, uint64_t left_ns)
{
    static uint64_t const patience_ns = 1000000000;

    if (!interrupted() || waiting->said)
        return left_ns;
    if (waiting->asked_ns == 0)
        waiting->asked_ns = now_ns;
    uint64_t const waited_ns = now_ns - waiting->asked_ns;
    if (waited_ns < patience_ns)
        return left_ns < patience_ns - waited_ns ? left_ns : patience_ns - waited_ns + 999999;
    waiting->said = true;
    char *const command = command_of(waiting);
    complain("the same signal again, which kills it",
             "interrupted, and waiting for a sample to end, at most %d s: %s",
             (int)(left_ns / 1000000000), command);
    free(command);
    return left_ns;
}

/* Returns false if the time limit passed and the process was killed. Reads the recorder's rings
 * meanwhile. */
static bool wait_for_exit(struct waiting *waiting, struct recorder *recorder)
{
    uint64_t const deadline_ns = waiting->deadline_ns;
    int const pidfd = waiting->pidfd;
    struct pollfd polls[1 + POLLS_MAX] = {{.fd = pidfd, .events = POLLIN}};
    size_t const rings = recorder != NULL ? recorder_polls(recorder, polls + 1, POLLS_MAX) : 0;
    bool in_time = true;

    for (;;) {
        uint64_t const now_ns = clock_ns(CLOCK_MONOTONIC);
        uint64_t const left_ns = now_ns < deadline_ns ? deadline_ns - now_ns : 0;
        uint64_t const rest_ns = say_what_it_waits_for(waiting, now_ns, left_ns);
        int const ready = poll(polls, 1 + rings, (int)(rest_ns / 1000000));
        if (recorder != NULL)
            recorder_read(recorder);
        if ((ready > 0 && polls[0].revents != 0) || (ready < 0 && errno != EINTR))
            break;
        if (left_ns < 1000000) {
            in_time = false;
            break;
        }
    }
    /* The process is not reaped yet, so its id cannot belong to another group. */
    kill(-waiting->child, SIGKILL);
    return in_time;
}

static uint64_t timeval_ns(struct timeval value)
{
    return (uint64_t)value.tv_sec * 1000000000u + (uint64_t)value.tv_usec * 1000u;
}

/* The descriptor's offset, shared with the sample, is the number of bytes written. Bytes other than
 * printable ASCII become '?', so that the record is valid UTF-8. */
static char *read_stderr(int fd)
{
    off_t const end = lseek(fd, 0, SEEK_CUR);
    size_t const length = end > 0 && end <= STDERR_BYTES_MAX ? (size_t)end : 0;
    char *const text = calloc(1, length + 1);

    if (text == NULL || pread(fd, text, length, 0) != (ssize_t)length) {
        free(text);
        return NULL;
    }
    for (size_t i = 0; i < length; i++)
        if (text[i] != '\n' && text[i] != '\t' && (text[i] < ' ' || text[i] > '~'))
            text[i] = '?';
    return text;
}

static void page_copy(struct sample *sample, struct region const *page)
{
    sample->region = *page;
    sample->region.object[REGION_PATH_MAX - 1] = 0;
    sample->region.build_id[REGION_BUILD_ID_MAX - 1] = 0;
    sample->region.witness.program[REGION_PATH_MAX - 1] = 0;
    sample->region.witness.object[REGION_PATH_MAX - 1] = 0;
    sample->region.artifact.build_id[REGION_BUILD_ID_MAX - 1] = 0;
    if (sample->region.tier_count > REGION_TIERS_MAX)
        sample->region.tier_count = REGION_TIERS_MAX;
    for (size_t i = 0; i < REGION_TIERS_MAX; i++)
        sample->region.tier[i].name[REGION_NAME_MAX - 1] = 0;
    if (sample->region.measure_count > REGION_MEASURES_MAX)
        sample->region.measure_count = REGION_MEASURES_MAX;
    for (size_t i = 0; i < REGION_MEASURES_MAX; i++)
        sample->region.measure[i].name[REGION_NAME_MAX - 1] = 0;
    if (sample->region.counter_count > REGION_COUNTERS_MAX)
        sample->region.counter_count = REGION_COUNTERS_MAX;
}

static enum sample_status status_of(struct sample *sample, int wait_status, bool in_time)
{
    sample->exit_code = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 0;
    sample->signal = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
    if (!in_time)
        return SAMPLE_TIMEOUT;
    if (sample->signal != 0)
        return SAMPLE_CRASHED;
    if (sample->exit_code != 0)
        return SAMPLE_FAILED;
    if (sample->region.magic != REGION_MAGIC || sample->region.state != REGION_REPORTED)
        return SAMPLE_PROTOCOL;
    return SAMPLE_OK;
}

static uint64_t bytes_of(char *const *strings)
{
    uint64_t bytes = 0;

    for (size_t i = 0; strings[i] != NULL; i++)
        bytes += strlen(strings[i]) + 1;
    return bytes;
}

bool sample_run(struct sampler *sampler, char *const *arguments, char *const *environment,
                struct sample *sample)
{
    struct rusage usage = {0};
    int wait_status = 0;
    pid_t const parent = getpid();

    *sample = (struct sample){0};
    page_reset(sampler->page);
    lseek(sampler->stderr_fd, 0, SEEK_SET);
    output_file_rewind(sampler->stdout_fd);
    if (sampler->recorder != NULL && !recorder_begin(sampler->recorder))
        return false;
    uint64_t const started_ns = clock_ns(CLOCK_MONOTONIC);
    pid_t const child = fork();
    if (child == 0)
        become(sampler, parent, arguments, environment);
    if (child < 0) {
        complain(hint_for(errno, "ulimit -u; free"), "cannot start a process: %s",
                 strerror(errno));
        return false;
    }
    int const pidfd = pidfd_open(child, 0);
    if (pidfd < 0) {
        complain("ulimit -n; Linux 5.3 or later", "cannot watch a process: %s", strerror(errno));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        return false;
    }
    setpgid(child, child); /* parent and child both do it: from here on the group can be killed */
    interrupt_kills(child);
    struct waiting waiting = {.child = child,
                              .pidfd = pidfd,
                              .deadline_ns = started_ns + sampler->timeout_ns,
                              .arguments = arguments,
                              .environment = environment};
    bool const in_time = wait_for_exit(&waiting, sampler->recorder);
    interrupt_kills(0);
    close(pidfd);
    while (wait4(child, &wait_status, 0, &usage) < 0 && errno == EINTR)
        ;
    sample->left_behind = left_behind_kill();
    sample->cpu_count = cpus_of(sampler);
    sample->pid = (uint32_t)child;
    sample->exec_bytes = bytes_of(arguments) + bytes_of(environment) + strlen(arguments[0]) + 1;
    sample->process_wall_ns = clock_ns(CLOCK_MONOTONIC) - started_ns;
    if (sampler->recorder != NULL)
        recorder_end(sampler->recorder);
    sample->process_cpu_ns = timeval_ns(usage.ru_utime) + timeval_ns(usage.ru_stime);
    sample->process_minor_faults = (uint64_t)usage.ru_minflt;
    sample->process_major_faults = (uint64_t)usage.ru_majflt;
    page_copy(sample, sampler->page);
    sample->status = status_of(sample, wait_status, in_time);
    /* A sample that is later rejected for its checksum or its allocator needs its stderr too.
     */
    sample->stderr_text = read_stderr(sampler->stderr_fd);
    return true;
}

char const *sample_status_name(enum sample_status status)
{
    static char const *const names[] = {[SAMPLE_OK] = "ok",
                                        [SAMPLE_FAILED] = "failed",
                                        [SAMPLE_CRASHED] = "crashed",
                                        [SAMPLE_TIMEOUT] = "timeout",
                                        [SAMPLE_CHECKSUM] = "checksum",
                                        [SAMPLE_ALLOCATOR] = "allocator",
                                        [SAMPLE_PROTOCOL] = "protocol"};

    return names[status];
}

void sample_release(struct sample *sample)
{
    free(sample->stderr_text);
    sample->stderr_text = NULL;
}
