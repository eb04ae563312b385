/* doctor_inherited.c -- checks of what the caller, a container or a debugger does to samples.
 *
 * SPDX-License-Identifier: MIT */
#include "command/doctor.h"

#include "base/text.h"
#include "machine/cgroup.h"
#include "machine/inherited.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A fact as a person would write it; NULL if it is absent. */
static char *shown(json_t const *value)
{
    char *text = NULL;
    size_t index;
    json_t *word;

    if (json_is_string(value))
        return text_copy(json_string_value(value));
    if (!json_is_array(value))
        return json_is_object(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);
    text = text_copy("");
    json_array_foreach(value, index, word) {
        text_append(&text, "%s%s", index > 0 ? " " : "", json_string_value(word));
    }
    return text;
}

/* One key and what it is on a machine that nothing was done to. */
struct usual {
    char const *key;
    char const *value;
    char const *words; /* before the value */
};

/* Those of the facts that are not as usual, in one line; `facts` is released. */
static struct finding compared(json_t *facts, struct usual const *usual, size_t count,
                               char const *all_well)
{
    char *odd = text_copy("");
    char *unknown = text_copy("");

    for (size_t i = 0; i < count; i++) {
        char *const text = shown(json_object_get(facts, usual[i].key));
        if (text == NULL)
            text_append(&unknown, "%s%s", *unknown != '\0' ? ", " : "not known: ", usual[i].words);
        else if (!text_equal(text, usual[i].value))
            text_append(&odd, "%s%s %s", *odd != '\0' ? ", " : "", usual[i].words, text);
        free(text);
    }
    json_decref(facts);
    if (*odd != '\0') {
        free(unknown);
        return doctor_finding(VERDICT_WARN, odd);
    }
    free(odd);
    if (*unknown != '\0')
        return doctor_finding(VERDICT_NOTE, unknown);
    free(unknown);
    return doctor_finding(VERDICT_OK, text_copy(all_well));
}

static struct finding look_at_scheduling(void)
{
    static struct usual const usual[] = {{"scheduling_policy", "other", "scheduling class"},
                                         {"nice", "0", "niceness"}};

    return compared(inherited_process(), usual, 2, "class other, niceness 0");
}

static struct finding look_at_memory_settings(void)
{
    static struct usual const usual[] = {
        {"thp_disabled", "false", "huge pages are off by prctl:"},
        {"memory_merge", "false", "pages of equal content are merged by prctl:"},
        {"memory_policy", "default", "memory policy"},
    };

    return compared(inherited_process(), usual, 3, "as the machine's");
}

static struct finding look_at_limits(void)
{
    static struct usual const usual[] = {
        {"limit_address_space_bytes", "unlimited", "ulimit -v, in bytes:"},
        {"limit_data_bytes", "unlimited", "ulimit -d, in bytes:"},
        {"limit_cpu_seconds", "unlimited", "ulimit -t, in seconds:"},
    };
    json_t *const process = inherited_process();
    char *const stack = shown(json_object_get(process, "limit_stack_bytes"));
    bool const endless = stack != NULL && text_equal(stack, "unlimited");

    free(stack);
    if (endless) {
        json_decref(process);
        return doctor_finding(VERDICT_WARN, text_copy("ulimit -s is unlimited, so mappings grow "
                                                      "upwards, as in no other program"));
    }
    return compared(process, usual, sizeof usual / sizeof *usual, "no ulimit is in the way");
}

static struct finding look_at_personality(void)
{
    static struct usual const usual[] = {{"personality", "", "set:"}};

    return compared(inherited_process(), usual, 1, "the default");
}

static struct finding look_at_quota(void)
{
    struct cgroup cgroup = cgroup_of("cpu");
    struct throttling const throttling = cgroup_throttling(&cgroup);
    double cpus = 0;
    bool const known = cgroup_cpu_quota(&cgroup, &cpus);

    cgroup_free(&cgroup);
    if (!known)
        return doctor_finding(VERDICT_NOTE, text_copy("no control group tells"));
    if (cpus == 0)
        return doctor_finding(VERDICT_OK, text_copy("none"));
    return doctor_finding(VERDICT_WARN,
                          text_format("%g CPUs; it has stopped this group %" PRIu64 " times", cpus,
                                      throttling.periods));
}

static struct finding look_at_memory_limits(void)
{
    static struct usual const usual[] = {
        {"memory_max_bytes", "max", "at most, in bytes:"},
        {"memory_high_bytes", "max", "slowed down beyond, in bytes:"},
    };
    json_t *const cgroup = cgroup_describe();
    json_t *const most = json_object_get(cgroup, "memory_max_bytes");
    size_t const count = json_is_object(json_object_get(cgroup, "memory_high_bytes")) ? 1 : 2;

    if (json_is_object(most)) {
        char *const why = text_copy(json_string_value(json_object_get(most, "absent")));
        json_decref(cgroup);
        return doctor_finding(VERDICT_NOTE, why);
    }
    struct finding found = compared(cgroup, usual, count, "none");
    if (found.verdict == VERDICT_WARN)
        found.verdict = VERDICT_NOTE;
    return found;
}

static struct finding look_at_tracer(void)
{
    static struct usual const usual[] = {{"tracer", "null", "traced by"}};

    return compared(inherited_caller(), usual, 1, "none is attached");
}

static struct finding look_at_variables(void)
{
    static struct usual const usual[] = {{"environment", "", "set:"}};
    struct finding found = compared(inherited_caller(), usual, 1, "none is set");

    if (found.verdict == VERDICT_WARN)
        found.verdict = VERDICT_NOTE;
    return found;
}

struct check const doctor_inherited[] = {
    {"personality", "samples inherit it, and no other program has such a layout",
     "without setarch", look_at_personality},
    {"scheduling", "samples inherit it: they wait for, or displace, what they otherwise would not",
     "without nice, chrt and batch queues", look_at_scheduling},
    {"CPU quota", "a sample that has used it up stands still until the next period",
     "a container without a limit of CPUs (docker run without --cpus)", look_at_quota},
    {"memory limit", "samples that come near it are slowed down or killed",
     "a container with more memory; free tells what there is", look_at_memory_limits},
    {"memory settings", "samples inherit them, so they get other pages than the machine would give",
     "without numactl; a shell that did not inherit the setting", look_at_memory_settings},
    {"ulimits", "samples inherit them, so they get other addresses or fail",
     "ulimit -v unlimited -d unlimited -t unlimited -s 8192", look_at_limits},
    {"tracer", "it stops slablab, and perhaps every sample, at events of its own",
     "without strace, gdb or rr around slablab", look_at_tracer},
    {"variables", "they steer slablab itself; samples are not given them",
     "write what an arm needs into the experiment: ARM NAME=value", look_at_variables},
};

size_t const doctor_inherited_count = sizeof doctor_inherited / sizeof *doctor_inherited;
