/* unwind_rules.c -- libdw's reading of .eh_frame, as far as rbp and rsp suffice.
 *
 * SPDX-License-Identifier: MIT */
#include "symbols/unwind_rules.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <stdlib.h>

/* System V ABI, AMD64, figure 3.36. */
enum { RBP = 6, RSP = 7, RETURN_ADDRESS = 16, WORD_BYTES = 8 };

/* The linker describes all entries of a PLT by one expression: an entry is 16 bytes, and its push
 * has happened in the last few of them.
 *
 *   cfa = rsp + 8 + ((rip & 15) >= 11) * 8 */
static bool is_plt(Dwarf_Op const *op, size_t count)
{
    static uint8_t const after[] = {DW_OP_ge, DW_OP_lit3, DW_OP_shl, DW_OP_plus};

    if (count != 9 || op[0].atom != DW_OP_breg0 + RSP || op[1].atom != DW_OP_breg16 ||
        op[1].number != 0 || op[2].atom != DW_OP_lit15 || op[3].atom != DW_OP_and ||
        op[4].atom < DW_OP_lit0 || op[4].atom > DW_OP_lit31)
        return false;
    for (size_t i = 0; i < sizeof after; i++)
        if (op[5 + i].atom != after[i])
            return false;
    return true;
}

static bool read_cfa(Dwarf_Frame *frame, uint64_t address, struct unwind_rule *rule)
{
    Dwarf_Op *op = NULL;
    size_t count = 0;

    if (dwarf_frame_cfa(frame, &op, &count) != 0 || count == 0)
        return false;
    if (count == 1 && op[0].atom == DW_OP_bregx && (op[0].number == RBP || op[0].number == RSP)) {
        rule->cfa_from_bp = op[0].number == RBP;
        rule->cfa_offset = (int32_t)op[0].number2;
        return true;
    }
    if (!is_plt(op, count))
        return false;
    bool const pushed = (address & 15) >= (uint64_t)(op[4].atom - DW_OP_lit0);
    rule->cfa_offset = (int32_t)op[0].number + (pushed ? WORD_BYTES : 0);
    return true;
}

/* The caller's register is at cfa + *offset; *saved is false if the register is unchanged. */
static bool read_register(Dwarf_Frame *frame, int number, bool *saved, int32_t *offset)
{
    Dwarf_Op memory[3];
    Dwarf_Op *op = NULL;
    size_t count = 0;

    if (dwarf_frame_register(frame, number, memory, &op, &count) != 0)
        return false;
    *saved = count > 0;
    *offset = 0;
    if (count == 0)
        return op == NULL; /* else the register is lost */
    if (op[0].atom != DW_OP_call_frame_cfa || count > 2)
        return false;
    if (count == 2 && op[1].atom != DW_OP_plus_uconst)
        return false;
    *offset = count == 2 ? (int32_t)op[1].number : 0;
    return true;
}

static bool read_rule(Dwarf_Frame *frame, uint64_t address, struct unwind_rule *rule)
{
    bool saved = false;
    bool signal = false;
    int32_t offset = 0;

    return dwarf_frame_info(frame, NULL, NULL, &signal) == RETURN_ADDRESS && !signal &&
           read_cfa(frame, address, rule) &&
           read_register(frame, RETURN_ADDRESS, &saved, &offset) && saved &&
           offset == -WORD_BYTES && read_register(frame, RBP, &rule->bp_saved, &rule->bp_offset);
}

struct unwind_rule unwind_rule_at(struct object_file const *file, uint64_t address)
{
    struct unwind_rule rule = {0};
    Dwarf_Addr bias = 0;
    Dwarf_Frame *frame = NULL;
    Dwarf_CFI *const cfi =
        object_file_is_x86_64(file) ? dwfl_module_eh_cfi(file->module, &bias) : NULL;

    if (cfi == NULL || dwarf_cfi_addrframe(cfi, address - bias, &frame) != 0)
        return rule;
    rule.known = read_rule(frame, address, &rule);
    free(frame);
    return rule.known ? rule : (struct unwind_rule){0};
}
