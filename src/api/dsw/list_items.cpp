#include "api/dsw/list_items.h"

#include <utility>

#include "directory/directory.h"

namespace atelier::api {

namespace {

/// Second chances that one item's leaving may give to others: bounds what an answer waits for.
constexpr int kMaxChances = 16;

}  // namespace

std::size_t ListItems::SizeOf(const Kept& kept) {
  const Item& item = kept.item;
  return sizeof(Kept) + item.bytes.capacity() + item.id.str().capacity() +
         item.access.workspace.str().capacity() + item.access.owner.str().capacity();
}

void ListItems::Refresh(std::uint64_t names) {
  names_ = names;
  while (bytes_ > budget_) GiveWay();
}

void ListItems::GiveWay() {
  for (int chance = 0;; ++chance) {
    const std::uint32_t slot = turns_.front();
    turns_.pop_front();
    std::unique_ptr<Kept>& kept = by_slot_[slot];
    if (std::exchange(kept->asked, false) && chance < kMaxChances) {
      turns_.push_back(slot);
      continue;
    }
    bytes_ -= SizeOf(*kept);
    kept.reset();
    return;
  }
}

const ListItems::Item* ListItems::Find(directory::RowRef row, model::Revision revision) {
  if (row.slot >= by_slot_.size()) return nullptr;
  Kept* kept = by_slot_[row.slot].get();
  if (kept == nullptr || kept->revision != revision || kept->load != row.load ||
      kept->names != names_)
    return nullptr;
  kept->asked = true;
  // An answer looks all its items up before it copies the first.
  for (std::size_t at = 0; at < kept->item.bytes.size(); at += 64)
    __builtin_prefetch(kept->item.bytes.data() + at);
  return &kept->item;
}

void ListItems::Keep(directory::RowRef row, model::Revision revision, Item item) {
  if (row.slot >= by_slot_.size()) by_slot_.resize(row.slot + 1);
  std::unique_ptr<Kept>& kept = by_slot_[row.slot];
  if (kept == nullptr) {
    kept = std::make_unique<Kept>();
    turns_.push_back(row.slot);
  } else {
    bytes_ -= SizeOf(*kept);
  }
  *kept = {.revision = revision,
           .names = names_,
           .load = row.load,
           .asked = false,
           .item = std::move(item)};
  bytes_ += SizeOf(*kept);
}

}  // namespace atelier::api
