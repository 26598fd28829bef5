#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "directory/directory.h"
#include "unit/directory/property.h"

namespace atelier::directory {
namespace {

/// What the population was at each revision: what an answer that states the revision is held to.
class History {
 public:
  using Snapshot = std::shared_ptr<const std::vector<model::Instance>>;  // shared: readers keep it

  void Add(model::Revision revision, Snapshot snapshot) {
    const std::lock_guard lock(mutex_);
    snapshots_.emplace(revision, std::move(snapshot));
  }
  Snapshot At(model::Revision revision) const {
    const std::lock_guard lock(mutex_);
    return snapshots_.at(revision);
  }

 private:
  mutable std::mutex mutex_;
  std::map<model::Revision, Snapshot> snapshots_;
};

store::Change Put(const model::Instance& instance, model::Revision revision) {
  return {.op = store::Write::Op::kPut,
          .record = {store::Kind::kInstance, instance.id.str(), revision, ToJson(instance)}};
}

/// Changes the population in batches of up to twelve, and writes down what it is at each revision
/// before the directory hears of it.
class Writer {
 public:
  Writer(std::uint64_t seed, InstanceDirectory& directory, History& history)
      : world_(seed), directory_(directory), history_(history) {
    history_.Add(0, std::make_shared<const std::vector<model::Instance>>());
  }

  void WriteBatch() {
    ++revision_;
    std::vector<store::Change> changes;
    for (std::uint64_t n = world_.Below(12) + 1; n > 0; --n) changes.push_back(ChangeSomething());
    history_.Add(revision_, std::make_shared<const std::vector<model::Instance>>(list_));
    directory_.Apply(changes);
  }

 private:
  store::Change ChangeSomething() {
    const std::uint64_t kind = world_.Below(4);
    if (list_.size() < 40 || kind == 0) {
      list_.push_back(world_.Instance(next_number_++));
      return Put(list_.back(), revision_);
    }
    const std::size_t at = world_.Below(list_.size());
    if (kind == 1 && list_.size() > 80) {
      store::Change change{.op = store::Write::Op::kDelete,
                           .record = {store::Kind::kInstance, list_[at].id.str(), revision_, ""}};
      list_[at] = list_.back();
      list_.pop_back();
      return change;
    }
    world_.Change(list_[at]);
    return Put(list_[at], revision_);
  }

  RandomWorld world_;
  InstanceDirectory& directory_;
  History& history_;
  std::vector<model::Instance> list_;
  std::uint64_t next_number_ = 0;
  model::Revision revision_ = 0;
};

/// nullopt: the answer is that of the reference at the revision it states.
std::optional<std::string> WrongAnswer(const InstanceDirectory& directory, const History& history,
                                       const Viewer& viewer, const InstanceQuery& query) {
  const Page page = directory.List(viewer, query);
  const auto snapshot = history.At(page.revision);
  const std::vector<std::string> all = reference::All(*snapshot, viewer, query);
  std::vector<std::string> ids;
  ids.reserve(page.instances.size());
  for (const InstancePtr& instance : page.instances) ids.push_back(instance->id.str());
  if (page.total != all.size() ||
      ids != reference::Slice(all, query.page_number, query.page_size)) {
    return "a wrong page at revision " + std::to_string(page.revision);
  }
  return std::nullopt;
}

TEST(InstanceDirectory, ReadersBesideAWriterSeeWholeBatchesOnly) {
  constexpr int kReaders = 3;
  constexpr int kQueries = 700;
  constexpr int kMaxBatches = 4000;  // bounds the history
  const std::uint64_t seed = test::Seed();
  InstanceDirectory directory;
  History history;
  Writer writer(seed, directory, history);
  std::atomic<int> reading = kReaders;
  std::vector<std::string> wrong(kReaders);
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([&] {
      for (int batch = 0; batch < kMaxBatches && reading > 0; ++batch) writer.WriteBatch();
    });
    for (std::size_t reader = 0; reader < kReaders; ++reader) {
      threads.emplace_back([&, reader] {
        RandomWorld world(seed + reader + 1);
        for (int q = 0; q < kQueries && wrong[reader].empty(); ++q) {
          wrong[reader] =
              WrongAnswer(directory, history, world.AnyViewer(), world.AnyQuery(100)).value_or("");
        }
        --reading;
      });
    }
  }
  for (const std::string& what : wrong) EXPECT_EQ(what, "");
}

TEST(InstanceDirectory, ForEachShowsOnceWhatStaysWhileOthersComeAndGo) {
  InstanceDirectory directory;
  constexpr std::uint64_t kStaying = 600;
  RandomWorld world(test::Seed());
  std::vector<store::Change> staying;
  staying.reserve(kStaying);
  for (std::uint64_t n = 0; n < kStaying; ++n) staying.push_back(Put(world.Instance(n), 1));
  directory.Apply(staying);
  std::map<std::string, int> seen;
  std::atomic<bool> looking = true;
  {
    const std::jthread writer([&] {
      RandomWorld others(1);
      for (model::Revision revision = 2; looking; ++revision) {
        const model::Instance guest =
            others.Instance(kStaying + static_cast<std::uint64_t>(revision));
        directory.Apply(std::vector{Put(guest, revision)});
        directory.Apply(std::vector{
            store::Change{.op = store::Write::Op::kDelete,
                          .record = {store::Kind::kInstance, guest.id.str(), revision, ""}}});
      }
    });
    for (int round = 0; round < 20; ++round)
      directory.ForEach([&](const InstancePtr& instance) { ++seen[instance->id.str()]; });
    looking = false;
  }
  for (const store::Change& change : staying) EXPECT_EQ(seen[change.record.key], 20);
}

}  // namespace
}  // namespace atelier::directory
