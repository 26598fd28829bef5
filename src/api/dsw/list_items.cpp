#include "api/dsw/list_items.h"

#include <utility>

namespace atelier::api {

namespace {

/// About what an unpacked instance takes beside its encoded bytes, with its node here.
constexpr std::size_t kInstanceBytes = 2048;

}  // namespace

std::size_t ListItems::SizeOf(const Item& item) { return kInstanceBytes + item.bytes.capacity(); }

void ListItems::Count(const Item& item) {
  young_bytes_ += SizeOf(item);
  if (young_bytes_ <= budget_ / 2) return;
  // Nodes stay where they are, so `item` does too.
  old_ = std::exchange(young_, {});
  young_bytes_ = 0;
}

const ListItems::Item* ListItems::Find(std::string_view id, model::Revision revision) {
  auto found = young_.find(id);
  if (found == young_.end()) {
    auto node = old_.extract(id);
    if (node.empty()) return nullptr;
    found = young_.insert(std::move(node)).position;
    Count(found->second);
  }
  const Item& item = found->second;
  return item.instance.revision() == revision ? &item : nullptr;
}

const ListItems::Item& ListItems::Keep(Item item) {
  const std::string_view id = item.instance->id;
  if (const auto before = young_.find(id); before != young_.end()) {
    young_bytes_ -= SizeOf(before->second);
    young_.erase(before);
  }
  old_.erase(id);
  // One for one, so that no answer waits for a whole generation to go.
  if (!old_.empty()) old_.erase(old_.begin());
  const Item& kept = young_.emplace(id, std::move(item)).first->second;
  Count(kept);
  return kept;
}

void ListItems::Refresh(std::uint64_t names) {
  if (names == names_) return;
  names_ = names;
  young_.clear();
  old_.clear();
  young_bytes_ = 0;
}

}  // namespace atelier::api
