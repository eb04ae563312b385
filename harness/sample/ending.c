/* ending.c -- exit codes and signals in words.
 *
 * SPDX-License-Identifier: MIT */
#include "sample/ending.h"

#include "base/text.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* What ends a process from outside, without a word of its own. */
static struct {
    int signal;
    char const *words;
} const meanings[] = {
    {SIGKILL, "it was killed, as a memory limit does (dmesg; memory.events of its cgroup; ulimit "
              "-v), or by hand"},
    {SIGXCPU, "it used up its CPU time (ulimit -t)"},
    {SIGXFSZ, "it wrote a file beyond the limit (ulimit -f)"},
    {SIGSYS, "a filter refused one of its system calls (seccomp, as in containers)"},
    {SIGSEGV, "it used an address that has no memory (gdb; or a debug build of the allocator)"},
    {SIGBUS, "it used memory that its file or a limit does not back (df /dev/shm; ulimit -v)"},
    {SIGABRT, "it called abort (gdb; or a debug build of the allocator)"},
    {SIGTERM, "it was asked to end, from outside"},
    {SIGHUP, "its terminal went away"},
};

static char *words_of_signal(int number)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].signal == number)
            return text_copy(meanings[i].words);
    return text_format("%s", strsignal(number));
}

/* NULL: it ended well. */
static char *words_of_end(struct sample const *sample)
{
    switch (sample->status) {
    case SAMPLE_CRASHED: return words_of_signal(sample->signal);
    case SAMPLE_FAILED: return text_format("it exited with status %d", sample->exit_code);
    case SAMPLE_TIMEOUT: return text_copy("it was not done in time, and was killed");
    case SAMPLE_PROTOCOL:
        return text_copy("it exited with status 0 before its report was written: something in it "
                         "calls exit (a breakpoint at _exit in gdb shows what)");
    default: return NULL;
    }
}

char *ending_of(struct sample const *sample)
{
    char const *const said = sample->stderr_text != NULL ? sample->stderr_text : "";

    if (said[strspn(said, " \t\n")] != '\0')
        return text_copy(said);
    char *const words = words_of_end(sample);
    char *const whole = words != NULL ? text_format("%s; it said nothing", words) : text_copy("");
    free(words);
    return whole;
}
