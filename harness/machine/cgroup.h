/* cgroup.h -- the limits that control groups set to this process: of this group and of all above
 * it that can be seen from here, the tightest.
 *
 * Both hierarchies are read: cgroup v2, and v1 where a controller is mounted by itself. Nothing
 * needs root, and a container sees its own group as the root.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_CGROUP_H
#define SLABLAB_CGROUP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* The folders of this process's groups under a controller, from its own to the topmost. */
struct cgroup {
    bool unified;     /* v2 */
    size_t top_bytes; /* folder[0 .. top_bytes) is the topmost one */
    char *folder;     /* NULL: none is mounted; owned */
};

/* By what the kernel says in /proc/self/cgroup and /proc/self/mountinfo. */
struct cgroup cgroup_of(char const *controller);

/* The same from the two texts. */
struct cgroup cgroup_in(char const *controller, char const *groups, char const *mounts);

void cgroup_free(struct cgroup *cgroup);

/* CPUs that the tightest quota grants in each of its periods: 0.3. False where no file tells;
 * *cpus is 0 where none is set. */
bool cgroup_cpu_quota(struct cgroup const *cgroup, double *cpus);

/* The least number in files of that name, such as memory.max. False where no file tells; *least is
 * UINT64_MAX where none is set. */
bool cgroup_least(struct cgroup const *cgroup, char const *name, uint64_t *least);

/* How often, and for how long, quotas stopped the group's processes since it was made; sums over
 * the groups. */
struct throttling {
    bool known;
    uint64_t periods;
    uint64_t ns;
};

struct throttling cgroup_throttling(struct cgroup const *cgroup);

/* The object `cgroup` of machine.json; "max" where there is no limit. */
json_t *cgroup_describe(void);

#endif
