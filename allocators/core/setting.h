/* setting.h -- constants of parts that a page may set to something else.
 *
 *   enum { TINY_REFILL_BLOCKS = SETTING(TINY_REFILL_BLOCKS, 16) };   in a part
 *   #define SET_TINY_REFILL_BLOCKS SET_TO(8)                         in a page, above its includes
 *
 * A constant is one for the compiler either way. SETTING gives the second of the arguments that
 * stand behind it: what SET_TO puts there, or the default where SET_... is no macro.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_SETTING_H
#define SLABLAB_SETTING_H

#define SET_TO(value) , (value)
#define SETTING(name, standard) SETTING_CHOOSE(SET_##name, (standard), )
#define SETTING_CHOOSE(...) SETTING_SECOND(__VA_ARGS__)
#define SETTING_SECOND(first, second, ...) second

#endif
