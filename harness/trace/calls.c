/* calls.c -- pairs of CALL and RETURN, thread by thread.
 *
 * SPDX-License-Identifier: MIT */
#include "trace/calls.h"

#include "base/memory.h"
#include "base/number_map.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>

/* Positions of events are kept plus one: 0 is none. */
struct calls {
    struct trace const *trace;
    struct number_map pending; /* tid -> the CALL that it is in */
    struct number_map forks;   /* pid -> the last CALL that makes a thread or process */
    struct number_map running; /* tid -> 1 once its program runs */
};

struct calls *calls_new(struct trace const *trace)
{
    struct calls *const calls = memory_zeroed(1, sizeof *calls);

    calls->trace = trace;
    return calls;
}

void calls_free(struct calls *calls)
{
    number_map_free(&calls->pending);
    number_map_free(&calls->forks);
    number_map_free(&calls->running);
    free(calls);
}

static bool makes_a_thread(uint64_t number)
{
    return number == SYS_clone || number == SYS_clone3 || number == SYS_fork ||
           number == SYS_vfork;
}

static void take_call(struct calls *calls, struct trace_event const *event, size_t position)
{
    *number_map_at(&calls->pending, event->tid) = position + 1;
    if (makes_a_thread(calls->trace->calls[event->detail].number))
        *number_map_at(&calls->forks, event->pid) = position + 1;
}

static void take_fork(struct calls *calls, struct trace_event const *event)
{
    uint64_t const *const call = number_map_find(&calls->forks, (uint32_t)event->detail);

    *number_map_at(&calls->running, event->tid) = 1;
    *number_map_at(&calls->pending, event->tid) = call == NULL ? 0 : *call;
}

static size_t take_return(struct calls *calls, struct trace_event const *event)
{
    uint64_t *const pending = number_map_at(&calls->pending, event->tid);
    size_t const call = (size_t)*pending;

    *pending = 0;
    *number_map_at(&calls->running, event->tid) = 1;
    return call == 0 ? CALLS_NONE : call - 1;
}

size_t calls_take(struct calls *calls, size_t position)
{
    struct trace_event const *const event = &calls->trace->events[position];

    switch (event->kind) {
    case TRACE_CALL:
        take_call(calls, event, position);
        break;
    case TRACE_RETURN:
        return take_return(calls, event);
    case TRACE_FORK:
        take_fork(calls, event);
        break;
    case TRACE_EXEC:
        *number_map_at(&calls->running, event->tid) = 0;
        break;
    case TRACE_EXIT:
        *number_map_at(&calls->pending, event->tid) = 0;
        break;
    case TRACE_SAMPLE:
    case TRACE_FAULT:
        if (!event->in_kernel)
            *number_map_at(&calls->running, event->tid) = 1;
        break;
    default:
        break;
    }
    return CALLS_NONE;
}

size_t calls_pending(struct calls const *calls, uint32_t tid)
{
    uint64_t const *const pending = number_map_find(&calls->pending, tid);

    return pending == NULL || *pending == 0 ? CALLS_NONE : (size_t)*pending - 1;
}

bool calls_in_exec(struct calls const *calls, uint32_t tid)
{
    size_t const pending = calls_pending(calls, tid);
    uint64_t const *const running = number_map_find(&calls->running, tid);

    if (pending != CALLS_NONE) {
        uint64_t const number = calls->trace->calls[calls->trace->events[pending].detail].number;
        return number == SYS_execve || number == SYS_execveat;
    }
    return running == NULL || *running == 0;
}

/* Those that touch a program's memory on its behalf, and those that workloads make. */
static char const *const names[] = {
    [SYS_read] = "read",
    [SYS_write] = "write",
    [SYS_open] = "open",
    [SYS_close] = "close",
    [SYS_stat] = "stat",
    [SYS_fstat] = "fstat",
    [SYS_lstat] = "lstat",
    [SYS_poll] = "poll",
    [SYS_lseek] = "lseek",
    [SYS_mmap] = "mmap",
    [SYS_mprotect] = "mprotect",
    [SYS_munmap] = "munmap",
    [SYS_brk] = "brk",
    [SYS_rt_sigaction] = "rt_sigaction",
    [SYS_rt_sigprocmask] = "rt_sigprocmask",
    [SYS_rt_sigreturn] = "rt_sigreturn",
    [SYS_ioctl] = "ioctl",
    [SYS_pread64] = "pread64",
    [SYS_pwrite64] = "pwrite64",
    [SYS_readv] = "readv",
    [SYS_writev] = "writev",
    [SYS_access] = "access",
    [SYS_pipe] = "pipe",
    [SYS_select] = "select",
    [SYS_sched_yield] = "sched_yield",
    [SYS_mremap] = "mremap",
    [SYS_madvise] = "madvise",
    [SYS_nanosleep] = "nanosleep",
    [SYS_sendto] = "sendto",
    [SYS_recvfrom] = "recvfrom",
    [SYS_sendmsg] = "sendmsg",
    [SYS_recvmsg] = "recvmsg",
    [SYS_clone] = "clone",
    [SYS_fork] = "fork",
    [SYS_vfork] = "vfork",
    [SYS_execve] = "execve",
    [SYS_exit] = "exit",
    [SYS_wait4] = "wait4",
    [SYS_uname] = "uname",
    [SYS_fcntl] = "fcntl",
    [SYS_getcwd] = "getcwd",
    [SYS_readlink] = "readlink",
    [SYS_gettimeofday] = "gettimeofday",
    [SYS_getrlimit] = "getrlimit",
    [SYS_getrusage] = "getrusage",
    [SYS_sysinfo] = "sysinfo",
    [SYS_times] = "times",
    [SYS_sigaltstack] = "sigaltstack",
    [SYS_statfs] = "statfs",
    [SYS_mlock] = "mlock",
    [SYS_mlockall] = "mlockall",
    [SYS_prctl] = "prctl",
    [SYS_arch_prctl] = "arch_prctl",
    [SYS_futex] = "futex",
    [SYS_sched_setaffinity] = "sched_setaffinity",
    [SYS_sched_getaffinity] = "sched_getaffinity",
    [SYS_getdents64] = "getdents64",
    [SYS_set_tid_address] = "set_tid_address",
    [SYS_clock_gettime] = "clock_gettime",
    [SYS_clock_nanosleep] = "clock_nanosleep",
    [SYS_exit_group] = "exit_group",
    [SYS_epoll_wait] = "epoll_wait",
    [SYS_openat] = "openat",
    [SYS_newfstatat] = "newfstatat",
    [SYS_readlinkat] = "readlinkat",
    [SYS_ppoll] = "ppoll",
    [SYS_set_robust_list] = "set_robust_list",
    [SYS_pipe2] = "pipe2",
    [SYS_prlimit64] = "prlimit64",
    [SYS_getrandom] = "getrandom",
    [SYS_memfd_create] = "memfd_create",
    [SYS_execveat] = "execveat",
    [SYS_mlock2] = "mlock2",
    [SYS_statx] = "statx",
    [SYS_rseq] = "rseq",
    [SYS_clone3] = "clone3",
};

char const *call_name(uint64_t number, char into[CALL_NAME_BYTES])
{
    if (number < sizeof names / sizeof *names && names[number] != NULL)
        return names[number];
    snprintf(into, CALL_NAME_BYTES, "syscall_%" PRIu64, number);
    return into;
}
