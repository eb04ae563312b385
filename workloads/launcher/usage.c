/* usage.c -- what processes have used, from getrusage and /proc.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "launcher.h"
#include "../runtime/usage.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

struct region_usage usage_of_children(uint64_t *peak_bytes)
{
    struct rusage usage;

    getrusage(RUSAGE_CHILDREN, &usage);
    *peak_bytes = (uint64_t)usage.ru_maxrss * 1024;
    return usage_from(&usage);
}

static uint64_t ticks_ns(unsigned long long ticks)
{
    return ticks * (UINT64_C(1000000000) / (uint64_t)sysconf(_SC_CLK_TCK));
}

/* Numbers 10 to 15 of /proc/PID/stat, behind the name, which may hold anything. */
static bool read_stat(pid_t process, unsigned long long number[6])
{
    char path[32];
    char text[1024] = "";

    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *const file = fopen(path, "re");
    size_t const size = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file != NULL)
        fclose(file);
    text[size] = 0;
    char const *const name_end = strrchr(text, ')');
    return name_end != NULL &&
           sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %llu %llu %llu %llu %llu %llu",
                  &number[0], &number[1], &number[2], &number[3], &number[4], &number[5]) == 6;
}

struct region_usage usage_of_server(pid_t server, uint64_t *cpu_ns)
{
    unsigned long long number[6] = {0}; /* minflt cminflt majflt cmajflt utime stime */
    clockid_t clock;
    struct timespec time = {0};

    if (!read_stat(server, number) || clock_getcpuclockid(server, &clock) != 0 ||
        clock_gettime(clock, &time) != 0)
        end_with(STATUS_FAILED, "a server that stays in the foreground",
                 "process %d, the server, is gone", (int)server);
    *cpu_ns = (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
    return (struct region_usage){.user_ns = ticks_ns(number[4]),
                                 .system_ns = ticks_ns(number[5]),
                                 .minor_faults = number[0] + number[1],
                                 .major_faults = number[2] + number[3]};
}

uint64_t peak_of_server(pid_t server)
{
    char path[32];
    char line[256];
    unsigned long long kilobytes = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)server);
    FILE *const file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "VmHWM: %llu", &kilobytes) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return (uint64_t)kilobytes * 1024;
}

struct region_usage usage_add(struct region_usage one, struct region_usage other)
{
    return (struct region_usage){
        .user_ns = one.user_ns + other.user_ns,
        .system_ns = one.system_ns + other.system_ns,
        .minor_faults = one.minor_faults + other.minor_faults,
        .major_faults = one.major_faults + other.major_faults,
        .voluntary_switches = one.voluntary_switches + other.voluntary_switches,
        .involuntary_switches = one.involuntary_switches + other.involuntary_switches,
    };
}

struct region_usage usage_subtract(struct region_usage after, struct region_usage before)
{
    return (struct region_usage){
        .user_ns = after.user_ns - before.user_ns,
        .system_ns = after.system_ns - before.system_ns,
        .minor_faults = after.minor_faults - before.minor_faults,
        .major_faults = after.major_faults - before.major_faults,
        .voluntary_switches = after.voluntary_switches - before.voluntary_switches,
        .involuntary_switches = after.involuntary_switches - before.involuntary_switches,
    };
}
