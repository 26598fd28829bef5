#pragma once
#include <cstddef>
#include <utility>
#include <vector>

#include "directory/index/table.h"

namespace atelier::directory {

/// Slots in ascending order of one sort key, reachable by rank from either end. A sorted sequence
/// cut into chunks: a change moves at most one chunk, a seek passes over whole chunks.
class OrderedView {
 public:
  /// `table` outlives the view.
  OrderedView(const Table& table, SortBy by) : table_(&table), by_(by) {}

  /// The row must be in the table.
  void Insert(Slot slot);
  /// The row must still have the keys it was inserted with.
  void Erase(Slot slot);

  std::size_t size() const { return size_; }
  /// How many slots have a sort key below `key`.
  std::size_t CountBelow(std::int64_t key) const;

  /// Calls visit(slot) in ascending order from rank `first` until it returns false.
  template <class Visit>
  void Ascend(std::size_t first, Visit visit) const {
    auto [chunk, offset] = Locate(first);
    for (; chunk < chunks_.size(); ++chunk, offset = 0) {
      for (; offset < chunks_[chunk].size(); ++offset) {
        if (!visit(chunks_[chunk][offset])) return;
      }
    }
  }
  /// The same in descending order from the last.
  template <class Visit>
  void Descend(Visit visit) const {
    for (auto chunk = chunks_.rbegin(); chunk != chunks_.rend(); ++chunk) {
      for (auto slot = chunk->rbegin(); slot != chunk->rend(); ++slot) {
        if (!visit(*slot)) return;
      }
    }
  }

 private:
  using Chunk = std::vector<Slot>;  // never empty

  std::pair<std::size_t, std::size_t> Locate(std::size_t rank) const;
  /// The first chunk whose last slot is not before `slot`; chunks_.end() if none.
  std::vector<Chunk>::iterator ChunkOf(Slot slot);

  const Table* table_;
  SortBy by_;
  std::vector<Chunk> chunks_;
  std::size_t size_ = 0;
};

}  // namespace atelier::directory
