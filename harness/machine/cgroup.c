/* cgroup.c -- /proc/self/cgroup, the mount of its hierarchy, and the small files in it.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "machine/cgroup.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* v1 has "no limit" as the largest whole number of pages. */
static uint64_t const V1_UNLIMITED = UINT64_C(0x7fffffff00000000);

/* Is `word` one of a list such as "rw,cpu,cpuacct"? */
static bool listed(char const *list, size_t length, char const *word)
{
    size_t const word_length = strlen(word);

    for (char const *at = list; at < list + length;) {
        size_t const left = (size_t)(list + length - at);
        char const *const comma = memchr(at, ',', left);
        size_t const size = comma != NULL ? (size_t)(comma - at) : left;
        if (size == word_length && memcmp(at, word, size) == 0)
            return true;
        at += size + 1;
    }
    return false;
}

/* "4:cpu,cpuacct:/q" -> "/q"; with controller NULL the line of v2, "0::/q". The caller frees it. */
static char *path_in(char const *groups, char const *controller)
{
    for (char const *line = groups; *line != '\0';
         line += strcspn(line, "\n"), line += *line == '\n') {
        char const *const list = line + strcspn(line, ":\n") + 1;
        if (list[-1] != ':')
            continue;
        size_t const length = strcspn(list, ":\n");
        if (list[length] != ':')
            continue;
        if (controller == NULL ? length == 0 : listed(list, length, controller))
            return text_copy_bytes(list + length + 1, strcspn(list + length + 1, "\n"));
    }
    return NULL;
}

/* A line of mountinfo: "31 23 0:28 ROOT PLACE options ... - cgroup source rw,cpu". */
static bool mount_fits(char const *line, char const *controller, char *root, char *mount_point)
{
    char const *const end = line + strcspn(line, "\n");
    char const *const dash = strstr(line, " - ");
    char type[32];
    char options[512];

    if (dash == NULL || dash > end ||
        sscanf(line, "%*s %*s %*s %1023s %1023s", root, mount_point) != 2 ||
        sscanf(dash + 3, "%31s %*s %511s", type, options) != 2)
        return false;
    if (controller == NULL)
        return strcmp(type, "cgroup2") == 0;
    return strcmp(type, "cgroup") == 0 && listed(options, strlen(options), controller);
}

/* A group that lies outside what is mounted here (another namespace) is seen as the topmost one. */
static struct cgroup located(char const *controller, char const *groups, char const *mounts)
{
    char *const path = path_in(groups, controller);
    char root[1024];
    char mount_point[1024];

    for (char const *line = mounts; path != NULL && *line != '\0';
         line += strcspn(line, "\n"), line += *line == '\n') {
        if (!mount_fits(line, controller, root, mount_point))
            continue;
        size_t const root_bytes = strcmp(root, "/") == 0 ? 0 : strlen(root);
        bool const below = strncmp(path, root, root_bytes) == 0 && strstr(path, "/..") == NULL;
        char const *rest = below ? path + root_bytes : "";
        if (strcmp(rest, "/") == 0)
            rest = "";
        struct cgroup const found = {.unified = controller == NULL,
                                     .top_bytes = strlen(mount_point),
                                     .folder = text_format("%s%s", mount_point, rest)};
        free(path);
        return found;
    }
    free(path);
    return (struct cgroup){0};
}

struct cgroup cgroup_in(char const *controller, char const *groups, char const *mounts)
{
    struct cgroup const alone = located(controller, groups, mounts);

    return alone.folder != NULL ? alone : located(NULL, groups, mounts);
}

struct cgroup cgroup_of(char const *controller)
{
    char *const groups = text_of_file("/proc/self/cgroup", NULL);
    char *const mounts = text_of_file("/proc/self/mountinfo", NULL);
    struct cgroup const found = groups != NULL && mounts != NULL
                                    ? cgroup_in(controller, groups, mounts)
                                    : (struct cgroup){0};

    free(mounts);
    free(groups);
    return found;
}

void cgroup_free(struct cgroup *cgroup)
{
    free(cgroup->folder);
    cgroup->folder = NULL;
}

/* Calls take(text, sum) for that file of each group, from this one up; false if there is none. */
static bool each(struct cgroup const *cgroup, char const *name,
                 bool (*take)(char const *text, void *sum), void *sum)
{
    char *const folder = cgroup->folder != NULL ? text_copy(cgroup->folder) : NULL;
    bool known = false;

    while (folder != NULL) {
        char *const path = text_format("%s/%s", folder, name);
        char *const text = text_of_file(path, NULL);
        if (text != NULL && take(text, sum))
            known = true;
        free(text);
        free(path);
        char *const slash = strrchr(folder, '/');
        if (strlen(folder) <= cgroup->top_bytes || slash == NULL)
            break;
        *slash = '\0';
    }
    free(folder);
    return known;
}

static void tighten(double *cpus, double quota, double period)
{
    if (quota > 0 && period > 0 && (*cpus == 0 || quota / period < *cpus))
        *cpus = quota / period;
}

/* cpu.max: "30000 100000" or "max 100000". */
static bool take_cpu_max(char const *text, void *sum)
{
    double quota = 0;
    double period = 0;

    if (sscanf(text, "%lf %lf", &quota, &period) == 2)
        tighten(sum, quota, period);
    return true;
}

static bool take_number(char const *text, void *sum)
{
    *(double *)sum = strtod(text, NULL);
    return true;
}

/* In microseconds; the period stands in another file of the same folder. */
static bool v1_cpu_quota(struct cgroup const *cgroup, double *cpus)
{
    struct cgroup level = {.folder = text_copy(cgroup->folder)};
    bool known = false;

    for (;;) {
        double quota_us = 0;
        double period_us = 0;
        level.top_bytes = strlen(level.folder); /* this folder alone */
        if (each(&level, "cpu.cfs_quota_us", take_number, &quota_us) &&
            each(&level, "cpu.cfs_period_us", take_number, &period_us)) {
            tighten(cpus, quota_us, period_us);
            known = true;
        }
        char *const slash = strrchr(level.folder, '/');
        if (level.top_bytes <= cgroup->top_bytes || slash == NULL)
            break;
        *slash = '\0';
    }
    cgroup_free(&level);
    return known;
}

bool cgroup_cpu_quota(struct cgroup const *cgroup, double *cpus)
{
    *cpus = 0;
    if (cgroup->folder == NULL)
        return false;
    return cgroup->unified ? each(cgroup, "cpu.max", take_cpu_max, cpus)
                           : v1_cpu_quota(cgroup, cpus);
}

static bool take_least(char const *text, void *sum)
{
    char *end = NULL;
    uint64_t const number = strtoull(text, &end, 10);
    uint64_t *const least = sum;

    if (end != text && number < V1_UNLIMITED && number < *least)
        *least = number;
    return true;
}

bool cgroup_least(struct cgroup const *cgroup, char const *name, uint64_t *least)
{
    *least = UINT64_MAX;
    return each(cgroup, name, take_least, least);
}

/* cpu.stat: v1 has throttled_time in nanoseconds, v2 throttled_usec. */
static bool take_throttling(char const *text, void *sum)
{
    static char const *const keys[] = {"nr_throttled ", "throttled_time ", "throttled_usec "};
    struct throttling *const total = sum;
    uint64_t found[3] = {0};

    if (strstr(text, keys[0]) == NULL)
        return false;
    for (size_t i = 0; i < 3; i++) {
        char const *const at = strstr(text, keys[i]);
        found[i] = at != NULL ? strtoull(at + strlen(keys[i]), NULL, 10) : 0;
    }
    total->periods += found[0];
    total->ns += found[1] + 1000 * found[2];
    return true;
}

struct throttling cgroup_throttling(struct cgroup const *cgroup)
{
    struct throttling total = {0};

    total.known = each(cgroup, "cpu.stat", take_throttling, &total);
    return total;
}

static void add_least(json_t *object, char const *key, struct cgroup const *cgroup,
                      char const *unified, char const *v1)
{
    char const *const name = cgroup->unified ? unified : v1;
    uint64_t least = 0;
    json_t *value = NULL;

    if (cgroup->folder == NULL)
        value = json_pack("{s:s}", "absent", "no control group of memory is mounted");
    else if (name == NULL)
        value = json_pack("{s:s}", "absent", "cgroup v1 has no such limit");
    else if (!cgroup_least(cgroup, name, &least))
        value = json_pack("{s:s+}", "absent", "there is no ", name);
    else
        value = least == UINT64_MAX ? json_string("max") : json_integer((json_int_t)least);
    json_object_set_new(object, key, value);
}

json_t *cgroup_describe(void)
{
    json_t *const object = json_object();
    struct cgroup cpu = cgroup_of("cpu");
    struct cgroup memory = cgroup_of("memory");
    double cpus = 0;

    if (!cgroup_cpu_quota(&cpu, &cpus))
        json_object_set_new(object, "cpu_quota_cpus",
                            json_pack("{s:s}", "absent", "no control group tells its quota"));
    else
        json_object_set_new(object, "cpu_quota_cpus",
                            cpus > 0 ? json_real(cpus) : json_string("max"));
    add_least(object, "memory_max_bytes", &memory, "memory.max", "memory.limit_in_bytes");
    add_least(object, "memory_high_bytes", &memory, "memory.high", NULL);
    add_least(object, "swap_max_bytes", &memory, "memory.swap.max", NULL);
    cgroup_free(&memory);
    cgroup_free(&cpu);
    return object;
}
