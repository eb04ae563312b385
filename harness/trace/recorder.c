/* recorder.c -- opens each event once per CPU, with one ring per CPU.
 *
 * An inherited event that was opened for any CPU cannot have a ring (perf_event_open(2)), so each
 * is opened once for every CPU.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "trace/recorder.h"

#include "base/complain.h"
#include "base/memory.h"
#include "machine/event.h"
#include "trace/ring.h"
#include "trace/trace_builder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_MAX = 4, RING_BYTES_MOST = 8 << 20, RING_BYTES_LEAST = 1 << 15 };

static char const hint[] = "as root; or 1 in /proc/sys/kernel/perf_event_paranoid; slablab doctor";

/* One event on every CPU: fd[event_count * cpu + its position]. */
struct recorder {
    struct event event[EVENTS_MAX];
    struct trace_source source[EVENTS_MAX];
    size_t event_count;
    size_t cpu_count;
    size_t ring_bytes;  /* of each CPU: less where there are many */
    int *fd;            /* -1: not open */
    struct ring *rings; /* one of each CPU */
    bool user_state;
    bool excludes_kernel;
    struct trace_builder *builder; /* of the last begin; NULL before it */
    struct trace const *trace;
};

/* The registers are numbered by architecture. */
static bool knows_registers(void)
{
    struct utsname system;

    return uname(&system) == 0 && strcmp(system.machine, "x86_64") == 0;
}

/* On this process and one CPU; -1: on any. */
static int open_on_cpu(struct perf_event_attr *attributes, int cpu)
{
    return (int)syscall(SYS_perf_event_open, attributes, 0, cpu, -1,
                        (unsigned long)PERF_FLAG_FD_CLOEXEC);
}

/* errno says why not. */
static bool can_open(struct perf_event_attr *attributes)
{
    struct perf_event_attr trial = *attributes;

    trial.disabled = 1;
    int const fd = open_on_cpu(&trial, -1);
    if (fd < 0)
        return false;
    close(fd);
    return true;
}

/* False if the event is unknown here or refused. */
static bool add_event(struct recorder *recorder, char const *name, struct trace_source source)
{
    struct event event = event_encode(name);
    struct perf_event_attr *const attributes = &event.attributes;

    if (event.absence[0] != 0) {
        errno = ENOENT;
        return false;
    }
    attributes->sample_type =
        TRACE_SAMPLE_TYPE | (recorder->user_state ? (uint64_t)TRACE_USER_STATE : 0);
    attributes->sample_regs_user = recorder->user_state ? TRACE_REGISTERS : 0;
    attributes->sample_stack_user = recorder->user_state ? TRACE_STACK_BYTES : 0;
    attributes->sample_period = 1;
    attributes->sample_id_all = 1;
    attributes->read_format = 0;
    attributes->use_clockid = 1;
    attributes->clockid = CLOCK_MONOTONIC;
    attributes->watermark = 1;
    attributes->exclude_kernel = recorder->excludes_kernel;
    attributes->exclude_hv = recorder->excludes_kernel;
    if (!can_open(attributes)) {
        if ((errno != EACCES && errno != EPERM) || event_is_of_kernel(&event))
            return false;
        attributes->exclude_kernel = 1;
        attributes->exclude_hv = 1;
        if (!can_open(attributes))
            return false;
        recorder->excludes_kernel = true;
    }
    recorder->event[recorder->event_count] = event;
    recorder->source[recorder->event_count++] = source;
    return true;
}

/* The first event of a CPU also records mappings, programs and tasks. */
static void follow_processes(struct perf_event_attr *attributes, bool data_too)
{
    attributes->mmap = 1;
    attributes->mmap2 = 1;
    attributes->mmap_data = data_too;
    attributes->comm = 1;
    attributes->comm_exec = 1;
    attributes->task = 1;
}

static bool add_events(struct recorder *recorder, enum recording recording, uint64_t period_ns)
{
    if (recording == RECORD_CPU_TIME) {
        if (!add_event(recorder, "cpu-clock", (struct trace_source){.kind = TRACE_SAMPLE}))
            return false;
        recorder->event[0].attributes.sample_period = period_ns;
        recorder->event[0].attributes.disabled = 1;
        recorder->event[0].attributes.enable_on_exec = 1;
        return true;
    }
    if (!add_event(recorder, "minor-faults", (struct trace_source){.kind = TRACE_FAULT}) ||
        !add_event(recorder, "major-faults",
                   (struct trace_source){.kind = TRACE_FAULT, .major = true}))
        return false;
    if (add_event(recorder, "raw_syscalls:sys_enter", (struct trace_source){.kind = TRACE_CALL}) &&
        !add_event(recorder, "raw_syscalls:sys_exit", (struct trace_source){.kind = TRACE_RETURN}))
        recorder->event_count--;
    return true;
}

struct recorder *recorder_new(enum recording recording, uint64_t period_ns)
{
    struct recorder *const recorder = memory_zeroed(1, sizeof *recorder);
    long const cpus = sysconf(_SC_NPROCESSORS_CONF);

    recorder->cpu_count = cpus > 0 ? (size_t)cpus : 1;
    recorder->ring_bytes = RING_BYTES_MOST;
    while (recorder->ring_bytes * recorder->cpu_count > 8 * (size_t)RING_BYTES_MOST &&
           recorder->ring_bytes > 8 * (size_t)RING_BYTES_LEAST)
        recorder->ring_bytes /= 2;
    recorder->user_state = knows_registers();
    if (!add_events(recorder, recording, period_ns)) {
        complain(hint, "this user cannot record %s: %s",
                 recording == RECORD_CPU_TIME ? "cpu-clock samples" : "page faults",
                 strerror(errno));
        free(recorder);
        return NULL;
    }
    follow_processes(&recorder->event[0].attributes, recording == RECORD_PAGE_FAULTS);
    recorder->rings = memory_zeroed(recorder->cpu_count, sizeof *recorder->rings);
    recorder->fd =
        memory_zeroed(recorder->cpu_count * recorder->event_count, sizeof *recorder->fd);
    for (size_t i = 0; i < recorder->cpu_count * recorder->event_count; i++)
        recorder->fd[i] = -1;
    return recorder;
}

static void close_all(struct recorder *recorder)
{
    for (size_t cpu = 0; cpu < recorder->cpu_count; cpu++)
        ring_close(&recorder->rings[cpu]);
    for (size_t i = 0; i < recorder->cpu_count * recorder->event_count; i++) {
        if (recorder->fd[i] >= 0)
            close(recorder->fd[i]);
        recorder->fd[i] = -1;
    }
}

void recorder_free(struct recorder *recorder)
{
    if (recorder == NULL)
        return;
    close_all(recorder);
    trace_builder_free(recorder->builder);
    free(recorder->rings);
    free(recorder->fd);
    free(recorder);
}

bool recorder_sees_kernel(struct recorder const *recorder)
{
    return !recorder->excludes_kernel;
}

bool recorder_sees_calls(struct recorder const *recorder)
{
    return recorder->source[recorder->event_count - 1].kind == TRACE_RETURN;
}

void recorder_set_period(struct recorder *recorder, uint64_t period_ns)
{
    recorder->event[0].attributes.sample_period = period_ns;
}

/* A CPU that is not online has no events: true, with nothing open. */
static bool begin_on(struct recorder *recorder, size_t cpu)
{
    int *const fd = recorder->fd + cpu * recorder->event_count;

    for (size_t i = 0; i < recorder->event_count; i++) {
        struct trace_source source = recorder->source[i];
        recorder->event[i].attributes.wakeup_watermark = (uint32_t)(recorder->ring_bytes / 4);
        fd[i] = open_on_cpu(&recorder->event[i].attributes, (int)cpu);
        if (fd[i] < 0)
            return errno == ENODEV && i == 0;
        if (i == 0 ? !ring_open(&recorder->rings[cpu], fd[0], recorder->ring_bytes)
                   : ioctl(fd[i], PERF_EVENT_IOC_SET_OUTPUT, fd[0]) != 0)
            return false;
        if (ioctl(fd[i], PERF_EVENT_IOC_ID, &source.identifier) != 0)
            return false;
        trace_builder_source(recorder->builder, source);
    }
    return true;
}

/* Returns the first CPU that refused, with errno; cpu_count if none did. */
static size_t begin_on_all(struct recorder *recorder)
{
    trace_builder_free(recorder->builder);
    recorder->builder = trace_builder_new((uint32_t)getpid(), recorder->user_state);
    recorder->trace = NULL;
    for (size_t cpu = 0; cpu < recorder->cpu_count; cpu++)
        if (!begin_on(recorder, cpu)) {
            int const refusal = errno;
            close_all(recorder);
            errno = refusal;
            return cpu;
        }
    return recorder->cpu_count;
}

/* An unprivileged user may lock only so much memory for all rings together; all are made smaller.
  */
bool recorder_begin(struct recorder *recorder)
{
    size_t cpu = begin_on_all(recorder);

    while (cpu < recorder->cpu_count && (errno == EPERM || errno == ENOMEM) &&
           recorder->ring_bytes > RING_BYTES_LEAST) {
        recorder->ring_bytes /= 2;
        cpu = begin_on_all(recorder);
    }
    if (cpu == recorder->cpu_count)
        return true;
    complain("ulimit -n; ulimit -l; as root", "cannot record what happens on CPU %zu: %s", cpu,
             strerror(errno));
    return false;
}

size_t recorder_polls(struct recorder const *recorder, struct pollfd *polls, size_t room)
{
    size_t count = 0;

    for (size_t cpu = 0; cpu < recorder->cpu_count && count < room; cpu++)
        if (recorder->rings[cpu].control != NULL)
            polls[count++] = (struct pollfd){.fd = recorder->fd[cpu * recorder->event_count],
                                             .events = POLLIN};
    return count;
}

static void take(void *context, struct perf_event_header const *record)
{
    trace_builder_take(context, record);
}

void recorder_read(struct recorder *recorder)
{
    for (size_t cpu = 0; cpu < recorder->cpu_count; cpu++)
        if (recorder->rings[cpu].control != NULL)
            ring_drain(&recorder->rings[cpu], take, recorder->builder);
}

struct trace const *recorder_end(struct recorder *recorder)
{
    recorder_read(recorder);
    close_all(recorder);
    recorder->trace = trace_builder_finish(recorder->builder);
    return recorder->trace;
}

struct trace const *recorder_trace(struct recorder const *recorder)
{
    return recorder->trace;
}
