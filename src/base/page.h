#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <vector>

namespace atelier {

/// Page `number` (from 1) of `all` in pages of `size`; empty past the end, and if either is 0.
template <class T>
std::vector<T> PageOf(std::vector<T> all, std::uint64_t number, std::uint64_t size) {
  if (number == 0 || size == 0 || number - 1 > all.size() / size) return {};
  const auto from =
      static_cast<std::size_t>(std::min<std::uint64_t>((number - 1) * size, all.size()));
  const auto to = from + static_cast<std::size_t>(std::min<std::uint64_t>(size, all.size() - from));
  const auto begin = std::make_move_iterator(all.begin());
  return {begin + static_cast<std::ptrdiff_t>(from), begin + static_cast<std::ptrdiff_t>(to)};
}

}  // namespace atelier
