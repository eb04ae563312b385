/* unwind.c -- steps from frame to frame by CFI alongside the kernel's walk, and rejoins it.
 *
 * The kernel's walk knows frame pointers alone: user[k + 1] is the word above the k-th of them.
 *
 *     word                          user[0] = ip         in memset, which has no frame
 *   sp ->  | return into fill |                          hidden: memset left bp alone
 *          | locals of fill   |
 *   bp ->  | bp of main       | --.                      bp 0, of fill
 *          | return into main |   |   user[1]
 *          | locals of main   |   |
 *          | bp of its caller | <-'                      bp 1, of main
 *          | return into libc |       user[2]
 *
 *   repaired:  ip, fill, user[1], user[2]
 *
 * One step: the CFI of a frame gives its end (cfa), the return address is the word below that end,
 * and the caller's bp is a word saved by the frame, or bp itself. Steps go on through frames that
 * the kernel saw too, where they find the same as it did, because a function without a frame
 * pointer may hide in the middle (a comparison called by qsort). Where a rule is unknown or a word
 * was not recorded, bp gives the position in the kernel's walk: if it is the k-th of its frame
 * pointers, the rest is user[k + 1] and on. If it is none of them, the kernel followed a register
 * that was not a frame pointer, and its walk is useless.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/unwind.h"

enum { WORD_BYTES = 8 };

/* Below main are __libc_start_main and _start, which the kernel never reaches: their callee holds
 * argc in rbp (glibc 2.36). */
enum { START_UP_FRAMES = 2 };

/* A frame, after all its callees. */
struct step {
    uint64_t ip;
    uint64_t sp;
    uint64_t bp;
};

static bool read_word(struct trace_stack const *stack, uint64_t address, uint64_t *word)
{
    uint64_t const offset = address - stack->sp;

    if (address < stack->sp || offset % WORD_BYTES != 0 ||
        offset / WORD_BYTES >= stack->word_count)
        return false;
    *word = stack->word[offset / WORD_BYTES];
    return true;
}

/* A slot below sp was already popped, so the register holds its value. */
static bool step_out(struct trace_stack const *stack, struct unwind_rule const *rule,
                     struct step *step)
{
    uint64_t const cfa = (rule->cfa_from_bp ? step->bp : step->sp) + (uint64_t)rule->cfa_offset;
    uint64_t const slot = cfa + (uint64_t)rule->bp_offset;
    struct step caller = {.sp = cfa, .bp = step->bp};

    if (!rule->known || cfa <= step->sp || !read_word(stack, cfa - WORD_BYTES, &caller.ip) ||
        caller.ip == 0)
        return false;
    if (rule->bp_saved && slot >= step->sp && !read_word(stack, slot, &caller.bp))
        return false;
    *step = caller;
    return true;
}

/* The position in the kernel's walk of what follows the step's bp; its end if the walk did not pass
 * that bp, or ended there. Frames below sp are already done. */
static size_t rest_of_walk(struct trace_stack const *stack, struct step const *step)
{
    uint64_t bp = stack->bp;
    size_t next = 1;

    while (next < stack->user_count && bp != step->bp) {
        if (!read_word(stack, bp, &bp))
            return stack->user_count;
        next++;
    }
    while (next < stack->user_count && bp < step->sp && read_word(stack, bp, &bp))
        next++;
    return next;
}

size_t unwind_repair(struct trace_stack const *stack, unwind_lookup *lookup, void *context,
                     uint64_t *ip)
{
    uint64_t const *const user = stack->ip + stack->kernel_count;
    size_t count = 1;
    size_t framed = 0; /* how many there are up to the outermost frame with a frame pointer */

    if (stack->user_count == 0)
        return 0;
    struct step step = {user[0], stack->sp, stack->bp};
    ip[0] = step.ip;
    while (count < UNWIND_FRAMES_MAX) {
        struct unwind_rule const rule = lookup(context, step.ip, count > 1);
        if (!step_out(stack, &rule, &step))
            break;
        ip[count++] = step.ip;
        if (rule.cfa_from_bp)
            framed = count;
    }
    size_t next = rest_of_walk(stack, &step);
    /* Whether the recorded words reach the start-up code differs from sample to sample; without it
     * all stacks of a program have the same root. */
    if (next == stack->user_count && framed > 0 && count - framed <= START_UP_FRAMES)
        return framed;
    while (next < stack->user_count && count < UNWIND_FRAMES_MAX)
        ip[count++] = user[next++];
    return count;
}
