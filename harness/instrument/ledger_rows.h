/* ledger_rows.h -- faults counted by their attributes.
 *
 * A populated row is a prediction: it counts the untouched pages of a call, and the kernel may have
 * taken fewer faults (huge pages). So each row belongs to an account whose true number of faults is
 * known; an account that would exceed it loses all its predictions. Where the kernel may have taken
 * any number up to a most (pages of a file come together), the row has what the account leaves.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LEDGER_ROWS_H
#define SLABLAB_LEDGER_ROWS_H

#include "base/intern.h"
#include "base/number_map.h"
#include "instrument/stages.h"

#include <jansson.h>
#include <stdbool.h>

/* The accounts, by getrusage's numbers: of the process at both ends of its region, and in total. */
enum ledger_account {
    ACCOUNT_START_UP,
    ACCOUNT_REGION,
    ACCOUNT_REST, /* after the region, and other processes at any time; all, without a region */
    ACCOUNTS
};

enum fault_by { BY_PROGRAM, BY_KERNEL, BY_POPULATE };

struct fault {
    enum ledger_account account;
    enum stage stage;
    enum fault_by by;
    bool again; /* the page had been touched since it was mapped */
    bool major;
    char const *layer;
    char const *function;
    char const *memory;
};

struct ledger_row {
    struct fault fault; /* its names index `names`; major does not matter */
    uint64_t minor;
    uint64_t major;
    uint64_t unsure; /* populated ones that may have come on top */
};

/* All zero: no faults. */
struct ledger_rows {
    struct intern names;
    struct number_map numbers; /* the attributes of a fault in one number -> row, plus one */
    struct ledger_row *row;
    size_t count;
};

void rows_add(struct ledger_rows *rows, struct fault const *fault, uint64_t count);

/* Adds a prediction of 0 ... most. */
void rows_add_at_most(struct ledger_rows *rows, struct fault const *fault, uint64_t most);

/* Faults in all rows by exceptions (populated: by populate). */
uint64_t rows_sum(struct ledger_rows const *rows, bool populated);

/* Drops the predictions of the accounts that they would exceed, and settles those of 0 ... most: an
 * earlier row takes what its account leaves before a later one. If exceptions were lost (it is not
 * complete), what is left may be theirs, and nothing takes it. */
void rows_settle_populated(struct ledger_rows *rows, int64_t const faults[ACCOUNTS],
                           bool complete);

/* The array `rows` of records.md, in the order of stages, then of counts; a new reference. */
json_t *rows_describe(struct ledger_rows const *rows);

void rows_free(struct ledger_rows *rows);

#endif
