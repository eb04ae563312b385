/* ledger.c -- assigns faults one by one, then adds them up and checks the sum.
 *
 * SPDX-License-Identifier: MIT */
#include "instrument/ledger.h"

#include "base/intern.h"
#include "instrument/futex_waits.h"
#include "instrument/ledger_fill.h"
#include "instrument/ledger_memory.h"
#include "instrument/ledger_superslabs.h"
#include "trace/calls.h"
#include "trace/pages.h"

#include <stdlib.h>
#include <string.h>

struct ledger {
    struct trace const *trace;
    struct symbols *symbols;
    struct ledger_facts const *facts;
    struct layer_objects objects;
    struct calls *calls;
    struct spaces *spaces;
    struct locations *locations;
    struct memories *memories;
    struct ledger_rows rows;
    struct superslabs superslabs;
    struct futex_waits waits;
    struct intern names; /* that were made here */
    uint64_t began_ns;  /* when the process became its program; 0: at the first event */
};

/* Until then it is a copy of the harness. */
static uint64_t time_of_exec(struct trace const *trace, uint32_t pid)
{
    for (size_t i = 0; i < trace->event_count; i++)
        if (trace->events[i].kind == TRACE_EXEC && trace->events[i].pid == pid)
            return trace->events[i].time_ns;
    return 0;
}

static struct ledger ledger_open(struct trace const *trace, struct symbols *symbols,
                                 struct ledger_facts const *facts)
{
    struct ledger ledger = {
        .trace = trace,
        .symbols = symbols,
        .facts = facts,
        .objects = {facts->program, facts->allocator},
        .calls = calls_new(trace),
        .spaces = spaces_new(trace),
        .began_ns = time_of_exec(trace, facts->pid),
    };

    ledger.locations = locations_new(ledger.spaces, symbols);
    ledger.memories = memories_new(trace, ledger.spaces, ledger.locations, ledger.objects);
    return ledger;
}

static void ledger_close(struct ledger *ledger)
{
    futex_waits_free(&ledger->waits);
    superslabs_free(&ledger->superslabs);
    rows_free(&ledger->rows);
    intern_free(&ledger->names);
    memories_free(ledger->memories);
    locations_free(ledger->locations);
    spaces_free(ledger->spaces);
    calls_free(ledger->calls);
}

static char const *keep(struct ledger *ledger, char const *text)
{
    return intern_bytes(&ledger->names, intern_text(&ledger->names, text));
}

static enum ledger_account account_of(struct ledger_facts const *facts, uint32_t pid,
                                      enum stage stage)
{
    if (facts->stages.region_began_ns == 0 || pid != facts->pid || stage == STAGE_AFTER)
        return ACCOUNT_REST;
    return stage == STAGE_REGION ? ACCOUNT_REGION : ACCOUNT_START_UP;
}

/* "[libc.so.6]" if its innermost function has no name. */
static char const *function_name(struct ledger *ledger, struct location const *location)
{
    char const *const function = location_frames(location).frame[0].function;

    if (function != NULL)
        return function;
    char *const text = location_nameless(location->object);
    char const *const name = keep(ledger, text);

    free(text);
    return name;
}

/* Most functions of an allocator declare their own layer, so the callers, which are costly to find,
 * are not needed. */
static void place_program_fault(struct ledger *ledger, struct trace_event const *event,
                                struct fault *fault)
{
    struct trace_stack const *const stack = &ledger->trace->stacks[event->stack];
    struct location location[UNWIND_FRAMES_MAX] = {{0}};

    fault->by = BY_PROGRAM;
    if (stack->user_count > 0)
        location[0] = location_find(ledger->locations, event->pid,
                                    stack->ip[stack->kernel_count], false);
    fault->function = function_name(ledger, &location[0]);
    fault->layer = layer_declared(&location[0]);
    if (fault->layer != NULL)
        return;
    size_t const count = locations_of_stack(ledger->locations, event->pid, stack, location);
    fault->layer = layer_of_user_stack(&ledger->objects, location, count);
}

/* By the kernel's chain: "__x64_sys_read" is read. NULL without such a frame. */
static char const *call_in_chain(struct ledger const *ledger, struct trace_stack const *stack)
{
    static char const prefix[] = "__x64_sys_";
    size_t const length = sizeof prefix - 1;

    for (size_t i = 0; i < stack->kernel_count; i++) {
        char const *const name = symbols_kernel(ledger->symbols, stack->ip[i] - (i > 0));
        if (name != NULL && strncmp(name, prefix, length) == 0)
            return strncmp(name + length, "execve", 6) == 0 ? "exec" : name + length;
    }
    return NULL;
}

/* NULL if it was in none: the kernel touched memory while returning from an interrupt, or to
 * deliver a signal. */
static char const *call_of_fault(struct ledger *ledger, struct trace_event const *event)
{
    size_t const call = calls_pending(ledger->calls, event->tid);
    char unusual[CALL_NAME_BYTES];

    if (calls_in_exec(ledger->calls, event->tid))
        return "exec";
    if (call == CALLS_NONE)
        return call_in_chain(ledger, &ledger->trace->stacks[event->stack]);
    uint64_t const number = ledger->trace->calls[ledger->trace->events[call].detail].number;
    return keep(ledger, call_name(number, unusual));
}

static void place_kernel_fault(struct ledger *ledger, struct trace_event const *event,
                               struct fault *fault)
{
    struct trace_stack const *const stack = &ledger->trace->stacks[event->stack];
    char const *const call = call_of_fault(ledger, event);
    char const *innermost = NULL;

    fault->by = BY_KERNEL;
    fault->layer = layer_system_call;
    fault->function = call;
    if (call != NULL)
        return;
    if (stack->kernel_count > 0)
        innermost = symbols_kernel(ledger->symbols, stack->ip[0]);
    fault->layer = layer_kernel;
    fault->function = innermost != NULL ? innermost : "[kernel]";
}

/* Between fork and exec: the harness's cost, whatever the allocator. */
static void place_harness_fault(struct fault *fault)
{
    fault->memory = "harness";
    fault->function = "[harness]";
    fault->layer = layer_other;
    fault->by = BY_PROGRAM;
}

/* From the region's begin; without a region, from the trace's. */
static int64_t time_from_begin(struct ledger const *ledger, uint64_t time_ns)
{
    uint64_t const began_ns = ledger->facts->stages.region_began_ns;

    return (int64_t)(time_ns - (began_ns != 0 ? began_ns : ledger->trace->events[0].time_ns));
}

static void take_fault(struct ledger *ledger, struct trace_event const *event)
{
    enum stage const stage = stage_of(&ledger->facts->stages, event->time_ns);
    bool const in_exec = event->in_kernel && calls_in_exec(ledger->calls, event->tid);
    struct memory const memory =
        memory_at(ledger->memories, event->pid, event->detail, in_exec);
    struct fault fault = {
        .account = account_of(ledger->facts, event->pid, stage),
        .stage = stage,
        .major = event->major,
        .memory = memory.name,
    };

    fault.again = !space_touch(ledger->spaces, event->pid, event->detail);
    if (event->pid == ledger->facts->pid && event->time_ns < ledger->began_ns)
        place_harness_fault(&fault);
    else if (event->in_kernel)
        place_kernel_fault(ledger, event, &fault);
    else
        place_program_fault(ledger, event, &fault);
    rows_add(&ledger->rows, &fault, 1);
    if (ledger->facts->with_trace && memory.declaration != NULL)
        superslabs_add(&ledger->superslabs, &memory, event->detail,
                       time_from_begin(ledger, event->time_ns));
}

/* `call` is the number of the CALL event of what returns. */
static void take_populated(struct ledger *ledger, struct trace_event const *event, size_t call,
                           struct populated const *populated)
{
    struct trace_call const *const returned =
        &ledger->trace->calls[ledger->trace->events[call].detail];
    enum stage const stage = stage_of(&ledger->facts->stages, event->time_ns);
    char unusual[CALL_NAME_BYTES];
    struct filling const filling = {
        .call = returned,
        .pid = event->pid,
        .exec_bytes = ledger->facts->exec_bytes,
        .spaces = ledger->spaces,
        .memories = ledger->memories,
    };
    struct fault const fault = {
        .account = account_of(ledger->facts, event->pid, stage),
        .stage = stage,
        .by = BY_POPULATE,
        .layer = layer_system_call,
        .function = call_name(returned->number, unusual),
    };

    fill(&filling, populated, &fault, &ledger->rows);
}

/* Pages that exec fills with the new program's arguments before any code of it can raise an
 * exception. Besides the strings there is one pointer, to the path. */
static void add_exec(struct ledger *ledger)
{
    uint64_t const bytes = ledger->facts->exec_bytes;
    struct fault const fault = {
        .account = account_of(ledger->facts, ledger->facts->pid, STAGE_START_UP),
        .stage = STAGE_START_UP,
        .by = BY_POPULATE,
        .layer = layer_system_call,
        .function = "exec",
        .memory = "kernel",
    };

    if (bytes > 0)
        rows_add(&ledger->rows, &fault, page_round_up(bytes + sizeof(void *)) / PAGE_BYTES);
}

static void take(struct ledger *ledger, size_t position)
{
    struct trace_event const *const event = &ledger->trace->events[position];
    size_t const call = calls_take(ledger->calls, position);
    bool const returns = event->kind == TRACE_RETURN && call != CALLS_NONE;
    struct trace_call const *const returned =
        returns ? &ledger->trace->calls[ledger->trace->events[call].detail] : NULL;
    struct populated populated = {.begin = 0};

    if (returns)
        populated = populated_by_change(ledger->spaces, event->pid, returned, event->detail);
    spaces_take(ledger->spaces, position);
    memories_take(ledger->memories, position);
    if (event->kind == TRACE_FAULT)
        take_fault(ledger, event);
    if (returns && populated.begin == populated.end)
        populated =
            populated_by(ledger->spaces, event->pid, returned, event->detail, position);
    if (populated.begin < populated.end)
        take_populated(ledger, event, call, &populated);
    if (returns && futex_is_wait(returned))
        futex_waits_add(&ledger->waits, ledger->trace, ledger->locations, &ledger->objects,
                        &ledger->facts->stages, &ledger->trace->events[call], event->time_ns);
}

static void settle_populated(struct ledger *ledger)
{
    struct ledger_facts const *const facts = ledger->facts;
    int64_t const start_up = (int64_t)facts->faults_start_up;
    int64_t const region = (int64_t)facts->faults_region;
    int64_t const faults[ACCOUNTS] = {
        [ACCOUNT_START_UP] = start_up,
        [ACCOUNT_REGION] = region,
        [ACCOUNT_REST] = (int64_t)facts->faults_total - start_up - region,
    };

    rows_settle_populated(&ledger->rows, faults, ledger->trace->lost == 0);
}

static json_t *describe(struct ledger const *ledger)
{
    uint64_t const recorded = rows_sum(&ledger->rows, false);
    uint64_t const populated = rows_sum(&ledger->rows, true);
    uint64_t const total = ledger->facts->faults_total;
    int64_t const unplaced = (int64_t)(total - recorded - populated);
    json_t *const faults = json_pack(
        "{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "total", (json_int_t)total, "recorded",
        (json_int_t)recorded, "populated", (json_int_t)populated, "unplaced",
        (json_int_t)unplaced, "lost", (json_int_t)ledger->trace->lost, "throttled",
        (json_int_t)ledger->trace->throttled, "rows", rows_describe(&ledger->rows));
    json_t *const superslabs = superslabs_describe(&ledger->superslabs);
    json_t *const waits = futex_waits_describe(&ledger->waits);

    if (waits != NULL)
        json_object_set_new(faults, "futex_waits", waits);
    if (superslabs != NULL)
        json_object_set_new(faults, "superslab_faults", superslabs);
    return faults;
}

json_t *ledger_describe(struct trace const *trace, struct symbols *symbols,
                        struct ledger_facts const *facts)
{
    struct ledger ledger = ledger_open(trace, symbols, facts);

    add_exec(&ledger);
    for (size_t i = 0; i < trace->event_count; i++)
        take(&ledger, i);
    settle_populated(&ledger);
    json_t *const faults = describe(&ledger);
    ledger_close(&ledger);
    return faults;
}
