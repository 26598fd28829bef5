#include "directory/index/index.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <thread>
#include <utility>
#include <vector>

#include <boost/endian/conversion.hpp>

namespace atelier::directory {

namespace {

/// Ascending by id. Most differ in their first bytes, which stand beside the slot here: a sort that
/// went to each record for them would wait for memory all the time.
std::vector<Slot> InOrderOfIds(const Table& table, const Bitmap& members) {
  struct Entry {
    std::uint64_t head;
    Slot slot;
  };
  std::vector<Entry> entries;
  entries.reserve(members.Count());
  members.ForEachBlock([&](std::span<const Slot> slots) {
    for (const Slot slot : slots) {
      const std::string_view id = table[slot].id();
      std::uint64_t head = 0;
      std::memcpy(&head, id.data(), std::min(id.size(), sizeof head));
      entries.push_back({.head = boost::endian::big_to_native(head), .slot = slot});
    }
  });
  std::ranges::sort(entries, [&](const Entry& a, const Entry& b) {
    if (a.head != b.head) return a.head < b.head;
    return table[a.slot].id() < table[b.slot].id();
  });
  std::vector<Slot> slots;
  slots.reserve(entries.size());
  for (const Entry& entry : entries) slots.push_back(entry.slot);
  return slots;
}

/// Ascending by `by`, ties by id.
std::vector<Slot> InOrder(const Table& table, SortBy by, std::span<const Slot> by_id) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> order;  // key, and rank among the ids
  order.reserve(by_id.size());
  for (const Slot slot : by_id)
    order.emplace_back(table.KeyOf(by, slot), static_cast<std::uint32_t>(order.size()));
  std::ranges::sort(order);
  std::vector<Slot> slots;
  slots.reserve(order.size());
  for (const auto& [key, rank] : order) slots.push_back(by_id[rank]);
  return slots;
}

}  // namespace

void Index::Put(const model::Instance& instance, model::Revision revision) {
  const auto slot = table_.Find(instance.id);
  if (!slot) {
    Insert(instance, revision);
  } else if (Workspace(instance.workspace).members().Contains(*slot)) {
    Replace(*slot, instance, revision);
  } else {
    Erase(instance.id);
    Insert(instance, revision);
  }
}

void Index::Insert(const model::Instance& instance, model::Revision revision) {
  const Slot slot = table_.Insert(instance, revision);
  everything_.Add(slot);
  ScopeOf(instance.workspace).Add(slot);
  postings_.Add(slot, TermsOf(instance), TrigramsOf(instance.name));
}

void Index::Replace(Slot slot, const model::Instance& instance, model::Revision revision) {
  const model::Instance before = table_[slot].Unpack();
  Scope& workspace = ScopeOf(instance.workspace);
  const auto for_each_moved_view = [&](auto&& change) {
    for (const SortBy by : kEverySortBy) {
      if (SortKey(before, by) == SortKey(instance, by)) continue;
      change(everything_.By(by));
      change(workspace.By(by));
    }
  };
  for_each_moved_view([&](OrderedView& view) { view.Erase(slot); });
  table_.Replace(slot, instance, revision);
  for_each_moved_view([&](OrderedView& view) { view.Insert(slot); });
  postings_.Update(slot, TermsOf(before), TermsOf(instance));
  if (before.name != instance.name)
    postings_.UpdateName(slot, TrigramsOf(before.name), TrigramsOf(instance.name));
}

void Index::Erase(const model::InstanceId& id) {
  const auto slot = table_.Find(id);
  if (!slot) return;
  const model::Instance before = table_[*slot].Unpack();
  const auto workspace = workspaces_.find(before.workspace);
  workspace->second.Remove(*slot);
  if (workspace->second.size() == 0) workspaces_.erase(workspace);
  everything_.Remove(*slot);
  postings_.Update(*slot, TermsOf(before), {});
  postings_.UpdateName(*slot, TrigramsOf(before.name), {});
  table_.Erase(*slot);
}

void Index::Adopt(Postings postings,
                  const std::unordered_map<model::WorkspaceId, Bitmap>& workspaces) {
  table_.Adopt();
  postings_ = std::move(postings);
  postings_.Shrink();
  std::vector<Scope*> scopes;
  std::vector<std::uint32_t> scope_of(table_.end());  // index in `scopes`, by slot
  for (const auto& [id, members] : workspaces) {
    Scope& scope = ScopeOf(id);
    scope.members() = members;
    scope.members().Shrink();
    everything_.members() |= members;
    members.ForEachBlock([&](std::span<const Slot> slots) {
      for (const Slot slot : slots) scope_of[slot] = static_cast<std::uint32_t>(scopes.size());
    });
    scopes.push_back(&scope);
  }
  const std::vector<Slot> by_id = InOrderOfIds(table_, everything_.members());
  std::vector<std::jthread> threads;  // one an order: each has views of its own
  threads.reserve(kEverySortBy.size());
  for (const SortBy by : kEverySortBy) {
    threads.emplace_back([&, by] {
      const std::vector<Slot> order = InOrder(table_, by, by_id);
      std::vector<std::vector<Slot>> orders(scopes.size());
      for (const Slot slot : order) orders[scope_of[slot]].push_back(slot);
      everything_.By(by).Build(order);
      for (std::size_t i = 0; i < scopes.size(); ++i) scopes[i]->By(by).Build(orders[i]);
    });
  }
}

const Scope& Index::Workspace(const model::WorkspaceId& id) const {
  const auto found = workspaces_.find(id);
  return found == workspaces_.end() ? nothing_ : found->second;
}

}  // namespace atelier::directory
