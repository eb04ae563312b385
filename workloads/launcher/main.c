/* main.c -- one sample of a program, or of a server under its client, in the order of events.
 *
 * SPDX-License-Identifier: MIT */
#include "launcher.h"

#include <sys/prctl.h>

/* Of the runtime's complaints. */
struct workload const workload = {.name = "launcher"};

/* The harness believes nothing until the state says REPORTED. */
static void report(struct region *region, struct region_usage usage, uint64_t cpu_ns,
                   uint64_t peak_bytes)
{
    region->usage = usage;
    region->start_up = (struct region_usage){0};
    region->cpu_ns = cpu_ns;
    region->vm_hwm_bytes = peak_bytes;
    __atomic_store_n(&region->state, REGION_REPORTED, __ATOMIC_RELEASE);
}

/* The region is the program's whole life. */
static void run_program(struct request const *request, struct region *region)
{
    uint64_t peak_bytes = 0;
    bool ended = false;

    region_begin(region);
    int const status = process_wait(region, process_start(request, request->program, true, NULL),
                                    0, &ended);
    region_end(region);
    region_finish(region);
    process_end_like(status);
    struct region_usage const usage = usage_of_children(&peak_bytes);
    report(region, usage, usage.user_ns + usage.system_ns, peak_bytes);
}

/* The region is the client's run, and what counts in it is what the arm serves. */
static void run_client(struct request const *request, struct region *region, uint16_t port)
{
    pid_t const server = server_start(request, region, port);
    uint64_t cpu_before_ns = 0;
    uint64_t cpu_after_ns = 0;
    uint64_t client_peak_bytes = 0;
    bool ended = false;

    struct region_usage const before = usage_of_server(server, &cpu_before_ns);
    region_begin(region);
    int const status = process_wait(
        region, process_start(request, request->program, request->client_too, NULL), server,
        &ended);
    region_end(region);
    region_finish(region);
    if (ended)
        end_with(STATUS_FAILED, "the server by hand, with the client beside it",
                 "the server ended before its client");
    process_end_like(status);
    struct region_usage usage = usage_subtract(usage_of_server(server, &cpu_after_ns), before);
    uint64_t peak_bytes = peak_of_server(server);
    uint64_t cpu_ns = cpu_after_ns - cpu_before_ns;
    struct region_usage const client = usage_of_children(&client_peak_bytes);
    if (request->client_too) {
        usage = usage_add(usage, client);
        cpu_ns += client.user_ns + client.system_ns;
        peak_bytes = peak_bytes > client_peak_bytes ? peak_bytes : client_peak_bytes;
    }
    server_end(region, server);
    report(region, usage, cpu_ns, peak_bytes);
}

int main(int argc, char **argv)
{
    uint16_t port = 0;
    bool measured;

    (void)argc;
    struct request const request = request_of(argv + 1, &port);
    struct region *const region = page_open(&measured);
    if (!measured)
        end_with(STATUS_REFUSED, "slablab run -- ARM -- PROGRAM ...",
                 "the launcher is for the harness alone");
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* orphans count too */
    region_prepare(region);
    if (request.server != NULL)
        run_client(&request, region, port);
    else
        run_program(&request, region);
    return STATUS_OK;
}
