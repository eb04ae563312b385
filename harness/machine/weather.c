/* weather.c -- /proc/stat, /proc/pressure, /proc/loadavg and a control group's cpu.stat.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "machine/weather.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    char const *path;
    char const *key;
} const pressures[PRESSURE_COUNT] = {
    [PRESSURE_CPU] = {"/proc/pressure/cpu", "psi_cpu_some_us"},
    [PRESSURE_MEMORY] = {"/proc/pressure/memory", "psi_memory_some_us"},
    [PRESSURE_IO] = {"/proc/pressure/io", "psi_io_some_us"},
};

/* The first bytes of a file as a string; only its first lines are needed. */
static bool read_head(char const *path, char *text, size_t size)
{
    int const fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return false;
    length = read(fd, text, size - 1);
    close(fd);
    text[length > 0 ? length : 0] = 0;
    return length > 0;
}

struct weather weather_now(void)
{
    struct weather weather = {0};
    char text[512];
    unsigned long long ticks;

    if (read_head("/proc/stat", text, sizeof text) &&
        sscanf(text, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &ticks) == 1) {
        weather.steal.known = true;
        weather.steal.ns = ticks * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
    }
    for (size_t i = 0; i < PRESSURE_COUNT; i++) {
        char const *total = NULL;
        if (read_head(pressures[i].path, text, sizeof text))
            total = strstr(text, "total=");
        weather.pressure[i].known = total != NULL;
        if (total != NULL)
            weather.pressure[i].us = strtoull(total + strlen("total="), NULL, 10);
    }
    if (read_head("/proc/loadavg", text, sizeof text)) {
        weather.load_1min.known = true;
        weather.load_1min.value = strtod(text, NULL);
    }
    struct cgroup cgroup = cgroup_of("cpu");
    weather.throttling = cgroup_throttling(&cgroup);
    cgroup_free(&cgroup);
    return weather;
}

static void set(json_t *object, char const *key, bool known, json_t *value, char const *source)
{
    if (known) {
        json_object_set_new(object, key, value);
        return;
    }
    json_decref(value);
    json_object_set_new(object, key, json_pack("{s:s+}", "absent", "cannot read ", source));
}

json_t *weather_between(struct weather const *before, struct weather const *after)
{
    json_t *const object = json_object();
    struct throttling const *const first = &before->throttling;
    struct throttling const *const last = &after->throttling;
    bool const counted = first->known && last->known;

    set(object, "steal_ns", before->steal.known && after->steal.known,
        json_integer((json_int_t)(after->steal.ns - before->steal.ns)), "/proc/stat");
    for (size_t i = 0; i < PRESSURE_COUNT; i++)
        set(object, pressures[i].key, before->pressure[i].known && after->pressure[i].known,
            json_integer((json_int_t)(after->pressure[i].us - before->pressure[i].us)),
            pressures[i].path);
    set(object, "load_1min", after->load_1min.known, json_real(after->load_1min.value),
        "/proc/loadavg");
    set(object, "throttled_periods", counted,
        json_integer((json_int_t)(last->periods - first->periods)), "cpu.stat of a control group");
    set(object, "throttled_ns", counted, json_integer((json_int_t)(last->ns - first->ns)),
        "cpu.stat of a control group");
    return object;
}
