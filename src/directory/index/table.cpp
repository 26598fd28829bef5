#include "directory/index/table.h"

#include <chrono>
#include <utility>

namespace atelier::directory {

std::int64_t SortKey(const model::Instance& instance, SortBy by) {
  const auto seconds = [](WallTime time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
  };
  switch (by) {
    case SortBy::kPriority:
      return instance.priority;
    case SortBy::kGmtCreateTime:
      return seconds(instance.created);
    case SortBy::kGmtModifiedTime:
      return seconds(instance.modified);
  }
  return 0;
}

std::optional<Slot> Table::Find(const model::InstanceId& id) const {
  const auto found = slots_.find(id);
  if (found == slots_.end()) return std::nullopt;
  return found->second;
}

Slot Table::Insert(InstancePtr instance, model::Revision revision) {
  Slot slot = static_cast<Slot>(rows_.size());
  if (free_.empty()) {
    rows_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  slots_.emplace(instance->id, slot);
  Replace(slot, std::move(instance), revision);
  return slot;
}

void Table::Replace(Slot slot, InstancePtr instance, model::Revision revision) {
  Row& row = rows_[slot];
  for (int by = 0; by < kSortByCount; ++by) {
    row.keys[by] = SortKey(*instance, static_cast<SortBy>(by));
  }
  row.instance = std::move(instance);
  row.revision = revision;
}

void Table::Erase(Slot slot) {
  slots_.erase(rows_[slot].instance->id);
  rows_[slot] = Row();
  free_.push_back(slot);
}

bool Table::Before(SortBy by, Slot a, Slot b) const {
  const Row& left = rows_[a];
  const Row& right = rows_[b];
  const auto key = static_cast<std::size_t>(by);
  if (left.keys[key] != right.keys[key]) return left.keys[key] < right.keys[key];
  return left.instance->id < right.instance->id;
}

}  // namespace atelier::directory
