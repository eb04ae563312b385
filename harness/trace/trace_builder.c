/* trace_builder.c -- perf_event_open(2)'s record layouts, field by field.
 *
 * SPDX-License-Identifier: MIT */
#include "trace/trace_builder.h"

#include "base/arena.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { RAW_CALL_BYTES = 64, RAW_RETURN_BYTES = 24 };

struct trace_builder {
    struct trace trace;
    struct arena arena; /* of the stacks' addresses and words, and of paths */
    uint32_t own_pid;
    bool user_state;
    struct trace_source *sources; /* by identifier */
    size_t source_count;
    char const *path; /* the last one: mappings of one file follow each other */
};

/* A record's fields are read in order, all of them 8 bytes or parts of 8. */
struct reader {
    unsigned char const *next;
    unsigned char const *end;
};

static uint64_t read_word(struct reader *reader)
{
    uint64_t word = 0;

    if (reader->end - reader->next >= (ptrdiff_t)sizeof word)
        memcpy(&word, reader->next, sizeof word);
    reader->next += sizeof word;
    return word;
}

static uint32_t low(uint64_t word)
{
    return (uint32_t)word;
}

static uint32_t high(uint64_t word)
{
    return (uint32_t)(word >> 32);
}

/* `count` words of the record, in place; NULL if the record is too short. */
static uint64_t const *read_words(struct reader *reader, uint64_t count)
{
    uint64_t const *const words = (uint64_t const *)reader->next;

    if (count > (uint64_t)(reader->end - reader->next) / sizeof *words)
        return NULL;
    reader->next += count * sizeof *words;
    return words;
}

struct trace_builder *trace_builder_new(uint32_t own_pid, bool user_state)
{
    struct trace_builder *const builder = memory_zeroed(1, sizeof *builder);

    builder->own_pid = own_pid;
    builder->user_state = user_state;
    return builder;
}

void trace_builder_free(struct trace_builder *builder)
{
    if (builder == NULL)
        return;
    free(builder->trace.events);
    free(builder->trace.stacks);
    free(builder->trace.calls);
    free(builder->trace.mappings);
    free(builder->sources);
    arena_free(&builder->arena);
    free(builder);
}

void trace_builder_source(struct trace_builder *builder, struct trace_source source)
{
    builder->sources =
        memory_room(builder->sources, builder->source_count, sizeof *builder->sources);
    builder->sources[builder->source_count++] = source;
}

static int compare_sources(void const *one, void const *other)
{
    struct trace_source const *const a = one;
    struct trace_source const *const b = other;

    return (a->identifier > b->identifier) - (a->identifier < b->identifier);
}

static struct trace_source const *find_source(struct trace_builder const *builder,
                                              uint64_t identifier)
{
    struct trace_source const key = {.identifier = identifier};

    return builder->source_count == 0 ? NULL
                                      : bsearch(&key, builder->sources, builder->source_count,
                                                sizeof key, compare_sources);
}

static void add_event(struct trace_builder *builder, struct trace_event event)
{
    struct trace *const trace = &builder->trace;

    if (event.pid == builder->own_pid)
        return;
    if (trace->event_count == TRACE_EVENTS_MAX) {
        trace->lost++;
        return;
    }
    event.order = (uint32_t)trace->event_count;
    trace->events = memory_room(trace->events, trace->event_count, sizeof *trace->events);
    trace->events[trace->event_count++] = event;
}

/* The kernel puts a marker in front of each part of the chain. */
static void split_chain(uint64_t const *chain, uint64_t count, uint64_t *ip,
                        struct trace_stack *stack)
{
    bool in_kernel = false;
    size_t kept = 0;

    for (uint64_t i = 0; i < count; i++) {
        if (chain[i] >= (uint64_t)PERF_CONTEXT_MAX) {
            in_kernel = chain[i] == (uint64_t)PERF_CONTEXT_KERNEL;
            continue;
        }
        ip[kept++] = chain[i];
        if (in_kernel)
            stack->kernel_count++;
        else
            stack->user_count++;
    }
    stack->ip = ip;
}

static void read_user_state(struct trace_builder *builder, struct reader *reader,
                            struct trace_stack *stack)
{
    if (!builder->user_state)
        return;
    if (read_word(reader) != PERF_SAMPLE_REGS_ABI_NONE) {
        stack->bp = read_word(reader);
        stack->sp = read_word(reader);
        read_word(reader); /* ip, which the chain has too */
    }
    uint64_t const bytes = read_word(reader);
    uint64_t const *const words = bytes > 0 ? read_words(reader, bytes / sizeof *words) : NULL;
    uint64_t const valid = words != NULL ? read_word(reader) / sizeof *words : 0;
    if (valid == 0 || stack->sp == 0)
        return;
    stack->word_count = (uint16_t)valid;
    stack->word = arena_copy(&builder->arena, words, valid * sizeof *words);
}

static uint32_t add_stack(struct trace_builder *builder, struct trace_stack stack)
{
    struct trace *const trace = &builder->trace;

    trace->stacks = memory_room(trace->stacks, trace->stack_count, sizeof *trace->stacks);
    trace->stacks[trace->stack_count] = stack;
    return (uint32_t)trace->stack_count++;
}

/* raw_syscalls:sys_enter and sys_exit: 8 bytes of every tracepoint, the number, then six arguments
 * or what is returned. */
static bool read_raw(struct trace_builder *builder, unsigned char const *raw, uint32_t bytes,
                     struct trace_event *event)
{
    struct trace *const trace = &builder->trace;

    if (event->kind == TRACE_RETURN) {
        if (bytes < RAW_RETURN_BYTES)
            return false;
        memcpy(&event->detail, raw + 16, sizeof event->detail);
    }
    if (event->kind == TRACE_CALL) {
        if (bytes < RAW_CALL_BYTES)
            return false;
        trace->calls = memory_room(trace->calls, trace->call_count, sizeof *trace->calls);
        memcpy(&trace->calls[trace->call_count], raw + 8, sizeof *trace->calls);
        event->detail = trace->call_count++;
    }
    return true;
}

static void take_sample(struct trace_builder *builder, struct reader reader, uint16_t misc)
{
    struct trace_source const *const source = find_source(builder, read_word(&reader));
    struct trace_stack stack = {.word_count = 0};

    read_word(&reader); /* ip, which the chain has too */
    uint64_t const ids = read_word(&reader);
    struct trace_event event = {.pid = low(ids), .tid = high(ids)};
    if (source == NULL || event.pid == builder->own_pid)
        return;
    event.kind = (uint8_t)source->kind;
    event.major = source->major;
    event.in_kernel = (misc & PERF_EVENT_MISC_CPUMODE_MASK) == PERF_EVENT_MISC_KERNEL;
    event.time_ns = read_word(&reader);
    event.detail = read_word(&reader);
    uint64_t const count = read_word(&reader);
    uint64_t const *const chain = read_words(&reader, count);
    if (chain == NULL)
        return;
    uint32_t raw_bytes = 0;
    memcpy(&raw_bytes, reader.next, sizeof raw_bytes);
    unsigned char const *const raw = reader.next + sizeof raw_bytes;
    /* The size and what follows fill words of 8 bytes. */
    if (read_words(&reader, (sizeof raw_bytes + raw_bytes + 7) / 8) == NULL ||
        !read_raw(builder, raw, raw_bytes, &event))
        return;
    if (event.kind != TRACE_RETURN) {
        split_chain(chain, count, arena_room(&builder->arena, count * sizeof *chain), &stack);
        read_user_state(builder, &reader, &stack);
        event.stack = add_stack(builder, stack);
    }
    add_event(builder, event);
}

static char const *keep_path(struct trace_builder *builder, char const *path)
{
    if (builder->path == NULL || strcmp(builder->path, path) != 0)
        builder->path = arena_copy(&builder->arena, path, strlen(path) + 1);
    return builder->path;
}

/* pid tid, begin, length, file offset, 24 bytes of who the file is, protection and flags, path. */
static void take_mapping(struct trace_builder *builder, struct reader reader,
                         struct trace_event event)
{
    struct trace *const trace = &builder->trace;

    read_word(&reader);
    uint64_t const begin = read_word(&reader);
    uint64_t const bytes = read_word(&reader);
    uint64_t const file_offset = read_word(&reader);
    read_words(&reader, 3);
    uint32_t const protection = low(read_word(&reader));
    trace->mappings = memory_room(trace->mappings, trace->mapping_count, sizeof *trace->mappings);
    trace->mappings[trace->mapping_count] = (struct trace_mapping){
        .begin = begin,
        .end = begin + bytes,
        .file_offset = file_offset,
        .protection = protection,
        .path = keep_path(builder, (char const *)reader.next),
    };
    event.kind = TRACE_MAP;
    event.detail = trace->mapping_count++;
    add_event(builder, event);
}

/* pid ppid, tid ptid: the event belongs to the new task, not to the one that forked. */
static void take_task(struct trace_builder *builder, struct reader reader, uint32_t type,
                      struct trace_event event)
{
    uint64_t const pids = read_word(&reader);
    uint64_t const tids = read_word(&reader);

    event.kind = type == PERF_RECORD_FORK ? TRACE_FORK : TRACE_EXIT;
    event.pid = low(pids);
    event.tid = low(tids);
    event.detail = high(pids);
    add_event(builder, event);
}

/* Records other than samples end with: pid tid, time, identifier (sample_id_all). */
static struct trace_event who_and_when(struct perf_event_header const *record)
{
    unsigned char const *const end = (unsigned char const *)record + record->size;
    struct reader reader = {end - 24, end};
    uint64_t const ids = read_word(&reader);

    return (struct trace_event){
        .pid = low(ids), .tid = high(ids), .time_ns = read_word(&reader)};
}

void trace_builder_take(struct trace_builder *builder, struct perf_event_header const *record)
{
    struct reader reader = {(unsigned char const *)(record + 1),
                            (unsigned char const *)record + record->size};
    struct trace_event event = {.time_ns = 0};

    if (record->type == PERF_RECORD_SAMPLE) {
        take_sample(builder, reader, record->misc);
        return;
    }
    if (record->size >= sizeof *record + 24)
        event = who_and_when(record);
    switch (record->type) {
    case PERF_RECORD_MMAP2: take_mapping(builder, reader, event); break;
    case PERF_RECORD_FORK:
    case PERF_RECORD_EXIT: take_task(builder, reader, record->type, event); break;
    case PERF_RECORD_COMM:
        event.kind = TRACE_EXEC;
        if ((record->misc & PERF_RECORD_MISC_COMM_EXEC) != 0)
            add_event(builder, event);
        break;
    case PERF_RECORD_LOST:
        read_word(&reader); /* identifier */
        builder->trace.lost += read_word(&reader);
        break;
    case PERF_RECORD_THROTTLE: builder->trace.throttled++; break;
    default: break;
    }
}

/* Events of equal time keep the order in which they were read. */
static int compare_events(void const *one, void const *other)
{
    struct trace_event const *const a = one;
    struct trace_event const *const b = other;

    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

static bool in_order(struct trace const *trace)
{
    for (size_t i = 1; i < trace->event_count; i++)
        if (trace->events[i].time_ns < trace->events[i - 1].time_ns)
            return false;
    return true;
}

struct trace const *trace_builder_finish(struct trace_builder *builder)
{
    if (!in_order(&builder->trace))
        qsort(builder->trace.events, builder->trace.event_count, sizeof *builder->trace.events,
              compare_events);
    return &builder->trace;
}
