// allocator.cpp -- a malloc over the C library's that spends its time in functions of C++; cxx.sh.
//
// SPDX-License-Identifier: MIT
#include <cerrno>
#include <cstddef>

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void __libc_free(void *);
}

static int volatile spent;

namespace pool {
enum class Kind { small, large };
struct Node {};

// Inlined into take, and code of its own where free calls it.
template <typename K, typename V> struct Map {
    inline __attribute__((always_inline)) void operator()(int count) const
    {
        for (spent = 0; spent < count; spent = spent + 1)
            continue;
    }
};
using Nodes = Map<void (*)(Node *, char **), Map<Node, Map<Node, Map<Node, Map<Node, int>>>>>;

namespace {
template <Kind kind, typename F> __attribute__((noinline)) void *take(F from, size_t bytes)
{
    Nodes()(100);
    return from(bytes);
}
}
}

extern "C" {
void *malloc(size_t bytes)
{
    auto const from = [](size_t size) { return __libc_malloc(size); };

    return bytes < 512 ? pool::take<pool::Kind::small>(from, bytes)
                       : pool::take<pool::Kind::large>(from, bytes);
}

void free(void *block)
{
    static void (pool::Nodes::*volatile spend)(int) const = &pool::Nodes::operator();

    (pool::Nodes().*spend)(100);
    __libc_free(block);
}

void *calloc(size_t count, size_t bytes) { return __libc_calloc(count, bytes); }
void *realloc(void *block, size_t bytes) { return __libc_realloc(block, bytes); }
void *memalign(size_t alignment, size_t bytes) { return __libc_memalign(alignment, bytes); }
void *aligned_alloc(size_t alignment, size_t bytes) { return __libc_memalign(alignment, bytes); }
int posix_memalign(void **block, size_t alignment, size_t bytes)
{
    *block = __libc_memalign(alignment, bytes);
    return *block != nullptr ? 0 : ENOMEM;
}
}
