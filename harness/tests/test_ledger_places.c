/* test_ledger_places.c -- whose a fault is, and what the memory is for.
 *
 * SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "made_ledger.h"

#include <asm/prctl.h>
#include <unistd.h>

/* What declares nothing has its caller's layer, as long as that is the same file's. */
static void layers_walk_outwards_within_a_file(void **state)
{
    (void)state;
    made_mmap(TABLES, 8 * PAGE, MADE_ANONYMOUS, MADE_STACK(IN(mmap64), BELOW(helper)));
    made_fault(TABLES, MADE_STACK(IN(helper), BELOW(helper), BELOW(refill), BELOW(pop)));
    made_fault(TABLES + PAGE, MADE_STACK(IN(helper), BELOW(abort), BELOW(refill)));
    made_fault(TABLES + 2 * PAGE, MADE_STACK(IN(abort), BELOW(refill)));
    made_fault(TABLES + 3 * PAGE, MADE_STACK(IN(json_array), BELOW(refill)));
    made_fault(TABLES + 4 * PAGE, MADE_STACK(IN(print_message), BELOW(refill)));
    made_fault(TABLES + 5 * PAGE, MADE_STACK(1, BELOW(refill)));
    describe(6);
    assert_int_equal(faults("start_up backend helper workload_tables first program"), 1);
    assert_int_equal(faults("start_up workload helper workload_tables first program"), 1);
    assert_int_equal(faults("start_up c_library abort workload_tables first program"), 1);
    assert_int_equal(faults("start_up allocator json_array workload_tables first program"), 1);
    assert_int_equal(faults("start_up other print_message workload_tables first program"), 1);
    assert_int_equal(faults("start_up other [unknown] workload_tables first program"), 1);
}

/* Who called mmap decides; of the C library, only what is more than a system call's wrapper. */
static void undeclared_memory_is_his_who_mapped_it(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop));
    uint32_t const origins[] = {
        MADE_STACK(IN(mmap64), BELOW(helper), BELOW(json_array)),
        MADE_STACK(IN(mmap64), BELOW(json_array), BELOW(helper)),
        MADE_STACK(IN(mmap64), BELOW(malloc), BELOW(json_array), BELOW(helper)),
        MADE_STACK(IN(mmap64)),
        MADE_STACK(IN(mmap64), BELOW(print_message), BELOW(helper)),
    };
    for (uint64_t i = 0; i < 5; i++) {
        made_mmap(TABLES + i * PAGE, PAGE, MADE_ANONYMOUS, origins[i]);
        made_fault(TABLES + i * PAGE, popping);
    }
    describe(5);
    assert_int_equal(faults("start_up front pop workload_tables first program"), 1);
    assert_int_equal(faults("start_up front pop allocator first program"), 1);
    assert_int_equal(faults("start_up front pop c_library_heap first program"), 1);
    assert_int_equal(faults("start_up front pop anonymous first program"), 2);
}

/* An allocator may grow by brk; the rest of the heap is the C library's, whichever code was seen.
  */
static void the_heap(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop));
    uint32_t const origins[] = {
        0,
        MADE_STACK(IN(brk), BELOW(sbrk), BELOW(malloc), BELOW(json_array)),
        MADE_STACK(IN(brk), BELOW(sbrk), BELOW(json_array)),
        MADE_STACK(IN(brk), BELOW(helper)),
    };
    for (uint64_t i = 0; i < 4; i++) {
        MADE_CALL(SYS_brk, origins[i], 0);
        made_return(TABLES + i * PAGE);
    }
    for (uint64_t i = 0; i < 3; i++)
        made_fault(TABLES + i * PAGE, popping);
    describe(3);
    assert_int_equal(faults("start_up front pop c_library_heap first program"), 2);
    assert_int_equal(faults("start_up front pop allocator first program"), 1);
}

static void stacks_files_and_the_shared_page(void **state)
{
    (void)state;
    uint32_t const popping = made_stack(SP, (uint64_t const[]){IN(pop), 0});
    made_fault(SP - 100, popping);
    made_fault(SP + 5000, popping);
    made_fault(SP - 8 * MB - 1, popping); /* too far below */
    made_map(SP - 16 * MB, SP + MB, 0, "[stack]");
    made_fault(SP - 9 * MB, popping);
    made_fault((uintptr_t)&spent, popping);
    made_fault((uintptr_t)pop, popping);
    MADE_CALL(SYS_mmap, popping, 0, PAGE, PROT_READ, MAP_SHARED, 3, 0);
    made_map(TABLES, TABLES + PAGE, 0, "/memfd:region (deleted)");
    made_return(TABLES);
    made_fault(TABLES, popping);
    describe(7);
    assert_int_equal(faults("start_up front pop stack first program"), 3);
    assert_int_equal(faults("start_up front pop anonymous first program"), 1);
    assert_int_equal(faults("start_up front pop file first program"), 2);
    assert_int_equal(faults("start_up front pop shared_page first program"), 1);
}

static void map_path(uint64_t at, uint64_t flags, uint32_t stack, char const *path)
{
    MADE_CALL(SYS_mmap, stack, 0, PAGE, PROT_READ | PROT_WRITE, flags, 3, 0);
    made_map(at, at + PAGE, 0, path);
    made_return(at);
}

/* A file in memory is his who mapped it; so is a file on disk, if an allocator did. */
static void files_may_be_memory(void **state)
{
    (void)state;
    static char const *const paths[] = {"/memfd:arena (deleted)", "/memfd:region (deleted)",
                                        "/dev/shm/arena",         "/dev/zero (deleted)",
                                        "/var/tmp/#12 (deleted)", "/anon_hugepage (deleted)"};
    uint32_t const popping = MADE_STACK(IN(pop));
    uint32_t const allocator = MADE_STACK(IN(mmap64), BELOW(json_array));
    uint32_t const workload = MADE_STACK(IN(mmap64), BELOW(helper));
    uint32_t const declared = MADE_STACK(IN(mmap64), BELOW(span));
    for (uint64_t i = 0; i < 6; i++) {
        map_path(TABLES + 2 * i * PAGE, i % 2 ? MAP_SHARED : MAP_PRIVATE, allocator, paths[i]);
        made_fault(TABLES + 2 * i * PAGE, popping);
    }
    map_path(SUPERSLAB, MAP_SHARED, workload, paths[0]);
    made_fault(SUPERSLAB, popping);
    map_path(SUPERSLAB + 2 * PAGE, MAP_SHARED, workload, paths[4]);
    made_fault(SUPERSLAB + 2 * PAGE, popping);
    map_path(SUPERSLAB + 4 * PAGE, MAP_SHARED, declared, paths[0]);
    made_fault(SUPERSLAB + 4 * PAGE, popping);
    made_map(SUPERSLAB + 6 * PAGE, SUPERSLAB + 7 * PAGE, 0, paths[0]); /* nobody knows by whom */
    made_fault(SUPERSLAB + 6 * PAGE, popping);
    made_map(SUPERSLAB + 7 * PAGE, SUPERSLAB + 8 * PAGE, 0, "//anon"); /* no file's zeroed data */
    made_fault(SUPERSLAB + 7 * PAGE, popping);
    describe(11);
    assert_int_equal(faults("start_up front pop allocator first program"), 6);
    assert_int_equal(faults("start_up front pop workload_tables first program"), 1);
    assert_int_equal(faults("start_up front pop file first program"), 1);
    assert_int_equal(faults("start_up front pop span_payload first program"), 1);
    assert_int_equal(faults("start_up front pop anonymous first program"), 2);
}

/* shmat maps what it likes, and shmdt all of it. */
static void memory_of_system_v(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop));
    MADE_CALL(SYS_shmat, MADE_STACK(IN(json_array)), 1, 0, 0);
    made_map(TABLES, TABLES + 2 * PAGE, 0, "/SYSV00000000 (deleted)");
    made_return(TABLES);
    made_fault(TABLES + PAGE, popping);
    MADE_CALL(SYS_shmdt, 0, TABLES);
    made_return(0);
    made_fault(TABLES + PAGE, popping);
    describe(2);
    assert_int_equal(faults("start_up front pop allocator first program"), 1);
    assert_int_equal(faults("start_up front pop anonymous first program"), 1);
}

/* Zeroed data right behind a file: mapped by exec of the program, by the loader of a library. */
static void bss_is_of_its_file(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop));
    made_map(TABLES, TABLES + PAGE, 0, "/lib/one.so");
    made_map(TABLES + PAGE, TABLES + 2 * PAGE, 0, "//anon");
    made_map(TABLES + 8 * PAGE, TABLES + 9 * PAGE, 0, "//anon");
    made_map(TABLES + 16 * PAGE, TABLES + 17 * PAGE, 0, "/lib/two.so");
    made_mmap(TABLES + 17 * PAGE, PAGE, MADE_ANONYMOUS | MAP_FIXED, MADE_STACK(IN(malloc)));
    made_mmap(TABLES + 24 * PAGE, PAGE, MADE_ANONYMOUS | MAP_FIXED, MADE_STACK(IN(malloc)));
    made_map(TABLES + 32 * PAGE, TABLES + 33 * PAGE, 0, "/lib/three.so");
    made_mmap(TABLES + 33 * PAGE, PAGE, MADE_ANONYMOUS, MADE_STACK(IN(malloc))); /* by chance */
    made_fault(TABLES + PAGE, popping);
    made_fault(TABLES + 8 * PAGE, popping);
    made_fault(TABLES + 17 * PAGE, popping);
    made_fault(TABLES + 24 * PAGE, popping);
    made_fault(TABLES + 33 * PAGE, popping);
    describe(5);
    assert_int_equal(faults("start_up front pop file first program"), 2);
    assert_int_equal(faults("start_up front pop anonymous first program"), 1);
    assert_int_equal(faults("start_up front pop c_library_heap first program"), 2);
}

/* Bytes of PT_TLS in this test's libraries are a few hundred: 8 KB below is none of theirs. */
static void thread_local_data(void **state)
{
    (void)state;
    uint32_t const popping = MADE_STACK(IN(pop));
    uint64_t const stack_end = THREAD + 64 * PAGE;
    made_mmap(TABLES, 8 * PAGE, MADE_ANONYMOUS, MADE_STACK(IN(malloc)));
    made_fault(TABLES + 4 * PAGE - 8, popping); /* the loader fills them first */
    MADE_CALL(SYS_arch_prctl, 0, ARCH_SET_FS, TABLES + 4 * PAGE);
    made_return(0);
    made_fault(TABLES + 5 * PAGE - 1, popping);
    made_fault(TABLES + 5 * PAGE, popping);
    made_fault(TABLES + 2 * PAGE, popping);
    made_mmap(THREAD, 64 * PAGE, MADE_ANONYMOUS | MAP_STACK, MADE_STACK(IN(malloc)));
    made_as(MADE_PID, MADE_PID + 1);
    made_event(TRACE_FORK, MADE_PID);
    made_fault(stack_end - PAGE, popping);
    made_fault(stack_end - 3 * PAGE, popping);
    describe(6);
    assert_int_equal(faults("start_up front pop thread_local first program"), 3);
    assert_int_equal(faults("start_up front pop c_library_heap first program"), 2);
    assert_int_equal(faults("start_up front pop stack first program"), 1);
}

static void the_kernel_faults_for_system_calls(void **state)
{
    (void)state;
    made_mmap(TABLES, 8 * PAGE, MADE_ANONYMOUS, MADE_STACK(IN(mmap64), BELOW(helper)));
    MADE_CALL(SYS_read, 0, 3, TABLES, PAGE);
    made_kernel_fault(TABLES, 0);
    made_return(PAGE);
    MADE_CALL(1234, 0, 3);
    made_kernel_fault(TABLES + PAGE, 0);
    made_return(0);
    made_kernel_fault(TABLES + 2 * PAGE, 0); /* an interrupt, or a signal */
    MADE_CALL(SYS_clone3, 0, 0);
    made_as(200, 200);
    made_event(TRACE_FORK, MADE_PID);
    made_kernel_fault(TABLES, 0); /* the child is still in it, and copies on write */
    made_return(0);
    describe(4);
    assert_int_equal(faults("start_up system_call read workload_tables first kernel"), 1);
    assert_int_equal(faults("start_up system_call syscall_1234 workload_tables first kernel"), 1);
    assert_int_equal(faults("start_up kernel [kernel] workload_tables first kernel"), 1);
    assert_int_equal(faults("start_up system_call clone3 workload_tables again kernel"), 1);
}

/* From its CALL to its RETURN; also where no calls are known, until the program runs. The registers
 * are still those of the program before, whose stack was elsewhere. */
static void exec_faults_before_there_is_a_program(void **state)
{
    (void)state;
    made_as(MADE_PID, MADE_PID);
    MADE_CALL(SYS_execve, 0, 0);
    made_event(TRACE_EXEC, 0);
    made_map(TABLES, TABLES + PAGE, 0, facts.program);
    made_kernel_fault(TABLES, 0);
    /* Arguments, where nothing is known to be mapped. */
    made_kernel_fault(SP, made_stack(THREAD, (uint64_t const[]){1, 0}));
    made_return(0);
    made_fault(THREAD - 8, MADE_STACK(1));
    made_as(200, 200);
    made_fault(SP, MADE_STACK(1));
    made_event(TRACE_EXEC, 0);
    made_kernel_fault(SP, 0);
    made_fault(SP + PAGE, MADE_STACK(1));
    made_kernel_fault(SP + 2 * PAGE, 0);
    describe(7);
    assert_int_equal(faults("start_up system_call exec file first kernel"), 1);
    assert_int_equal(faults("start_up system_call exec stack first kernel"), 2);
    assert_int_equal(faults("start_up other [unknown] anonymous first program"), 3);
    assert_int_equal(faults("start_up kernel [kernel] anonymous first kernel"), 1);
}

/* The process is a copy of the harness until it becomes its program. */
static void before_exec_it_is_the_harness(void **state)
{
    (void)state;
    facts.pid = 200;
    made_as(200, 200);
    made_fault(SP, MADE_STACK(1));
    made_kernel_fault(SP + PAGE, 0);
    made_event(TRACE_EXEC, 0);
    made_fault(SP + 2 * PAGE, MADE_STACK(1));
    describe(3);
    assert_int_equal(faults("start_up other [harness] harness first program"), 2);
    assert_int_equal(faults("start_up other [unknown] anonymous first program"), 1);
}

/* "ffffffff81234560 T __x64_sys_read" */
static uint64_t kernel_address(char const *wanted)
{
    FILE *const file = fopen("/proc/kallsyms", "re");
    char line[512];
    uint64_t found = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        uint64_t address;
        char name[256];
        if (sscanf(line, "%" SCNx64 " %*c %255s", &address, name) == 2 &&
            strcmp(name, wanted) == 0)
            found = address;
    }
    if (file != NULL)
        fclose(file);
    return found;
}

static void the_kernels_chain_names_the_call(void **state)
{
    (void)state;
    uint64_t const chain[] = {kernel_address("__x64_sys_read") + 1, 0};
    if (chain[0] == 1) {
        print_message("skipped: /proc/kallsyms shows no addresses\n");
        skip();
    }
    uint32_t const stack = made_stack(0, chain);
    made_stacks[stack].kernel_count = 1;
    made_stacks[stack].user_count = 0;
    made_kernel_fault(TABLES, stack);
    describe(1);
    assert_int_equal(faults("start_up system_call read anonymous first kernel"), 1);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        TEST(layers_walk_outwards_within_a_file),
        TEST(undeclared_memory_is_his_who_mapped_it),
        TEST(the_heap),
        TEST(stacks_files_and_the_shared_page),
        TEST(files_may_be_memory),
        TEST(memory_of_system_v),
        TEST(bss_is_of_its_file),
        TEST(thread_local_data),
        TEST(the_kernel_faults_for_system_calls),
        TEST(exec_faults_before_there_is_a_program),
        TEST(before_exec_it_is_the_harness),
        TEST(the_kernels_chain_names_the_call),
    };

    return cmocka_run_group_tests(tests, open_symbols, close_symbols);
}
