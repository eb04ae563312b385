// names.cpp -- functions of C++ with names that a profile must spell right; test_cxx_names.c.
//
// Built once as it is and once with -DOTHER, which has a function of the same name.
//
// SPDX-License-Identifier: MIT
#include <cstddef>

#define APART __attribute__((noinline, noclone, used))
#define WITHIN inline __attribute__((always_inline))

static int volatile spent;

// As a phase declares its layers.
#ifndef OTHER
__asm__(".pushsection .slablab.layers,\"\",@progbits\n"
        ".string \"function\\tpool::Bin::take\\tbackend\"\n"
        ".string \"function\\tpool::(anonymous namespace)::Map::operator()\\tfront\"\n"
        ".string \"function\\t_ZN4pool4SpanlsEi\\tfront\"\n"
        ".popsection\n");
#endif

#ifdef OTHER
namespace pool {
namespace {
APART void flush() { spent = 2; }
}
}
extern "C" void flush_other() { pool::flush(); }
#else

namespace pool {
enum class Kind { small, large };

namespace {
APART void flush() { spent = 1; }

// Inlined into drain, and called by it: one function.
struct Map {
    int operator()(int a, char const *b) const
    {
        for (int i = 0; i < 10; i++)
            spent = a + *b;
        return spent;
    }
};

WITHIN void only_within() { spent++; }

// Inlined too, and with code of its own: one name.
template <Kind K> WITHIN void both() { spent = static_cast<int>(K) + 5; }
}

template <typename T, Kind K> struct Bin {
    template <typename F> APART static void take(F f, int n) { f(n); }
    WITHIN void refill() { spent += sizeof(T); }
};

struct Span {
    APART Span() { spent++; }
    APART virtual ~Span() { spent--; }
    APART operator int *() const { return nullptr; }
    APART bool operator<(Span const &) const { return spent != 0; }
    APART Span &operator<<(int n) { spent = n; return *this; }
    APART void operator()(int n) { spent = n; }
    APART void grow(int) { spent++; }
    APART void grow(long) { spent--; }
};

APART void drain(Map const &map, int n)
{
    static void (*volatile elsewhere)() = both<Kind::large>;
    only_within();
    both<Kind::large>();
    elsewhere();
    Bin<long, Kind::small>().refill();
    spent = map(n, "x");
}
}

// 1,024 times its own name.
template <typename...> struct Four {};
template <int N, typename T> struct Deep { using type = typename Deep<N - 1, Four<T, T, T, T>>::type; };
template <typename T> struct Deep<0, T> { using type = T; };
template <typename T> struct Long { APART static void name() { spent++; } };

extern "C" {
APART void plain() { spent = 3; }
extern void plain_alias() __attribute__((alias("plain")));
APART void first_versioned() { spent = 4; }
__asm__(".symver first_versioned, versioned@@V1");

APART void all(int n)
{
    pool::Span span, *other = new pool::Span;
    pool::flush();
    pool::drain({}, n);
    pool::Map()(n, "y");
    pool::Bin<unsigned long, pool::Kind::small>::take([](int k) { spent = k; }, n);
    pool::Bin<void (*)(int, char **), pool::Kind::large>::take([](int k) { spent = -k; }, n);
    spent = span < *other;
    span << n;
    span(n);
    span.grow(1);
    span.grow(1L);
    [](int k) { spent = 2 * k; }(n);
    if (n > 1)
        [](int k) { spent = 3 * k; }(n);
    spent = static_cast<int *>(span) == nullptr;
    Long<Deep<5, pool::Span>::type>::name();
    plain();
    delete other;
}
}
#endif
