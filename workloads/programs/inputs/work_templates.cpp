// work_templates.cpp -- many instantiations, for a compiler to make.
//
// SPDX-License-Identifier: MIT
#include <tuple>
#include <utility>

template <int N> struct number {
    static constexpr long value = (number<N - 1>::value * 31 + N) % 1000003;
};
template <> struct number<0> {
    static constexpr long value = 7;
};

template <typename... Types> struct list {
};

template <typename List, int N> struct grow;
template <typename... Types, int N> struct grow<list<Types...>, N> {
    using type = typename grow<list<Types..., number<N>>, N - 1>::type;
};
template <typename... Types> struct grow<list<Types...>, 0> {
    using type = list<Types...>;
};

template <typename... Types> long sum(list<Types...>)
{
    return (Types::value + ...);
}

template <std::size_t... Indices> auto make(std::index_sequence<Indices...>)
{
    return std::make_tuple(number<static_cast<int>(Indices)>::value...);
}

template <typename Tuple, std::size_t... Indices>
long fold(Tuple const &tuple, std::index_sequence<Indices...>)
{
    return ((std::get<Indices>(tuple) ^ static_cast<long>(Indices)) + ...);
}

long all()
{
    auto const tuple = make(std::make_index_sequence<120>());
    return sum(grow<list<>, 150>::type()) + fold(tuple, std::make_index_sequence<120>());
}
