/* fold.c -- folds samples into stacks of names; each distinct chain of locations is named once.
 *
 * SPDX-License-Identifier: MIT */
#include "instrument/fold.h"

#include "base/intern.h"
#include "base/memory.h"
#include "base/text.h"
#include "symbols/layers.h"

#include <stdlib.h>
#include <string.h>

enum {
    KERNEL_FRAMES_MAX = 256,
    KEY_WORDS_MAX = KERNEL_FRAMES_MAX + 2 * UNWIND_FRAMES_MAX,
    TEXT_BYTES_FIRST = 1 << 12
};

/* A folded stack with its layer and its counts. */
struct folded {
    char const *text;
    char const *layer;
    bool named; /* its innermost frame has a name */
    uint64_t count[STAGES];
};

struct fold {
    struct symbols *symbols;
    struct layer_objects objects;
    struct spaces *spaces;
    struct locations *locations;
    struct intern chains;     /* kernel addresses, objects and offsets */
    struct intern texts;      /* a layer and a text */
    size_t *chain_text;       /* of each chain, the number of its text */
    struct folded *folded;    /* of each text */
    json_t *build_ids;        /* of the objects seen */
    json_t *problems;         /* why one of them has no names */
};

/* The user part of a stack. */
struct callers {
    struct location location[UNWIND_FRAMES_MAX]; /* innermost first */
    size_t count;
};

/* Writes outermost first, from the end of the buffer to its start. Names in C++ may be long. */
struct writer {
    char *text;
    size_t room;
    size_t begin;
};

static struct writer writer_new(void)
{
    return (struct writer){memory_zeroed(TEXT_BYTES_FIRST, 1), TEXT_BYTES_FIRST,
                           TEXT_BYTES_FIRST - 1};
}

/* At least `bytes` more before what is written. */
static void make_room(struct writer *writer, size_t bytes)
{
    size_t const written = writer->room - writer->begin;
    size_t const room = 2 * (writer->room + bytes);
    char *const text = memory_zeroed(room, 1);

    memcpy(text + room - written, writer->text + writer->begin, written);
    free(writer->text);
    *writer = (struct writer){text, room, room - written};
}

static void write_front(struct writer *writer, char const *text, char const *mark)
{
    size_t const length = strlen(text);
    size_t const mark_length = strlen(mark);

    if (writer->begin < length + mark_length + 1)
        make_room(writer, length + mark_length + 1);
    if (writer->begin < writer->room - 1)
        writer->text[--writer->begin] = ';';
    writer->begin -= mark_length;
    memcpy(writer->text + writer->begin, mark, mark_length);
    writer->begin -= length;
    memcpy(writer->text + writer->begin, text, length);
}

/* Kernel addresses, then object and offset of each caller: the same in every process. */
static size_t key_of(struct trace_stack const *stack, struct callers const *callers, uint64_t *key)
{
    size_t words = 0;

    for (size_t i = 0; i < stack->kernel_count && words < KERNEL_FRAMES_MAX; i++)
        key[words++] = stack->ip[i];
    for (size_t i = 0; i < callers->count; i++) {
        key[words++] = (uintptr_t)callers->location[i].object;
        key[words++] = callers->location[i].file_offset;
    }
    return words * sizeof *key;
}

static void write_kernel(struct writer *writer, struct fold const *fold,
                         struct trace_stack const *stack, struct folded *folded)
{
    char const *names[KERNEL_FRAMES_MAX];
    size_t const count =
        stack->kernel_count < KERNEL_FRAMES_MAX ? stack->kernel_count : KERNEL_FRAMES_MAX;

    for (size_t i = 0; i < count; i++) {
        names[i] = symbols_kernel(fold->symbols, stack->ip[i] - (i > 0));
        write_front(writer, names[i] != NULL ? names[i] : "[kernel]", "_[k]");
    }
    folded->named = names[0] != NULL;
    folded->layer = layer_of_kernel(names, count);
}

static void write_unnamed(struct writer *writer, struct object const *object)
{
    char *const name = location_nameless(object);

    write_front(writer, name, "");
    free(name);
}

static void write_location(struct writer *writer, struct location const *location)
{
    struct frames const frames = location_frames(location);

    for (size_t i = 0; i < frames.count; i++) {
        struct frame const *const frame = &frames.frame[i];
        if (frame->function == NULL)
            write_unnamed(writer, location->object);
        else
            write_front(writer, frame->function, frame->inlined ? "_[i]" : "");
    }
}

static void note_objects(struct fold *fold, struct callers const *callers)
{
    for (size_t i = 0; i < callers->count; i++) {
        struct object const *const object = callers->location[i].object;
        if (object == NULL || *object_path(object) != '/')
            continue;
        json_object_set_new(fold->build_ids, object_path(object),
                            json_string(object_build_id(object)));
        if (object_problem(object) != NULL)
            json_object_set_new(fold->problems, object_path(object),
                                json_string(object_problem(object)));
    }
}

/* Different locations may have the same names. */
static size_t number_of_text(struct fold *fold, struct folded const *folded)
{
    char *const key = text_format("%s %s", folded->layer, folded->text);
    size_t const known = fold->texts.count;
    size_t const number = intern_text(&fold->texts, key);

    free(key);
    if (number == known) {
        char const *const kept = intern_bytes(&fold->texts, known);
        fold->folded = memory_room(fold->folded, known, sizeof *fold->folded);
        fold->folded[known] = *folded;
        fold->folded[known].text = kept + strlen(folded->layer) + 1;
    }
    return number;
}

static size_t name_chain(struct fold *fold, struct trace_stack const *stack,
                         struct callers const *callers)
{
    struct writer writer = writer_new();
    struct folded folded = {.layer = NULL};

    if (stack->kernel_count > 0) {
        write_kernel(&writer, fold, stack, &folded);
    } else {
        folded.layer = layer_of_user_stack(&fold->objects, callers->location, callers->count);
        folded.named =
            callers->count > 0 && location_frames(&callers->location[0]).frame[0].function != NULL;
    }
    for (size_t i = 0; i < callers->count; i++)
        write_location(&writer, &callers->location[i]);
    if (writer.text[writer.begin] == '\0')
        write_unnamed(&writer, NULL);
    note_objects(fold, callers);
    folded.text = writer.text + writer.begin;
    size_t const number = number_of_text(fold, &folded);
    free(writer.text);
    return number;
}

/* The chain ends where the kernel's walk left all code: it followed a register that was not a frame
 * pointer. */
static void find_callers(struct fold *fold, uint32_t pid, struct trace_stack const *stack,
                         struct callers *callers)
{
    size_t const count = locations_of_stack(fold->locations, pid, stack, callers->location);

    callers->count = 0;
    while (callers->count < count &&
           (callers->count == 0 || callers->location[callers->count].object != NULL))
        callers->count++;
}

static struct folded *fold_sample(struct fold *fold, struct trace_event const *event,
                                  struct trace_stack const *stack)
{
    struct callers callers;
    uint64_t key[KEY_WORDS_MAX];

    find_callers(fold, event->pid, stack, &callers);
    size_t const known = fold->chains.count;
    size_t const number = intern_number(&fold->chains, key, key_of(stack, &callers, key));
    if (number == known) {
        fold->chain_text = memory_room(fold->chain_text, known, sizeof *fold->chain_text);
        fold->chain_text[known] = name_chain(fold, stack, &callers);
    }
    return &fold->folded[fold->chain_text[number]];
}

/* The most frequent first; ties by name, so that the record depends on the counts alone. */
static int compare_folded(void const *one, void const *other)
{
    struct folded const *const a = one;
    struct folded const *const b = other;
    uint64_t total[2] = {0, 0};

    for (int stage = 0; stage < STAGES; stage++) {
        total[0] += a->count[stage];
        total[1] += b->count[stage];
    }
    if (total[0] != total[1])
        return total[0] > total[1] ? -1 : 1;
    return strcmp(a->text, b->text);
}

static json_t *describe_counts(uint64_t const *count)
{
    json_t *const object = json_object();

    for (int stage = 0; stage < STAGES; stage++)
        json_object_set_new(object, stage_name((enum stage)stage),
                            json_integer((json_int_t)count[stage]));
    return object;
}

static json_t *describe(struct fold *fold, struct trace const *trace, uint64_t period_ns)
{
    json_t *const stacks = json_array();
    uint64_t samples[STAGES] = {0};
    uint64_t unnamed = 0;

    if (fold->texts.count > 0)
        qsort(fold->folded, fold->texts.count, sizeof *fold->folded, compare_folded);
    for (size_t i = 0; i < fold->texts.count; i++) {
        struct folded const *const folded = &fold->folded[i];
        json_t *const entry =
            json_pack("{s:s, s:s}", "stack", folded->text, "layer", folded->layer);
        json_object_update_new(entry, describe_counts(folded->count));
        json_array_append_new(stacks, entry);
        for (int stage = 0; stage < STAGES; stage++) {
            samples[stage] += folded->count[stage];
            unnamed += folded->named ? 0 : folded->count[stage];
        }
    }
    json_t *const profile = json_pack(
        "{s:I, s:I, s:I, s:o, s:I, s:o}", "period_ns", (json_int_t)period_ns, "lost",
        (json_int_t)trace->lost, "throttled", (json_int_t)trace->throttled, "samples",
        describe_counts(samples), "unnamed_samples", (json_int_t)unnamed, "stacks", stacks);
    json_t *const found = json_pack("{s:o, s:O}", "profile", profile, "objects", fold->build_ids);
    if (json_object_size(fold->problems) > 0)
        json_object_set(found, "object_problems", fold->problems);
    return found;
}

json_t *fold_describe(struct trace const *trace, struct symbols *symbols,
                      struct fold_facts const *facts)
{
    struct fold fold = {
        .symbols = symbols,
        .objects = {facts->program, facts->allocator},
        .spaces = spaces_new(trace),
        .build_ids = json_object(),
        .problems = json_object(),
    };

    fold.locations = locations_new(fold.spaces, symbols);
    for (size_t i = 0; i < trace->event_count; i++) {
        struct trace_event const *const event = &trace->events[i];
        spaces_take(fold.spaces, i);
        if (event->kind == TRACE_SAMPLE)
            fold_sample(&fold, event, &trace->stacks[event->stack])
                ->count[stage_of(&facts->stages, event->time_ns)]++;
    }
    json_t *const found = describe(&fold, trace, facts->period_ns);
    free(fold.folded);
    free(fold.chain_text);
    intern_free(&fold.chains);
    intern_free(&fold.texts);
    locations_free(fold.locations);
    spaces_free(fold.spaces);
    json_decref(fold.build_ids);
    json_decref(fold.problems);
    return found;
}
