/* complain.h -- one form for every error: what, on what, why, and what to try.
 *
 *   slablab: experiments/phase17.yaml:12: unknown workload 'fixd_random'
 *     try: slablab list workloads
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_COMPLAIN_H
#define SLABLAB_COMPLAIN_H

/* The exit statuses of slablab (docs/method/gate.md). FAIL and INCONCLUSIVE are verdicts of `gate`;
 * the programs in bench/ use FAIL too. */
enum exit_status {
    EXIT_STATUS_PASS = 0,
    EXIT_STATUS_FAIL = 1,
    EXIT_STATUS_USAGE = 2, /* wrong arguments, or a set-up error */
    EXIT_STATUS_INCONCLUSIVE = 3,
    EXIT_STATUS_VOID = 4,
    EXIT_STATUS_SKIP = 125, /* of git bisect run: nothing can be told of this commit */
    EXIT_STATUS_ABORT = 128, /* of git bisect run: nothing can be told of any commit */
    EXIT_STATUS_INTERRUPTED = 130
};

/* Prints "slablab: <message>" on stderr, then "  try: <hint>" unless hint is NULL. */
__attribute__((format(printf, 2, 3))) void complain(char const *hint, char const *format, ...);

/* A hint's commands begin with what `command` returns, which is freed, instead of "slablab". */
void complain_command(char *(*command)(void));

/* `prepare` is called before each complaint, to end a line that is still open on the terminal. */
void complain_after(void (*prepare)(void));

#endif
