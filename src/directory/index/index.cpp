#include "directory/index/index.h"

#include <utility>

namespace atelier::directory {

void Index::Put(InstancePtr instance, model::Revision revision) {
  const auto slot = table_.Find(instance->id);
  if (slot && table_[*slot].instance->workspace == instance->workspace) {
    Replace(*slot, std::move(instance), revision);
    return;
  }
  if (slot) Erase(instance->id);
  Insert(std::move(instance), revision);
}

void Index::Insert(InstancePtr instance, model::Revision revision) {
  const model::Instance& now = *instance;
  const Slot slot = table_.Insert(std::move(instance), revision);
  everything_.Add(slot);
  workspaces_.try_emplace(now.workspace, table_).first->second.Add(slot);
  postings_.Update(slot, {}, TermsOf(now));
  postings_.Update(slot, {}, NameTermsOf(now));
}

void Index::Replace(Slot slot, InstancePtr instance, model::Revision revision) {
  const InstancePtr before = table_[slot].instance;
  const model::Instance& now = *instance;
  Scope& workspace = workspaces_.at(now.workspace);
  const auto for_each_moved_view = [&](auto&& change) {
    for (const SortBy by : {SortBy::kPriority, SortBy::kGmtCreateTime, SortBy::kGmtModifiedTime}) {
      if (SortKey(*before, by) == SortKey(now, by)) continue;
      change(everything_.By(by));
      change(workspace.By(by));
    }
  };
  for_each_moved_view([&](OrderedView& view) { view.Erase(slot); });
  table_.Replace(slot, std::move(instance), revision);
  for_each_moved_view([&](OrderedView& view) { view.Insert(slot); });
  postings_.Update(slot, TermsOf(*before), TermsOf(now));
  if (before->name != now.name) postings_.Update(slot, NameTermsOf(*before), NameTermsOf(now));
}

void Index::Erase(const model::InstanceId& id) {
  const auto slot = table_.Find(id);
  if (!slot) return;
  const InstancePtr before = table_[*slot].instance;
  const auto workspace = workspaces_.find(before->workspace);
  workspace->second.Remove(*slot);
  if (workspace->second.size() == 0) workspaces_.erase(workspace);
  everything_.Remove(*slot);
  postings_.Update(*slot, TermsOf(*before), {});
  postings_.Update(*slot, NameTermsOf(*before), {});
  table_.Erase(*slot);
}

const Scope& Index::Workspace(const model::WorkspaceId& id) const {
  const auto found = workspaces_.find(id);
  return found == workspaces_.end() ? nothing_ : found->second;
}

}  // namespace atelier::directory
