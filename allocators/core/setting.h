/* setting.h -- constants of parts, and which of them a page or a user may set to something else.
 *
 *   enum { SLOT_BYTES = SETTING(SLOT_BYTES, 8) };             in a part; a page may set it
 *   CONSTANT(TINY_REFILL_BLOCKS, 16, batch, 1, 1024, "blocks", "that a refill takes");
 *                                                             in a part; a user may set it as well
 *   #define SET_TINY_REFILL_BLOCKS SET_TO(8)                  in a page, above its includes
 *   -D'OVERRIDE_TINY_REFILL_BLOCKS=SET_TO(64)'                slablab, for the arm PHASE+batch=64
 *
 * A constant is one for the compiler in any case. SETTING gives the second of the arguments that
 * stand behind it: what SET_TO puts there, or what comes next where OVERRIDE_... or SET_... is no
 * macro.
 *
 * CONSTANT defines it, and says in .slablab.constants what a user may know: words separated by
 * tabs, with a final 0, the value among them as the page has it. Several constants of one name are
 * set together. That section is not loaded: the code is the same to the byte without it.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SETTING_H
#define SLABLAB_SETTING_H

#define SET_TO(value) , value
#define SETTING(name, standard) SETTING_CHOOSE(OVERRIDE_##name, SETTING_OF_PAGE(name, standard), )
#define SETTING_OF_PAGE(name, standard) SETTING_CHOOSE_OF_PAGE(SET_##name, standard, )
#define SETTING_CHOOSE(...) SETTING_SECOND(__VA_ARGS__)
#define SETTING_CHOOSE_OF_PAGE(...) SETTING_SECOND_OF_PAGE(__VA_ARGS__)
#define SETTING_SECOND(first, second, ...) second
#define SETTING_SECOND_OF_PAGE(first, second, ...) second

/* The value is digits: it is text here too. */
#define CONSTANT(setting, standard, name, lowest, highest, unit, phrase)                          \
    enum { setting = SETTING(setting, standard) };                                                \
    _Static_assert((lowest) <= setting && setting <= (highest), #name " is out of its range");    \
    CONSTANT_DECLARE(#name "\\t" #setting "\\t", SETTING(setting, standard),                      \
                     "\\t" #lowest "\\t" #highest "\\t" unit "\\t" phrase)
#define CONSTANT_DECLARE(before, value, after) CONSTANT_DECLARE_TEXT(before, value, after)
#define CONSTANT_DECLARE_TEXT(before, value, after)            \
    __asm__(".pushsection .slablab.constants,\"\",@progbits\n" \
            ".string \"" before #value after "\"\n"            \
            ".popsection")

#endif
