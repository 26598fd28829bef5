#include "directory/directory.h"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "base/writer_first_mutex.h"
#include "directory/index/bulk_build.h"
#include "directory/index/index.h"
#include "directory/index/search.h"
#include "store/table.h"

namespace atelier::directory {

namespace {

/// Instances that ForEach takes out at a time.
constexpr std::size_t kTakenAtOnce = 128;

/// A change after the work that needs no lock.
struct Decoded {
  const store::Change* change;
  std::optional<Result<std::shared_ptr<const model::Instance>>> instance;  // nullopt: a delete
};

std::vector<Decoded> Decode(std::span<const store::Change> changes) {
  std::vector<Decoded> decoded;
  decoded.reserve(changes.size());
  for (const store::Change& change : changes) {
    if (change.record.kind != store::Kind::kInstance) continue;
    Decoded& one = decoded.emplace_back(Decoded{.change = &change, .instance = {}});
    if (change.op == store::Write::Op::kPut)
      one.instance = store::ReadShared<model::Instance>(change.record, &model::Instance::id);
  }
  return decoded;
}

}  // namespace

struct InstanceDirectory::Impl {
  explicit Impl(Logger* l) : log(l), quarantine(l) {}

  Logger* log;
  mutable WriterFirstMutex mutex;  // guards the rest
  std::unique_ptr<Index> index = std::make_unique<Index>();
  model::Revision revision = 0;
  std::uint32_t loads = 0;
  store::Quarantine quarantine;

  RowRef RowOf(Slot slot) const { return {.slot = slot, .load = loads}; }
  InstancePtr Unpacked(Slot slot) const {
    const Table& table = index->table();
    return {table[slot].Unpack(), table.RevisionOf(slot), RowOf(slot)};
  }

  void Apply(const Decoded& decoded) {
    const store::Record& record = decoded.change->record;
    if (decoded.instance && *decoded.instance) {
      index->Put(***decoded.instance, record.revision);
    } else {
      index->Erase(model::InstanceId(record.key));
    }
    if (decoded.instance && !*decoded.instance)
      quarantine.Add(record, decoded.instance->error());
    else
      quarantine.Remove(record.kind, record.key);
  }
};

InstanceDirectory::InstanceDirectory(Logger* log) : impl_(std::make_unique<Impl>(log)) {}
InstanceDirectory::~InstanceDirectory() = default;

Status InstanceDirectory::Load(store::Store& store, const LoadOptions& options) {
  ATELIER_TRY(const auto bulk, store.OpenBulkBlocking(store::Kind::kInstance));
  auto fresh = std::make_unique<Index>();
  ATELIER_TRY(BulkBuilt built, BulkBuild(*fresh, *bulk, options.threads, [&](std::size_t done) {
                options.progress(done, bulk->size());
              }));
  const std::unique_lock lock(impl_->mutex);
  impl_->index = std::move(fresh);
  ++impl_->loads;
  impl_->revision = std::max(impl_->revision, built.revision);
  impl_->quarantine = store::Quarantine(impl_->log);
  for (const auto& [record, why] : built.unreadable) impl_->quarantine.Add(record, why);
  return Ok();
}

void InstanceDirectory::Apply(std::span<const store::Change> changes) {
  const std::vector<Decoded> decoded = Decode(changes);
  const std::unique_lock lock(impl_->mutex);
  for (const store::Change& change : changes)
    impl_->revision = std::max(impl_->revision, change.record.revision);
  for (const Decoded& one : decoded) impl_->Apply(one);
}

InstancePtr InstanceDirectory::Find(const model::InstanceId& id) const {
  const std::shared_lock lock(impl_->mutex);
  const auto slot = impl_->index->table().Find(id);
  if (!slot) return nullptr;
  return impl_->Unpacked(*slot);
}

std::optional<Version> InstanceDirectory::VersionOf(std::string_view id) const {
  const std::shared_lock lock(impl_->mutex);
  const Table& table = impl_->index->table();
  const auto slot = table.Find(id);
  if (!slot) return std::nullopt;
  return Version{.row = impl_->RowOf(*slot), .revision = table.RevisionOf(*slot)};
}

std::optional<Standing> InstanceDirectory::StandingOf(const model::InstanceId& id) const {
  const std::shared_lock lock(impl_->mutex);
  const Table& table = impl_->index->table();
  const auto slot = table.Find(id);
  if (!slot) return std::nullopt;
  return table[*slot].standing();
}

model::Revision InstanceDirectory::RevisionOf(const model::InstanceId& id) const {
  const std::shared_lock lock(impl_->mutex);
  const Table& table = impl_->index->table();
  const auto slot = table.Find(id);
  return slot ? table.RevisionOf(*slot) : 0;
}

Page InstanceDirectory::List(const Viewer& viewer, const InstanceQuery& query,
                             const Known& known) const {
  const std::shared_lock lock(impl_->mutex);
  const Hits hits = Search(*impl_->index, viewer, query);
  Page page{.instances = {}, .total = hits.total, .revision = impl_->revision};
  page.instances.reserve(hits.page.size());
  const Table& table = impl_->index->table();
  for (const Slot slot : hits.page) {
    const bool is_known = known && known(impl_->RowOf(slot), table.RevisionOf(slot));
    page.instances.push_back(is_known ? nullptr : impl_->Unpacked(slot));
  }
  return page;
}

StatusCounts InstanceDirectory::CountByStatus(const Viewer& viewer,
                                              const InstanceQuery& query) const {
  const std::shared_lock lock(impl_->mutex);
  return directory::CountByStatus(*impl_->index, viewer, query);
}

void InstanceDirectory::ForEach(const std::function<void(const InstancePtr&)>& visit) const {
  std::vector<InstancePtr> some;
  for (Slot next = 0;;) {
    some.clear();
    {
      const std::shared_lock lock(impl_->mutex);
      const Table& table = impl_->index->table();
      for (; next < table.end() && some.size() < kTakenAtOnce; ++next) {
        if (table[next]) some.push_back(impl_->Unpacked(next));
      }
    }
    if (some.empty()) return;
    for (const InstancePtr& instance : some) visit(instance);
  }
}

std::vector<InstancePtr> InstanceDirectory::All() const {
  std::vector<InstancePtr> all;
  ForEach([&](const InstancePtr& instance) { all.push_back(instance); });
  return all;
}

std::size_t InstanceDirectory::size() const {
  const std::shared_lock lock(impl_->mutex);
  return impl_->index->table().size();
}

std::size_t InstanceDirectory::quarantined() const {
  const std::shared_lock lock(impl_->mutex);
  return impl_->quarantine.size();
}

}  // namespace atelier::directory
