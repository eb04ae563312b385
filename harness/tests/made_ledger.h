/* made_ledger.h -- ledgers of traces written by hand, of this very program and its libraries.
 *
 * The program is the workload, and declares two functions as a part of an allocator does; jansson
 * plays an allocator that declares nothing.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_MADE_LEDGER_H
#define SLABLAB_MADE_LEDGER_H

#include "made_trace.h"

#include "base/text.h"
#include "instrument/ledger.h"

#define DECLARE(words)                                                       \
    __asm__(".pushsection .slablab.layers,\"\",@progbits\n.string \"" words "\"\n.popsection")

DECLARE("function\\tpop\\tfront");
DECLARE("function\\trefill\\tbackend");
DECLARE("memory\\trefill\\tsuperslab\\t1048576\\t4096");
DECLARE("memory\\tspan\\tspan\\t0\\t0");

static int volatile spent = 1;

#define FUNCTION(name, number)                                               \
    static __attribute__((noinline, unused)) void name(void)                 \
    {                                                                        \
        spent = number;                                                      \
        spent += number;                                                     \
    }

FUNCTION(pop, 1)
FUNCTION(refill, 2)
FUNCTION(helper, 3)
FUNCTION(span, 4)

/* The innermost address of a stack, and one that the function would return to. */
#define IN(function) ((uintptr_t)(function) + 1)
#define BELOW(function) ((uintptr_t)(function) + 2)

/* Where tests map memory, and where the first thread's stack is. */
#define SUPERSLAB UINT64_C(0x40000000)
#define TABLES UINT64_C(0x50000000)
#define THREAD UINT64_C(0x60000000)
#define SP UINT64_C(0x7f000000)

static struct symbols *symbols;
static struct ledger_facts facts;
static json_t *ledger;

static inline int open_symbols(void **state)
{
    (void)state;
    made_read_own_files();
    symbols = symbols_open();
    return 0;
}

static inline int close_symbols(void **state)
{
    (void)state;
    symbols_close(symbols);
    return 0;
}

static inline int begin(void **state)
{
    made_begin(state);
    facts = (struct ledger_facts){.pid = MADE_PID,
                                  .program = made_own_path((uintptr_t)pop),
                                  .allocator = made_own_path((uintptr_t)json_array)};
    MADE_STACK(1); /* number 0, of events whose stack does not matter */
    MADE_CALL(SYS_execve, 0, 0);
    made_event(TRACE_EXEC, 0);
    made_map_own_files();
    made_return(0);
    ledger = NULL;
    return 0;
}

static inline int end(void **state)
{
    (void)state;
    json_decref(ledger);
    return 0;
}

static inline json_int_t number(char const *key)
{
    return json_integer_value(json_object_get(ledger, key));
}

static inline void describe(uint64_t total)
{
    json_decref(ledger);
    facts.faults_total = total;
    ledger = ledger_describe(&made, symbols, &facts);
    assert_int_equal(number("total"), total);
    assert_int_equal(number("recorded") + number("populated") + number("unplaced"), total);
}

static inline char *words_of_row(json_t const *row)
{
    static char const *const keys[] = {"stage", "layer", "function", "memory", "touch", "by"};
    char *words = text_copy("");

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        text_append(&words, i == 0 ? "%s" : " %s",
                    json_string_value(json_object_get(row, keys[i])));
    return words;
}

/* The faults of the row "stage layer function memory touch by"; all rows are shown where there is
 * none. */
static inline json_int_t faults(char const *wanted)
{
    json_t const *const rows = json_object_get(ledger, "rows");
    json_int_t found = -1;

    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t const *const row = json_array_get(rows, i);
        char *const words = words_of_row(row);
        if (strcmp(words, wanted) == 0)
            found = json_integer_value(json_object_get(row, "minor")) +
                    json_integer_value(json_object_get(row, "major"));
        free(words);
    }
    for (size_t i = 0; i < json_array_size(rows) && found < 0; i++) {
        char *const words = words_of_row(json_array_get(rows, i));
        print_message("there is: %s\n", words);
        free(words);
    }
    return found;
}

/* The last event's time ends the region; the next one began it. */
static inline void begin_region(void)
{
    facts.stages.region_began_ns = made_time_ns();
}

static inline void end_region(void)
{
    facts.stages.region_ended_ns = made_time_ns() - 1;
}

static inline void map_superslab(uint64_t bytes)
{
    made_mmap(SUPERSLAB, bytes, MADE_ANONYMOUS,
              MADE_STACK(IN(mmap64), BELOW(refill), BELOW(helper)));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)

#endif
