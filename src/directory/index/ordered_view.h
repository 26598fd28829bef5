#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "directory/index/table.h"

namespace atelier::directory {

/// Slots in ascending order of one sort key, reachable by rank from either end. A sorted sequence
/// cut into chunks of at most 512: a change moves at most one chunk, a seek passes over whole
/// chunks, from the nearer end.
class OrderedView {
 public:
  /// Whether the view can tell the chunk of a slot, which SliceOf needs: four bytes a slot more.
  enum class Lookup : std::uint8_t { kNo, kYes };

  /// `table` outlives the view.
  OrderedView(const Table& table, SortBy by, Lookup lookup = Lookup::kNo)
      : table_(&table), by_(by), lookup_(lookup) {}

  /// The row must be in the table.
  void Insert(Slot slot);
  /// The row must still have the keys it was inserted with.
  void Erase(Slot slot);
  /// Of an empty view: all at once, from slots that are in its order already.
  void Build(std::span<const Slot> ascending);

  std::size_t size() const { return size_; }
  /// How many slots have a sort key below `key`.
  std::size_t CountBelow(std::int64_t key) const;

  /// Calls visit(slot) in ascending order from rank `first` until it returns false.
  template <class Visit>
  void Ascend(std::size_t first, Visit visit) const {
    auto [chunk, offset] = Locate(first);
    for (; chunk < chunks_.size(); ++chunk, offset = 0) {
      const std::vector<Slot>& slots = chunks_[chunk].slots;
      for (; offset < slots.size(); ++offset) {
        if (!visit(slots[offset])) return;
      }
    }
  }
  /// The same in descending order from the last.
  template <class Visit>
  void Descend(Visit visit) const {
    for (auto chunk = chunks_.rbegin(); chunk != chunks_.rend(); ++chunk) {
      for (auto slot = chunk->slots.rbegin(); slot != chunk->slots.rend(); ++slot) {
        if (!visit(*slot)) return;
      }
    }
  }

  /// Some of a set of slots: those of consecutive chunks.
  struct Slice {
    std::vector<Slot> slots;  // in no order
    std::size_t before = 0;   // how many of the set come before all of them
  };
  /// Those chunks' part of `matches` that hold its ranks [first, first + count): at most two chunks
  /// more than `count`. Every match must be in the view, which must have Lookup::kYes. Costs a few
  /// nanoseconds a match, wherever the ranks are.
  Slice SliceOf(const Bitmap& matches, std::size_t first, std::size_t count) const;

 private:
  /// Its number stays when chunks before it come and go.
  struct Chunk {
    std::uint32_t number = 0;
    std::vector<Slot> slots;  // never empty
  };
  using ChunkAt = std::vector<Chunk>::iterator;

  std::pair<std::size_t, std::size_t> Locate(std::size_t rank) const;
  /// The first chunk whose last slot is not before `slot`; chunks_.end() if none.
  ChunkAt ChunkOf(Slot slot);
  /// Makes room before `at` for a chunk of `slots`.
  ChunkAt NewChunk(ChunkAt at, std::vector<Slot> slots);
  void DropChunk(ChunkAt at);
  void Note(std::span<const Slot> slots, std::uint32_t number);

  const Table* table_;
  SortBy by_;
  Lookup lookup_;
  std::vector<Chunk> chunks_;
  std::size_t size_ = 0;
  std::uint32_t numbers_ = 0;                  // chunk numbers ever given out are below it
  std::vector<std::uint32_t> spare_;           // of them, those not in use
  std::vector<std::uint32_t> number_of_slot_;  // Lookup::kYes only
};

}  // namespace atelier::directory
