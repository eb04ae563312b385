/* ledger_rows.c -- groups faults into rows, adds them up and sorts them.
 *
 * SPDX-License-Identifier: MIT */
#include "instrument/ledger_rows.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static char const *const by_names[] = {"program", "kernel", "populate"};

/* 19 bits for each name: half a million functions are more than a program has. */
static uint64_t key_of(struct ledger_rows *rows, struct fault const *fault)
{
    uint64_t key = fault->account;

    key = key << 2 | fault->stage;
    key = key << 2 | fault->by;
    key = key << 1 | fault->again;
    key = key << 19 | intern_text(&rows->names, fault->layer);
    key = key << 19 | intern_text(&rows->names, fault->memory);
    return key << 19 | intern_text(&rows->names, fault->function);
}

static char const *own_name(struct ledger_rows *rows, char const *name)
{
    return intern_bytes(&rows->names, intern_text(&rows->names, name));
}

static struct ledger_row *row_of(struct ledger_rows *rows, struct fault const *fault)
{
    uint64_t *const number = number_map_at(&rows->numbers, key_of(rows, fault));

    if (*number == 0) {
        rows->row = memory_room_for_one(rows->row, rows->count, sizeof *rows->row);
        *number = ++rows->count;
        struct fault *const own = &rows->row[rows->count - 1].fault;
        *own = *fault;
        own->layer = own_name(rows, fault->layer);
        own->function = own_name(rows, fault->function);
        own->memory = own_name(rows, fault->memory);
    }
    return &rows->row[*number - 1];
}

void rows_add(struct ledger_rows *rows, struct fault const *fault, uint64_t count)
{
    struct ledger_row *const row = row_of(rows, fault);

    if (fault->major)
        row->major += count;
    else
        row->minor += count;
}

void rows_add_at_most(struct ledger_rows *rows, struct fault const *fault, uint64_t most)
{
    row_of(rows, fault)->unsure += most;
}

static uint64_t faults_of(struct ledger_row const *row)
{
    return row->minor + row->major;
}

uint64_t rows_sum(struct ledger_rows const *rows, bool populated)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < rows->count; i++)
        if ((rows->row[i].fault.by == BY_POPULATE) == populated)
            sum += faults_of(&rows->row[i]);
    return sum;
}

void rows_settle_populated(struct ledger_rows *rows, int64_t const faults[ACCOUNTS], bool complete)
{
    int64_t left[ACCOUNTS];

    memcpy(left, faults, sizeof left);
    for (size_t i = 0; i < rows->count; i++)
        left[rows->row[i].fault.account] -= (int64_t)faults_of(&rows->row[i]);
    for (size_t i = 0; i < rows->count; i++) {
        struct ledger_row *const row = &rows->row[i];
        int64_t *const rest = &left[row->fault.account];
        if (row->fault.by == BY_POPULATE && *rest < 0)
            row->minor = 0;
        if (row->fault.by != BY_POPULATE || *rest < 0 || !complete)
            continue;
        uint64_t const taken = (uint64_t)*rest < row->unsure ? (uint64_t)*rest : row->unsure;
        row->minor += taken;
        *rest -= (int64_t)taken;
    }
}

static int compare_sizes(uint64_t one, uint64_t other)
{
    return (one > other) - (one < other);
}

/* The same stage, names, touch and by: rows of two accounts that are merged for the reader. */
static int compare_kinds(struct fault const *one, struct fault const *other)
{
    int order = compare_sizes(one->stage, other->stage);

    if (order == 0)
        order = strcmp(one->layer, other->layer);
    if (order == 0)
        order = strcmp(one->function, other->function);
    if (order == 0)
        order = strcmp(one->memory, other->memory);
    if (order == 0)
        order = compare_sizes(one->again, other->again);
    return order != 0 ? order : compare_sizes(one->by, other->by);
}

static int by_kind(void const *one, void const *other)
{
    struct ledger_row const *const first = one;
    struct ledger_row const *const second = other;

    return compare_kinds(&first->fault, &second->fault);
}

static int by_stage_and_size(void const *one, void const *other)
{
    struct ledger_row const *const first = one;
    struct ledger_row const *const second = other;
    int order = compare_sizes(first->fault.stage, second->fault.stage);

    if (order == 0)
        order = compare_sizes(faults_of(second), faults_of(first));
    return order != 0 ? order : compare_kinds(&first->fault, &second->fault);
}

/* Merges neighbours of the same kind, and returns how many are left. */
static size_t merge(struct ledger_row *row, size_t count)
{
    size_t merged = 0;

    for (size_t i = 0; i < count; i++) {
        if (faults_of(&row[i]) == 0)
            continue;
        if (merged > 0 && by_kind(&row[merged - 1], &row[i]) == 0) {
            row[merged - 1].minor += row[i].minor;
            row[merged - 1].major += row[i].major;
        } else {
            row[merged++] = row[i];
        }
    }
    return merged;
}

static json_t *describe_row(struct ledger_row const *row)
{
    struct fault const *const fault = &row->fault;

    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "stage",
                     stage_name(fault->stage), "layer", fault->layer, "function", fault->function,
                     "memory", fault->memory, "touch", fault->again ? "again" : "first", "by",
                     by_names[fault->by], "minor", (json_int_t)row->minor, "major",
                     (json_int_t)row->major);
}

json_t *rows_describe(struct ledger_rows const *rows)
{
    json_t *const array = json_array();
    struct ledger_row *const row = memory_zeroed(rows->count, sizeof *row);

    if (rows->count > 0)
        memcpy(row, rows->row, rows->count * sizeof *row);
    qsort(row, rows->count, sizeof *row, by_kind);
    size_t const count = merge(row, rows->count);
    qsort(row, count, sizeof *row, by_stage_and_size);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, describe_row(&row[i]));
    free(row);
    return array;
}

void rows_free(struct ledger_rows *rows)
{
    intern_free(&rows->names);
    number_map_free(&rows->numbers);
    free(rows->row);
    *rows = (struct ledger_rows){0};
}
