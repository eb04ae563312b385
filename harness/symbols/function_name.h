/* function_name.h -- from a linker's name to the function's: _ZN4pool4takeEv is pool::take.
 *
 * A name is the whole of it, with namespaces, classes and template arguments, but without the types
 * of its parameters: overloads are one function, as are a constructor's variants, a C++ function's
 * clones and the instances of a Rust function that differ in their hash alone.
 *
 * SPDX-License-Identifier: MIT */
#ifndef SLABLAB_FUNCTION_NAME_H
#define SLABLAB_FUNCTION_NAME_H

#include <stdbool.h>
#include <stddef.h>

/* How much of a linker's name is the function's: less its version (malloc@@GLIBC_2.2.5), less what
 * a compiler that made a clone of it adds (tiny_refill.constprop.0, _ZN3FooC2Ev.cold). */
size_t function_name_length(char const *linker_name);

/* Demangled where it is of C++ or Rust; the caller frees it. */
char *function_name_of(char const *linker_name);

/* The name as stacks and JSON can hold it: ';' is ':', and what is no printable UTF-8 is '?'. The
 * caller frees it. */
char *function_name_printable(char const *name);

/* Does a declaration mean this function? It is its name, its name without template arguments
 * (pool::Bin::take is pool::Bin<int>::take<char>), or its linker's name, which may be NULL. */
bool function_name_is(char const *declared, char const *name, char const *linker_name);

/* The name in at most `bytes` bytes, at least 8. First its lists of arguments give way, then the
 * scopes in the middle, then all scopes, and last the middle of the function's own name:
 * pool::Bin<...>::take<...>, pool::...::take<...>, ...::take<...>, ta.....>.
 * The caller frees it. */
char *function_name_short(char const *name, size_t bytes);

#endif
