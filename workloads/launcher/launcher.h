/* launcher.h -- the interface among the launcher's files.
 *
 * The launcher stands between harness and program, so that a program is measured from its exec to
 * its end by a process that is no larger than it must be: a program's peak memory begins with that
 * of the process that started it. It is linked statically, and so no allocator is loaded into it.
 *
 *   main.c -> words.c    what the harness asks for
 *          -> process.c  starts a program, waits for it, says how it ended
 *          -> server.c   starts a server, waits until it answers, ends it
 *          -> trace.c    asks each process what it has loaded, where that is to be attested
 *          -> usage.c    what the processes have used
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_LAUNCHER_H
#define SLABLAB_LAUNCHER_H

#include "../runtime/runtime.h"

#include <stdint.h>
#include <sys/types.h>

enum { PORT_DIGITS_MAX = 6 };

/* What the harness asks for; the strings are the command line's. */
struct request {
    char *directory;       /* where all processes start */
    char *input;           /* a path: stdin of the program, or of the client */
    char **assignments;    /* of the environment, unless the arm sets them otherwise */
    size_t assignment_count;
    char **server;         /* its executable and its arguments, ended by NULL; NULL: none */
    uint64_t ready_ns;     /* how long it may take to answer */
    bool client_too;       /* the arm serves the client as well */
    bool traced;           /* each process is asked at its end what it had loaded */
    char **program;        /* or the client */
};

/* words.c: ends the launcher if they are not what the harness writes. Each command line gets its
 * {port}, a free one of the loopback interface. */
struct request request_of(char **words, uint16_t *port);

/* trace.c: a process that the launcher starts lets itself be traced, with all that it starts. */
void trace_me(void);

/* waitpid of any process, which answers what traced ones stop for. Returns which process has ended,
 * or 0 where none has yet, by WNOHANG; below 0 as waitpid does. */
pid_t trace_wait(struct region *page, int flags, int *status);

/* process.c: its executable and its arguments. `served`: with the arm's environment, and so its
 * allocator. `output`: the name of a file for what it prints; NULL: the launcher's stdout. */
pid_t process_start(struct request const *request, char **arguments, bool served,
                    char const *output);

/* Waits for the end of `program`, reaping what else ends; returns its wait status. *server_ended:
 * `server` ended before; server 0: there is none. */
int process_wait(struct region *page, pid_t program, pid_t server, bool *server_ended);

/* Ends the launcher as the program ended; does nothing where that was well. */
void process_end_like(int wait_status);

/* server.c */
pid_t server_start(struct request const *request, struct region *page, uint16_t port);
void server_end(struct region *page, pid_t server);

/* usage.c: what a running server has used so far, its own threads included, in `usage` and
 * *cpu_ns; and its peak memory. */
struct region_usage usage_of_server(pid_t server, uint64_t *cpu_ns);
uint64_t peak_of_server(pid_t server);

/* What every child that was waited for has used. */
struct region_usage usage_of_children(uint64_t *peak_bytes);
struct region_usage usage_add(struct region_usage one, struct region_usage other);
struct region_usage usage_subtract(struct region_usage after, struct region_usage before);

#endif
