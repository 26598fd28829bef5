#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

namespace atelier {

/// The entries of `all` from `from` (counted from 0) on, at most `count`; empty past the end.
template <class T>
std::vector<T> SliceOf(std::vector<T> all, std::uint64_t from, std::uint64_t count) {
  const std::uint64_t begin = std::min<std::uint64_t>(from, all.size());
  const std::uint64_t size = std::min<std::uint64_t>(count, all.size() - begin);
  const auto first = std::make_move_iterator(all.begin()) + static_cast<std::ptrdiff_t>(begin);
  return {first, first + static_cast<std::ptrdiff_t>(size)};
}

/// Page `number` (from 1) of `all` in pages of `size`; empty past the end, and if either is 0.
template <class T>
std::vector<T> PageOf(std::vector<T> all, std::uint64_t number, std::uint64_t size) {
  if (number == 0 || size == 0 || number - 1 > all.size() / size) return {};
  return SliceOf(std::move(all), (number - 1) * size, size);
}

}  // namespace atelier
