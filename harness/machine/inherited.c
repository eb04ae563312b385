/* inherited.c -- personality, scheduler, prctl, limits and /proc/self/status of this process.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "machine/inherited.h"

#include "base/text.h"
#include "machine/system_facts.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

enum { GET_MEMORY_MERGE = 68 }; /* PR_GET_MEMORY_MERGE, of Linux 6.4 */

struct named {
    unsigned value;
    char const *name;
};

static json_t *absent(char const *why)
{
    return json_pack("{s:s}", "absent", why);
}

/* The names of the flags that are set: ["ADDR_NO_RANDOMIZE"]. */
static json_t *personality_flags(void)
{
    static struct named const flags[] = {
        {UNAME26, "UNAME26"},
        {ADDR_NO_RANDOMIZE, "ADDR_NO_RANDOMIZE"},
        {FDPIC_FUNCPTRS, "FDPIC_FUNCPTRS"},
        {MMAP_PAGE_ZERO, "MMAP_PAGE_ZERO"},
        {ADDR_COMPAT_LAYOUT, "ADDR_COMPAT_LAYOUT"},
        {READ_IMPLIES_EXEC, "READ_IMPLIES_EXEC"},
        {ADDR_LIMIT_32BIT, "ADDR_LIMIT_32BIT"},
        {SHORT_INODE, "SHORT_INODE"},
        {WHOLE_SECONDS, "WHOLE_SECONDS"},
        {STICKY_TIMEOUTS, "STICKY_TIMEOUTS"},
        {ADDR_LIMIT_3GB, "ADDR_LIMIT_3GB"},
    };
    int const set = personality(0xffffffff); /* asks, and changes nothing */

    if (set < 0)
        return absent(strerror(errno));
    json_t *const names = json_array();
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (((unsigned)set & flags[i].value) != 0)
            json_array_append_new(names, json_string(flags[i].name));
    return names;
}

bool inherited_no_randomization(void)
{
    int const set = personality(0xffffffff);

    return set >= 0 && ((unsigned)set & ADDR_NO_RANDOMIZE) != 0;
}

static json_t *scheduling_policy(void)
{
    static struct named const policies[] = {
        {0, "other"}, {1, "fifo"},     {2, "rr"},  {3, "batch"},
        {5, "idle"},  {6, "deadline"}, {7, "ext"},
    };
    int const policy = sched_getscheduler(0);

    if (policy < 0)
        return absent(strerror(errno));
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        if (((unsigned)policy & ~(unsigned)SCHED_RESET_ON_FORK) == policies[i].value)
            return json_string(policies[i].name);
    return json_integer(policy);
}

static json_t *niceness(void)
{
    errno = 0;
    int const nice = getpriority(PRIO_PROCESS, 0);

    return errno != 0 ? absent(strerror(errno)) : json_integer(nice);
}

static json_t *asked_prctl(int option)
{
    int const answer = prctl(option, 0, 0, 0, 0);

    return answer < 0 ? absent(strerror(errno)) : json_boolean(answer != 0);
}

/* "default", unless numactl or a launcher set another. */
static json_t *memory_policy(void)
{
    static char const *const names[] = {"default",    "preferred", "bind",
                                        "interleave", "local",     "preferred_many",
                                        "weighted_interleave"};
    int mode = 0;

    if (syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) != 0)
        return absent(strerror(errno));
    mode &= 0xff; /* flags lie above */
    return mode < (int)(sizeof names / sizeof *names) ? json_string(names[mode])
                                                      : json_integer(mode);
}

static json_t *limit(int resource)
{
    struct rlimit found;

    if (getrlimit((__rlimit_resource_t)resource, &found) != 0)
        return absent(strerror(errno));
    return found.rlim_cur == RLIM_INFINITY ? json_string("unlimited")
                                           : json_integer((json_int_t)found.rlim_cur);
}

json_t *inherited_process(void)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "personality",
                     personality_flags(), "scheduling_policy", scheduling_policy(), "nice",
                     niceness(), "thp_disabled", asked_prctl(PR_GET_THP_DISABLE), "memory_merge",
                     asked_prctl(GET_MEMORY_MERGE), "memory_policy", memory_policy(),
                     "limit_address_space_bytes", limit(RLIMIT_AS), "limit_data_bytes",
                     limit(RLIMIT_DATA), "limit_stack_bytes", limit(RLIMIT_STACK),
                     "limit_cpu_seconds", limit(RLIMIT_CPU));
}

/* The name of the process that traces this one; null if none does. */
static json_t *tracer(void)
{
    char *const pid = fact_keyed("/proc/self/status", "TracerPid");

    if (pid == NULL)
        return absent("/proc/self/status does not tell");
    if (text_equal(pid, "0")) {
        free(pid);
        return json_null();
    }
    char *const path = text_format("/proc/%s/comm", pid);
    char *const name = text_of_line_file(path);
    json_t *const found = json_string(name != NULL ? name : "a process without a name");
    free(name);
    free(path);
    free(pid);
    return found != NULL ? found : json_string("a process whose name is not UTF-8");
}

/* Sorted, so that the order in which they were set does not matter. */
static json_t *variables(void)
{
    static char const *const prefixes[] = {"LD_", "GLIBC_TUNABLES=", "MALLOC_"};
    json_t *const names = json_array();

    for (char **entry = environ; *entry != NULL; entry++)
        for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
            if (strncmp(*entry, prefixes[i], strlen(prefixes[i])) != 0)
                continue;
            json_t *const name = json_stringn(*entry, strcspn(*entry, "="));
            size_t index = 0;
            while (name != NULL && index < json_array_size(names) &&
                   strcmp(json_string_value(json_array_get(names, index)),
                          json_string_value(name)) < 0)
                index++;
            json_array_insert_new(names, index, name);
        }
    return names;
}

json_t *inherited_caller(void)
{
    return json_pack("{s:o, s:o}", "tracer", tracer(), "environment", variables());
}
