#pragma once
#include <algorithm>
#include <span>

namespace atelier::model {

/// One row of a table of moves: `trigger` may take what is in `from` to `to`.
template <class S, class T>
struct MoveRow {
  S from;
  T trigger;
  S to;
};

template <class S, class T>
bool HasMove(std::span<const MoveRow<S, T>> table, S from, T trigger, S to) {
  return std::ranges::any_of(table, [&](const MoveRow<S, T>& row) {
    return row.from == from && row.trigger == trigger && row.to == to;
  });
}

/// The first row for `trigger` in `from`; nullptr: it is not accepted there.
template <class S, class T>
const MoveRow<S, T>* FirstMove(std::span<const MoveRow<S, T>> table, S from, T trigger) {
  const auto found = std::ranges::find_if(
      table, [&](const MoveRow<S, T>& row) { return row.from == from && row.trigger == trigger; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace atelier::model
