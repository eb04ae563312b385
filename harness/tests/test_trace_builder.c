/* test_trace_builder.c -- perf's records, made by hand, and what becomes of them.
 *
 * SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "trace/ring.h"
#include "trace/trace_builder.h"

#include <string.h>

enum { OWN = 100, CHILD = 200, SAMPLES = 1, FAULTS = 2, CALLS = 3, RETURNS = 4 };

/* A record under construction. */
struct made {
    struct perf_event_header header;
    uint64_t word[128];
    size_t count;
};

static void add(struct made *made, uint64_t word)
{
    made->word[made->count++] = word;
}

static void add_pair(struct made *made, uint32_t low, uint32_t high)
{
    add(made, (uint64_t)high << 32 | low);
}

static struct perf_event_header *finish(struct made *made, uint32_t type, uint16_t misc)
{
    made->header = (struct perf_event_header){
        type, misc, (uint16_t)(sizeof made->header + made->count * sizeof *made->word)};
    return &made->header;
}

/* What every record that is no sample ends in. */
static void add_who(struct made *made, uint32_t pid, uint64_t time_ns)
{
    add_pair(made, pid, pid);
    add(made, time_ns);
    add(made, SAMPLES);
}

/* A sample with the chain k k u u, without registers unless `words` says so. */
static struct made sample(uint64_t identifier, uint32_t pid, uint64_t time_ns, uint64_t address)
{
    struct made made = {.count = 0};

    add(&made, identifier);
    add(&made, 0xaaaa);
    add_pair(&made, pid, pid + 1);
    add(&made, time_ns);
    add(&made, address);
    add(&made, 6);
    add(&made, (uint64_t)PERF_CONTEXT_KERNEL);
    add(&made, 0xffffffff81000010);
    add(&made, 0xffffffff81000020);
    add(&made, (uint64_t)PERF_CONTEXT_USER);
    add(&made, 0x401000);
    add(&made, 0x402000);
    return made;
}

static struct trace_builder *builder;

static int make(void **state)
{
    (void)state;
    builder = trace_builder_new(OWN, true);
    trace_builder_source(builder, (struct trace_source){SAMPLES, TRACE_SAMPLE, false});
    trace_builder_source(builder, (struct trace_source){FAULTS, TRACE_FAULT, true});
    trace_builder_source(builder, (struct trace_source){CALLS, TRACE_CALL, false});
    trace_builder_source(builder, (struct trace_source){RETURNS, TRACE_RETURN, false});
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    trace_builder_free(builder);
    return 0;
}

static void a_fault(void **state)
{
    struct made made = sample(FAULTS, CHILD, 5000, 0x7000);

    (void)state;
    add(&made, 4); /* raw: 4 bytes and its own size fill a word */
    add(&made, PERF_SAMPLE_REGS_ABI_64);
    add(&made, 0xb0); /* bp */
    add(&made, 0x50); /* sp */
    add(&made, 0x401000);
    add(&made, 32); /* bytes of stack */
    for (uint64_t i = 0; i < 4; i++)
        add(&made, 0x1000 + i);
    add(&made, 16); /* of which so many are there */
    trace_builder_take(builder, finish(&made, PERF_RECORD_SAMPLE, PERF_EVENT_MISC_USER));
    struct trace const *const trace = trace_builder_finish(builder);

    assert_int_equal(trace->event_count, 1);
    struct trace_event const *const event = &trace->events[0];
    assert_int_equal(event->kind, TRACE_FAULT);
    assert_true(event->major);
    assert_false(event->in_kernel);
    assert_int_equal(event->pid, CHILD);
    assert_int_equal(event->tid, CHILD + 1);
    assert_int_equal(event->time_ns, 5000);
    assert_int_equal(event->detail, 0x7000);
    struct trace_stack const *const stack = &trace->stacks[event->stack];
    assert_int_equal(stack->kernel_count, 2);
    assert_int_equal(stack->user_count, 2);
    assert_int_equal(stack->ip[1], 0xffffffff81000020);
    assert_int_equal(stack->ip[3], 0x402000);
    assert_int_equal(stack->bp, 0xb0);
    assert_int_equal(stack->sp, 0x50);
    assert_int_equal(stack->word_count, 2);
    assert_int_equal(stack->word[1], 0x1001);
}

/* raw_syscalls:sys_enter: size 68, 8 common bytes, number, arguments; sys_exit: the same, value. */
static void a_call_and_its_return(void **state)
{
    struct made call = sample(CALLS, CHILD, 10, 0);
    struct made back = sample(RETURNS, CHILD, 20, 0);
    uint64_t const fields[] = {0, 9, 11, 12, 13, 14, 15, 16};
    unsigned char raw[4 + 68] = {68};

    (void)state;
    memcpy(raw + 4, fields, sizeof fields);
    memcpy(call.word + call.count, raw, sizeof raw);
    call.count += sizeof raw / 8;
    add(&call, PERF_SAMPLE_REGS_ABI_NONE);
    add(&call, 0); /* no stack */
    uint64_t const value[] = {0, 9, 0x7f0000000000};
    memset(raw, 0, sizeof raw);
    raw[0] = 28;
    memcpy(raw + 4, value, sizeof value);
    memcpy(back.word + back.count, raw, 32);
    back.count += 4;
    trace_builder_take(builder, finish(&call, PERF_RECORD_SAMPLE, PERF_EVENT_MISC_KERNEL));
    trace_builder_take(builder, finish(&back, PERF_RECORD_SAMPLE, PERF_EVENT_MISC_KERNEL));
    struct trace const *const trace = trace_builder_finish(builder);

    assert_int_equal(trace->event_count, 2);
    assert_int_equal(trace->events[0].kind, TRACE_CALL);
    assert_int_equal(trace->calls[trace->events[0].detail].number, 9);
    assert_int_equal(trace->calls[trace->events[0].detail].argument[0], 11);
    assert_int_equal(trace->calls[trace->events[0].detail].argument[5], 16);
    assert_int_equal(trace->stacks[trace->events[0].stack].word_count, 0);
    assert_int_equal(trace->events[1].kind, TRACE_RETURN);
    assert_int_equal(trace->events[1].detail, 0x7f0000000000);
}

static void mapping_and_tasks(void **state)
{
    struct made map = {.count = 0};
    struct made fork = {.count = 0};
    struct made exec = {.count = 0};
    struct made lost = {.count = 0};
    struct made throttle = {.count = 0};

    (void)state;
    add_pair(&map, CHILD, CHILD);
    add(&map, 0x400000);
    add(&map, 0x2000);
    add(&map, 0x1000);
    for (int i = 0; i < 3; i++)
        add(&map, 0); /* device, inode, generation */
    add_pair(&map, 5, 2);
    memcpy(&map.word[map.count], "/bin/x\0", 8);
    map.count++;
    add_who(&map, CHILD, 30);
    trace_builder_take(builder, finish(&map, PERF_RECORD_MMAP2, 0));
    add_pair(&fork, CHILD + 5, CHILD);
    add_pair(&fork, CHILD + 6, CHILD);
    add(&fork, 0);
    add_who(&fork, CHILD, 20);
    trace_builder_take(builder, finish(&fork, PERF_RECORD_FORK, 0));
    add_pair(&exec, CHILD, CHILD);
    memcpy(&exec.word[exec.count], "x\0\0\0\0\0\0", 8);
    exec.count++;
    add_who(&exec, CHILD, 10);
    trace_builder_take(builder, finish(&exec, PERF_RECORD_COMM, 0)); /* renamed, not executed */
    trace_builder_take(builder, finish(&exec, PERF_RECORD_COMM, PERF_RECORD_MISC_COMM_EXEC));
    add(&lost, SAMPLES);
    add(&lost, 17);
    add_who(&lost, CHILD, 40);
    trace_builder_take(builder, finish(&lost, PERF_RECORD_LOST, 0));
    add_who(&throttle, CHILD, 50);
    trace_builder_take(builder, finish(&throttle, PERF_RECORD_THROTTLE, 0));
    struct trace const *const trace = trace_builder_finish(builder);

    assert_int_equal(trace->event_count, 3); /* by time, not by arrival */
    assert_int_equal(trace->events[0].kind, TRACE_EXEC);
    assert_int_equal(trace->events[1].kind, TRACE_FORK);
    assert_int_equal(trace->events[1].pid, CHILD + 5);
    assert_int_equal(trace->events[1].tid, CHILD + 6);
    assert_int_equal(trace->events[1].detail, CHILD);
    assert_int_equal(trace->events[2].kind, TRACE_MAP);
    struct trace_mapping const *const mapping = &trace->mappings[trace->events[2].detail];
    assert_int_equal(mapping->begin, 0x400000);
    assert_int_equal(mapping->end, 0x402000);
    assert_int_equal(mapping->file_offset, 0x1000);
    assert_int_equal(mapping->protection, 5);
    assert_string_equal(mapping->path, "/bin/x");
    assert_int_equal(trace->lost, 17);
    assert_int_equal(trace->throttled, 1);
}

/* The harness's own, an event that was never opened, and a record that is shorter than it says. */
static void left_out(void **state)
{
    struct made own = sample(SAMPLES, OWN, 1, 0);
    struct made foreign = sample(99, CHILD, 1, 0);
    struct made shorter = sample(SAMPLES, CHILD, 1, 0);

    (void)state;
    trace_builder_take(builder, finish(&own, PERF_RECORD_SAMPLE, 0));
    trace_builder_take(builder, finish(&foreign, PERF_RECORD_SAMPLE, 0));
    shorter.word[5] = 60; /* addresses in the chain */
    trace_builder_take(builder, finish(&shorter, PERF_RECORD_SAMPLE, 0));
    assert_int_equal(trace_builder_finish(builder)->event_count, 0);
}

/* Adds up what a ring shows: the first word of each record. */
static void add_up(void *context, struct perf_event_header const *record)
{
    uint64_t word;

    memcpy(&word, record + 1, sizeof word);
    *(uint64_t *)context = 10 * *(uint64_t *)context + word;
    assert_int_equal(record->size, 24);
}

/* A ring of 64 bytes holds two records of 24; the third runs over its end. */
static void ring_runs_over_its_end(void **state)
{
    static struct perf_event_mmap_page control;
    static _Alignas(8) unsigned char data[64];
    struct ring ring = {&control, data, sizeof data};
    uint64_t seen = 0;

    (void)state;
    for (uint64_t number = 1; number <= 5; number++) {
        uint64_t record[3] = {0, number, 0};
        struct perf_event_header const header = {PERF_RECORD_SAMPLE, 0, sizeof record};
        memcpy(record, &header, sizeof header);
        for (size_t i = 0; i < sizeof record; i++)
            data[(control.data_head + i) % sizeof data] = ((unsigned char *)record)[i];
        control.data_head += sizeof record;
        if (number % 2 == 0 || number == 5)
            ring_drain(&ring, add_up, &seen);
    }
    assert_int_equal(seen, 12345);
    assert_int_equal(control.data_tail, 5 * 24);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup_teardown(a_fault, make, unmake),
        cmocka_unit_test_setup_teardown(a_call_and_its_return, make, unmake),
        cmocka_unit_test_setup_teardown(mapping_and_tasks, make, unmake),
        cmocka_unit_test_setup_teardown(left_out, make, unmake),
        cmocka_unit_test(ring_runs_over_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
