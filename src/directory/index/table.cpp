#include "directory/index/table.h"

#include <chrono>
#include <functional>

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

Table::Id Table::IdOf(std::string_view text) {
  return {.hash = static_cast<std::uint32_t>(std::hash<std::string_view>{}(text)), .text = text};
}

std::optional<Slot> Table::Find(std::string_view id) const {
  const auto found = slots_.find(IdOf(id));
  if (found == slots_.end()) return std::nullopt;
  return found->slot;
}

Slot Table::Insert(const model::Instance& instance, model::Revision revision) {
  Slot slot = end();
  if (free_.empty()) {
    Resize(slot + 1);
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Fill(slot, instance, revision);
  slots_.insert(Entry{.hash = IdOf(instance.id).hash, .slot = slot});
  return slot;
}

void Table::Replace(Slot slot, const model::Instance& instance, model::Revision revision) {
  Fill(slot, instance, revision);
}

void Table::Erase(Slot slot) {
  slots_.erase(slots_.find(IdOf(records_[slot].id())));
  records_[slot] = PackedInstance();
  free_.push_back(slot);
}

void Table::Resize(Slot slots) {
  records_.resize(slots);
  revisions_.resize(slots);
  for (auto& column : keys_) column.resize(slots);
}

void Table::Fill(Slot slot, const model::Instance& instance, model::Revision revision) {
  records_[slot] = PackedInstance(instance);
  revisions_[slot] = revision;
  for (const SortBy by : kEverySortBy)
    keys_[static_cast<std::size_t>(by)][slot] = SortKey(instance, by);
}

void Table::Adopt() {
  slots_.reserve(records_.size());
  for (Slot slot = 0; slot < end(); ++slot) {
    if (records_[slot])
      slots_.insert(Entry{.hash = IdOf(records_[slot].id()).hash, .slot = slot});
    else
      free_.push_back(slot);
  }
}

bool Table::Before(SortBy by, Slot a, Slot b) const {
  const std::vector<std::int64_t>& keys = Column(by);
  if (keys[a] != keys[b]) return keys[a] < keys[b];
  return records_[a].id() < records_[b].id();
}

}  // namespace atelier::directory
