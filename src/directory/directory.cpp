#include "directory/directory.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "directory/index/index.h"
#include "directory/index/search.h"

namespace atelier::directory {

struct InstanceDirectory::Impl {
  Index index;
  model::Revision revision = 0;
  std::unordered_set<std::string> unreadable;  // record keys

  void Put(const store::Record& record) {
    auto instance = FromRecord<model::Instance>(record.body);
    if (!instance || instance->id.str() != record.key) {
      index.Erase(model::InstanceId(record.key));
      unreadable.insert(record.key);
      return;
    }
    unreadable.erase(record.key);
    index.Put(std::make_shared<const model::Instance>(*std::move(instance)), record.revision);
  }

  void Delete(const std::string& key) {
    unreadable.erase(key);
    index.Erase(model::InstanceId(key));
  }
};

InstanceDirectory::InstanceDirectory() : impl_(std::make_unique<Impl>()) {}
InstanceDirectory::~InstanceDirectory() = default;

Status InstanceDirectory::Load(store::Store& store) {
  return store.LoadBlocking(store::Kind::kInstance, [this](store::Record record) {
    impl_->revision = std::max(impl_->revision, record.revision);
    impl_->Put(record);
  });
}

void InstanceDirectory::Apply(std::span<const store::Change> changes) {
  for (const store::Change& change : changes) {
    impl_->revision = std::max(impl_->revision, change.record.revision);
    if (change.record.kind != store::Kind::kInstance) continue;
    if (change.op == store::Write::Op::kPut)
      impl_->Put(change.record);
    else
      impl_->Delete(change.record.key);
  }
}

InstancePtr InstanceDirectory::Find(const model::InstanceId& id) const {
  const Table& table = impl_->index.table();
  const auto slot = table.Find(id);
  return slot ? table[*slot].instance : nullptr;
}

model::Revision InstanceDirectory::RevisionOf(const model::InstanceId& id) const {
  const Table& table = impl_->index.table();
  const auto slot = table.Find(id);
  return slot ? table[*slot].revision : 0;
}

Page InstanceDirectory::List(const Viewer& viewer, const InstanceQuery& query) const {
  const Hits hits = Search(impl_->index, viewer, query);
  Page page{.instances = {}, .total = hits.total, .revision = impl_->revision};
  page.instances.reserve(hits.page.size());
  for (const Slot slot : hits.page) page.instances.push_back(impl_->index.table()[slot].instance);
  return page;
}

std::array<std::uint64_t, model::kInstanceStatusCount> InstanceDirectory::CountByStatus(
    const Viewer& viewer, const model::WorkspaceId& workspace) const {
  const Index& index = impl_->index;
  Bitmap seen = index.Workspace(workspace).members();
  if (const auto visible = VisibleTo(index, viewer, workspace)) seen &= *visible;
  std::array<std::uint64_t, model::kInstanceStatusCount> counts{};
  for (const auto& [status, slots] : index.postings().ValuesOf(Facet::kStatus)) {
    counts.at(static_cast<std::size_t>(status.number)) = slots.CountCommon(seen);
  }
  return counts;
}

std::vector<InstancePtr> InstanceDirectory::All() const {
  std::vector<InstancePtr> all;
  all.reserve(size());
  for (const Slot slot : impl_->index.everything().members().Slots()) {
    all.push_back(impl_->index.table()[slot].instance);
  }
  return all;
}

std::size_t InstanceDirectory::size() const { return impl_->index.table().size(); }

std::size_t InstanceDirectory::quarantined() const { return impl_->unreadable.size(); }

bool CanSee(const Viewer& viewer, const model::Instance& instance) {
  if (viewer.sees_all || viewer.administers.contains(instance.workspace)) return true;
  const bool shared = instance.accessibility == model::Accessibility::PUBLIC;
  return (shared || instance.owner == viewer.user) && viewer.member_of.contains(instance.workspace);
}

}  // namespace atelier::directory
