/* inputs.c -- libFuzzer over what the harness reads: records, experiments, shared objects.
 *
 * The first byte of an input chooses the reader, the others are the file. `make fuzz-inputs` builds
 * and runs it; the tests of damaged inputs are the short form, from seeds.
 *
 * SPDX-License-Identifier: MIT */
#include "../fixture.h"

#include "../made_records.h"
#include "base/record.h"
#include "experiment/experiment.h"
#include "judge/tally.h"
#include "symbols/inline_chain.h"
#include "symbols/layer_declarations.h"
#include "symbols/symbol_table.h"
#include "symbols/unwind_rules.h"

int LLVMFuzzerInitialize(int *count, char ***arguments);
int LLVMFuzzerTestOneInput(uint8_t const *bytes, size_t size);

static void write_input(char const *path, uint8_t const *bytes, size_t size)
{
    FILE *const file = fopen(path, "w");

    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        abort();
}

/* As a line with the seal that it should have, so that the fuzzer need not find one. */
static void read_record(uint8_t const *bytes, size_t size)
{
    char *const folder = fixture_path("results");
    char *const path = fixture_path("results/samples.jsonl");
    json_t *const record = json_loadb((char const *)bytes, size, 0, NULL);
    struct tally tally = tally_new(&made_plan, &run_kinds[RUN_TIMED]);

    if (json_is_object(record)) {
        char *const line = sealed_line(record);
        write_input(path, (uint8_t const *)line, strlen(line));
        free(line);
    } else {
        write_input(path, bytes, size);
    }
    record_read(folder, "samples.jsonl", tally_add, &tally);
    tally_free(&tally);
    json_decref(record);
    free(path);
    free(folder);
}

static void read_experiment(uint8_t const *bytes, size_t size)
{
    char *const path = fixture_path("experiments/x.yaml");

    write_input(path, bytes, size);
    plan_free(plan_from_experiment(path, size % 2 == 0, 1));
    free(path);
}

static void read_object(uint8_t const *bytes, size_t size)
{
    char *const path = fixture_path("damaged.so");
    struct object_file file;

    write_input(path, bytes, size);
    object_file_open(&file, path);
    if (file.module != NULL) {
        struct symbol_table table = {0};
        struct layer_declarations layers = {0};
        struct code_units units = {0};
        Dwarf_Die entries[INLINE_CHAIN_MAX];

        symbol_table_read(&table, &file);
        layer_declarations_read(&layers, &file);
        code_units_read(&units, &file);
        for (uint64_t address = 0; address < size; address += size / 8 + 1) {
            unwind_rule_at(&file, address);
            for (size_t depth = inline_chain(&units, address, entries); depth > 0; depth--)
                inline_chain_file(&entries[depth - 1]);
        }
        code_units_free(&units);
        layer_declarations_free(&layers);
        symbol_table_free(&table);
    }
    object_file_close(&file);
    free(path);
}

static void remove_fixture(void)
{
    fixture_remove(NULL);
}

int LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    fixture_make(NULL);
    return atexit(remove_fixture) == 0 && freopen("/dev/null", "w", stdout) != NULL ? 0 : -1;
}

int LLVMFuzzerTestOneInput(uint8_t const *bytes, size_t size)
{
    static void (*const readers[])(uint8_t const *, size_t) = {read_record, read_experiment,
                                                               read_object};

    if (size > 0)
        readers[bytes[0] % 3](bytes + 1, size - 1);
    return 0;
}
