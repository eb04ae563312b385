/* ledger_memory.c -- classifies memory by its range, and a range by the code that mapped it.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "instrument/ledger_memory.h"

#include "base/intern.h"
#include "base/memory.h"
#include "base/number_map.h"
#include "base/text.h"
#include "trace/pages.h"

#include <asm/prctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>

enum {
    STACK_BELOW = 8 << 20, /* the usual ulimit -s */
    STACK_ABOVE = 1 << 20, /* arguments and environment */
    THREAD_BLOCK_BYTES = 4096, /* the C library's own data of a thread, above thread-local data */
    THREAD_LOCAL_ALIGNMENT = 64
};

/* What a mapping is for, by the stack of the mmap. */
struct kind {
    char const *name;    /* of all of it, and of what follows a header */
    char const *header;  /* NULL: it has none */
    struct memory_declaration const *declaration;
    bool of_c_library;
};

/* The known facts of a process's first thread. */
struct thread {
    uint64_t stack_top;      /* highest sp seen */
    uint64_t thread_pointer; /* what it gives arch_prctl */
};

struct memories {
    struct trace const *trace;
    struct spaces const *spaces;
    struct locations *locations;
    struct layer_objects objects;
    struct intern names;
    struct number_map origins; /* position in trace->stacks -> kind, plus one */
    struct kind *kinds;
    size_t kind_count;
    struct number_map threads; /* pid -> position in thread, plus one */
    struct thread *thread;
    size_t thread_count;
    uint32_t thread_local_pid; /* of thread_local_bytes: the version of its files */
    uint64_t thread_local_version;
    uint64_t thread_local_bytes;
};

struct memories *memories_new(struct trace const *trace, struct spaces const *spaces,
                              struct locations *locations, struct layer_objects objects)
{
    struct memories *const memories = memory_zeroed(1, sizeof *memories);

    *memories = (struct memories){
        .trace = trace, .spaces = spaces, .locations = locations, .objects = objects};
    return memories;
}

void memories_free(struct memories *memories)
{
    intern_free(&memories->names);
    number_map_free(&memories->origins);
    free(memories->kinds);
    number_map_free(&memories->threads);
    free(memories->thread);
    free(memories);
}

/* Moves the others. */
static struct thread *first_thread(struct memories *memories, uint32_t pid)
{
    uint64_t *const number = number_map_at(&memories->threads, pid);

    if (*number == 0) {
        memories->thread = memory_room_for_one(memories->thread, memories->thread_count,
                                               sizeof *memories->thread);
        *number = ++memories->thread_count;
    }
    return &memories->thread[*number - 1];
}

/* The value to which the event sets the thread pointer of a process's first thread; 0: none. */
static uint64_t thread_pointer_set(struct trace const *trace, struct trace_event const *event)
{
    if (event->kind != TRACE_CALL || event->pid != event->tid)
        return 0;
    struct trace_call const *const call = &trace->calls[event->detail];
    return call->number == SYS_arch_prctl && call->argument[0] == ARCH_SET_FS ? call->argument[1]
                                                                              : 0;
}

/* The loader fills thread-local data before it tells the kernel where they are, so at a program's
 * start the later events are searched. Most loaders tell it after some hundred events. */
static uint64_t thread_pointer_ahead(struct trace const *trace, size_t exec)
{
    uint32_t const pid = trace->events[exec].pid;

    for (size_t i = exec + 1; i < trace->event_count && trace->call_count > 0; i++) {
        struct trace_event const *const event = &trace->events[i];
        uint64_t const pointer = event->pid == pid ? thread_pointer_set(trace, event) : 0;
        if (pointer != 0)
            return pointer;
        if (event->pid == pid && (event->kind == TRACE_EXEC || event->kind == TRACE_EXIT))
            return 0;
    }
    return 0;
}

static void take_stack(struct memories *memories, struct trace_event const *event)
{
    uint64_t const sp = memories->trace->stacks[event->stack].sp;
    struct thread *const thread = first_thread(memories, event->pid);

    if (sp > thread->stack_top)
        thread->stack_top = sp;
}

/* The kernel's accesses during exec carry the registers of the previous program. */
static bool shows_stack(struct trace_event const *event)
{
    return event->pid == event->tid && (event->kind == TRACE_CALL ||
                                        (event->kind == TRACE_FAULT && !event->in_kernel));
}

void memories_take(struct memories *memories, size_t position)
{
    struct trace_event const *const event = &memories->trace->events[position];

    uint64_t const pointer = thread_pointer_set(memories->trace, event);

    if (pointer != 0)
        first_thread(memories, event->pid)->thread_pointer = pointer;
    if (shows_stack(event))
        take_stack(memories, event);
    if (event->kind == TRACE_EXEC)
        *first_thread(memories, event->pid) =
            (struct thread){.thread_pointer = thread_pointer_ahead(memories->trace, position)};
    if (event->kind == TRACE_FORK && event->pid != (uint32_t)event->detail) {
        struct thread const parent = *first_thread(memories, (uint32_t)event->detail);
        *first_thread(memories, event->pid) = parent;
    }
}

static char const *name_with(struct memories *memories, char const *memory, char const *ending)
{
    char *const text = text_format("%s%s", memory, ending);
    char const *const name =
        intern_bytes(&memories->names, intern_text(&memories->names, text));

    free(text);
    return name;
}

static struct kind declared_kind(struct memories *memories,
                                 struct memory_declaration const *declaration)
{
    struct kind kind = {.declaration = declaration};

    kind.name = name_with(memories, declaration->memory, "_payload");
    if (declaration->header_bytes > 0)
        kind.header = name_with(memories, declaration->memory, "_header");
    return kind;
}

static struct memory_declaration const *declaration_at(struct location const *location)
{
    struct frames const frames = location_frames(location);

    for (size_t i = 0; i < frames.count && location->object != NULL; i++) {
        struct memory_declaration const *const declaration =
            object_memory(location->object, &frames.frame[i]);
        if (declaration != NULL)
            return declaration;
    }
    return NULL;
}

/* A function of the C library that only makes the system call in its name: the memory is its
 * caller's. Others, such as malloc, map it for the C library. */
static bool is_wrapper(struct location const *location)
{
    static char const *const names[] = {"mmap",   "mmap64",   "__mmap", "__mmap64", "brk",
                                        "__brk",  "sbrk",     "__sbrk", "mremap",   "__mremap",
                                        "shmat",  "syscall"};
    struct frames const frames = location_frames(location);
    char const *const function = frames.frame[frames.count - 1].function;

    for (size_t i = 0; i < sizeof names / sizeof *names && function != NULL; i++)
        if (strcmp(function, names[i]) == 0)
            return true;
    return false;
}

/* The layer of the innermost file that is more than a wrapper; "other" if the stack shows none: it
 * is unknown who mapped it. */
static char const *who_mapped(struct memories const *memories, struct location const *location,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char const *const layer = layer_of_object(&memories->objects, location[i].object);
        if (location[i].object != NULL && (layer != layer_c_library || !is_wrapper(&location[i])))
            return layer;
    }
    return layer_other;
}

static struct kind undeclared_kind(struct memories const *memories, struct location const *location,
                                   size_t count)
{
    char const *const layer = who_mapped(memories, location, count);

    if (layer == layer_c_library)
        return (struct kind){.name = "c_library_heap", .of_c_library = true};
    if (layer == layer_workload)
        return (struct kind){.name = "workload_tables"};
    if (layer == layer_allocator)
        return (struct kind){.name = "allocator"};
    return (struct kind){.name = "anonymous"};
}

static struct kind find_kind(struct memories *memories, uint32_t pid, uint32_t origin)
{
    struct location location[UNWIND_FRAMES_MAX];
    size_t const count =
        locations_of_stack(memories->locations, pid, &memories->trace->stacks[origin], location);

    for (size_t i = 0; i < count; i++) {
        struct memory_declaration const *const declaration = declaration_at(&location[i]);
        if (declaration != NULL)
            return declared_kind(memories, declaration);
    }
    return undeclared_kind(memories, location, count);
}

static struct kind const *kind_of(struct memories *memories, uint32_t pid, uint32_t origin)
{
    uint64_t *const number = number_map_at(&memories->origins, origin);

    if (*number == 0) {
        struct kind const kind = find_kind(memories, pid, origin);
        memories->kinds =
            memory_room_for_one(memories->kinds, memories->kind_count, sizeof *memories->kinds);
        memories->kinds[memories->kind_count] = kind;
        *number = ++memories->kind_count;
    }
    return &memories->kinds[*number - 1];
}

/* Each mapped object once, by the range of its first bytes. */
static uint64_t thread_local_bytes(struct memories *memories, uint32_t pid)
{
    uint64_t const version = space_files_version(memories->spaces, pid);
    struct ranges const *const ranges = space_ranges(memories->spaces, pid);

    if (memories->thread_local_pid == pid && memories->thread_local_version == version)
        return memories->thread_local_bytes;
    memories->thread_local_pid = pid;
    memories->thread_local_version = version;
    memories->thread_local_bytes = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        struct range const *const range = &ranges->range[i];
        if (!range_is_file(range) || range->file_offset != 0)
            continue;
        uint64_t const bytes =
            object_thread_local_bytes(location_object(memories->locations, range));
        memories->thread_local_bytes += (bytes + THREAD_LOCAL_ALIGNMENT - 1) /
                                        THREAD_LOCAL_ALIGNMENT * THREAD_LOCAL_ALIGNMENT;
    }
    return memories->thread_local_bytes;
}

/* Thread-local data of the first thread:  | thread_local_bytes | THREAD_BLOCK_BYTES |
 *                                                              ^ thread pointer */
static bool is_thread_local(struct memories *memories, uint32_t pid, uint64_t address)
{
    uint64_t const pointer = first_thread(memories, pid)->thread_pointer;

    return pointer != 0 && address < pointer + THREAD_BLOCK_BYTES &&
           address >= pointer - thread_local_bytes(memories, pid);
}

/* For other threads it is at the top of the stack that the C library mapped for them. */
static char const *thread_stack_name(struct memories *memories, uint32_t pid,
                                     struct range const *range, uint64_t address)
{
    uint64_t const bytes = thread_local_bytes(memories, pid) + THREAD_BLOCK_BYTES;

    return address >= range->end - bytes ? "thread_local" : "stack";
}

static char const *unmapped_name(struct memories *memories, uint32_t pid, uint64_t address,
                                 bool in_exec)
{
    uint64_t const top = first_thread(memories, pid)->stack_top;
    bool const near_top =
        top != 0 && address >= top - STACK_BELOW && address < top + STACK_ABOVE;

    return near_top || in_exec ? "stack" : "anonymous"; /* exec fills nothing else unheard */
}

/* The rest of an object's data, all zero, which the loader or exec maps directly after its file. */
static bool continues_file(struct memories const *memories, uint32_t pid,
                           struct range const *range)
{
    struct range const *const before = space_find(memories->spaces, pid, range->begin - 1);

    return before != NULL && range_is_file(before) && !range_is_memory_file(before);
}

static struct memory named(struct range const *range, char const *name)
{
    return (struct memory){.name = name, .made = range->made};
}

static struct memory memory_of_origin(struct memories *memories, uint32_t pid,
                                      struct range const *range, uint64_t address)
{
    struct kind const *const kind = kind_of(memories, pid, range->origin);
    struct memory memory = {kind->name, NULL, 0, range->made};

    if (kind->of_c_library && (range->flags & MAP_FIXED) && continues_file(memories, pid, range))
        return named(range, "file");
    if (strcmp(range->path, "[heap]") == 0 && strcmp(kind->name, "allocator") != 0)
        return named(range, "c_library_heap");
    if (kind->declaration == NULL)
        return memory;
    uint64_t const unit_bytes = kind->declaration->unit_bytes;
    uint64_t const unit = unit_bytes == 0 ? range->begin : address / unit_bytes * unit_bytes;
    if (kind->header != NULL && address - unit < kind->declaration->header_bytes)
        memory.name = kind->header;
    if (unit_bytes > 0) {
        memory.declaration = kind->declaration;
        memory.unit = unit;
    }
    return memory;
}

/* "region" is the harness's own memfd, and its workload maps it. */
static bool is_shared_page(struct memories *memories, uint32_t pid, struct range const *range)
{
    return text_equal(range->path, "/memfd:region (deleted)") &&
           (range->origin == SPACE_NO_ORIGIN ||
            text_equal(kind_of(memories, pid, range->origin)->name, "workload_tables"));
}

/* A file in memory is its mapper's memory; so is any other file, if an allocator mapped it. */
static struct memory memory_of_file(struct memories *memories, uint32_t pid,
                                    struct range const *range, uint64_t address)
{
    if (is_shared_page(memories, pid, range))
        return named(range, "shared_page");
    if (range->origin == SPACE_NO_ORIGIN)
        return named(range, range_is_memory_file(range) ? "anonymous" : "file");
    struct kind const *const kind = kind_of(memories, pid, range->origin);
    bool const of_allocator = kind->declaration != NULL || text_equal(kind->name, "allocator");
    return of_allocator || range_is_memory_file(range)
               ? memory_of_origin(memories, pid, range, address)
               : named(range, "file");
}

struct memory memory_at(struct memories *memories, uint32_t pid, uint64_t address, bool in_exec)
{
    struct range const *const range = space_find(memories->spaces, pid, address);

    if (range == NULL)
        return (struct memory){.name = unmapped_name(memories, pid, address, in_exec)};
    if (strcmp(range->path, "[stack]") == 0)
        return named(range, "stack");
    if (range_is_file(range))
        return memory_of_file(memories, pid, range, address);
    if (is_thread_local(memories, pid, address))
        return named(range, "thread_local");
    if (range->flags & MAP_STACK)
        return named(range, thread_stack_name(memories, pid, range, address));
    if (range->origin != SPACE_NO_ORIGIN)
        return memory_of_origin(memories, pid, range, address);
    if (strcmp(range->path, "[heap]") == 0)
        return named(range, "c_library_heap");
    return named(range, continues_file(memories, pid, range) ? "file" : "anonymous");
}
