#pragma once
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "directory/directory.h"
#include "directory/index/bitmap.h"

namespace atelier::directory {

inline constexpr int kSortByCount = 3;

/// What an instance is sorted by. Times count as the whole seconds that answers show, so that the
/// order, ties included, can be checked from an answer.
std::int64_t SortKey(const model::Instance& instance, SortBy by);

/// One instance, with its sort keys beside each other so that ordering rarely follows the pointer.
struct Row {
  InstancePtr instance;  // nullptr: the slot is free
  model::Revision revision = 0;
  std::int64_t keys[kSortByCount] = {};  // by SortBy
};

/// The instances by slot and by id.
class Table {
 public:
  std::optional<Slot> Find(const model::InstanceId& id) const;
  const Row& operator[](Slot slot) const { return rows_[slot]; }
  std::size_t size() const { return slots_.size(); }

  /// The id must not be there.
  Slot Insert(InstancePtr instance, model::Revision revision);
  /// The id must be that of the present one.
  void Replace(Slot slot, InstancePtr instance, model::Revision revision);
  void Erase(Slot slot);

  /// Ascending by `by`, ties by InstanceId (contract/requests.md section 3 note 8). A total order.
  bool Before(SortBy by, Slot a, Slot b) const;

 private:
  std::vector<Row> rows_;
  std::vector<Slot> free_;
  std::unordered_map<model::InstanceId, Slot> slots_;
};

}  // namespace atelier::directory
