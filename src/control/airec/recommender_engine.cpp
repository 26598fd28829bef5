#include "control/airec/recommender_engine.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <set>
#include <stop_token>
#include <utility>

#include "base/codec.h"
#include "base/failpoint.h"
#include "base/gate.h"
#include "base/named_pool.h"
#include "base/signal.h"
#include "control/airec/recommender/errors.h"
#include "control/airec/recommender/model_files.h"
#include "control/core/keyed_loop.h"
#include "control/core/records.h"
#include "control/core/tombstones.h"
#include "model/data_set.h"

namespace atelier::control {

using model::DataSet;
using model::DataSetState;
using model::RecommenderId;
using store::Kind;
using store::Write;
using SnapshotPtr = std::shared_ptr<const directory::RecommenderData::Snapshot>;
using ModelPtr = std::shared_ptr<const recommender::Model>;

namespace {

constexpr Duration kRetryAfter = std::chrono::seconds(5);
constexpr std::size_t kTrainings = 1;  // at once
constexpr std::size_t kErasures = 4;
constexpr Duration kSaveUseEvery = std::chrono::seconds(5);
constexpr std::size_t kTrainedPercent = 95;  // the rest is the file and the commit

/// Model and file, or why there is none.
struct Trained {
  ModelPtr model;
  Status status;
};

}  // namespace

struct RecommenderEngine::Impl final : ShardWatcher, std::enable_shared_from_this<Impl> {
  /// One import that is under way, waits for its turn, or waits to be tried again.
  struct Import {
    store::Lease lease;
    RecommenderId id;
    std::string version;
    std::stop_source stop;
    std::atomic<std::int64_t> percent = 0;
  };
  using ImportPtr = std::shared_ptr<Import>;

  Impl(store::Store& s, HeldShards& h, const directory::RecommenderDirectory& d,
       directory::RecommenderData& r, Clock& c, Logger& l, asio::any_io_executor executor,
       Options o)
      : store(s),
        shards(h),
        directory(d),
        data(r),
        clock(c),
        log(l),
        io(std::move(executor)),
        options(std::move(o)),
        files(options.folder),
        stopped(io),
        trainings(PartsOf<KeyedLoop<std::string>>("control.recommender", kTrainings),
                  [this](const std::string& key, WorkerSlot& /*slot*/) { return Step(key); }),
        erasures(PartsOf<KeyedLoop<RecommenderId>>("control.recommender.erase", kErasures),
                 [this](const RecommenderId& id, WorkerSlot& /*slot*/) { return Erase(id); }) {}

  store::Store& store;
  HeldShards& shards;
  const directory::RecommenderDirectory& directory;
  directory::RecommenderData& data;
  Clock& clock;
  Logger& log;
  asio::any_io_executor io;
  Options options;
  ModelFiles files;
  Gate gate;
  Signal stopped;
  bool running = false;
  KeyedLoop<std::string> trainings;  // by model::DataSetKey
  KeyedLoop<RecommenderId> erasures;
  std::map<std::string, ImportPtr> imports;
  ImportPtr current;
  std::set<RecommenderId> to_erase;
  /// Models in memory that a commit may make live.
  std::map<RecommenderId, std::pair<std::string, ModelPtr>> prepared;
  // Last: their ends wait for what they do, which uses the rest.
  Pool training = MakePool("training", 1);
  /// A pool of its own: an attach must not wait for a training.
  Pool disk = MakePool("models", 1);

  template <class Loop>
  typename Loop::Parts PartsOf(const char* name, std::size_t width);
  void TakeUp(const ShardSet& gained);
  void Lost(const ShardSet& lost) override;
  void Gained(const ShardSet& gained) override;
  void End();
  Task<MonoTime> Step(std::string key);
  Task<void> KeepUse();
  Task<void> SaveUse();
  static Task<void> Keep(std::shared_ptr<Impl> self, Gate::Pass pass, Task<void> task);
  void Check(const DataSet& set);
  void Drop(const std::string& key);
  void EraseSoon(RecommenderId id);
  void Show(const model::Recommender& recommender);
  Task<void> Swap(RecommenderId id, std::string version);
  Task<bool> Execute(ImportPtr import);
  Task<Trained> Train(ImportPtr import, SnapshotPtr snapshot);
  Task<Status> Finish(ImportPtr import, DataSetState state, std::string message,
                      SnapshotPtr snapshot);
  Task<MonoTime> Erase(RecommenderId id);
  Task<bool> EraseAll(RecommenderId id);
  Task<void> Remove(RecommenderId id, std::string version);
  Result<ModelPtr> ReadModel(const RecommenderId& id, const std::string& version) const;
};

RecommenderEngine::RecommenderEngine(store::Store& store, HeldShards& shards,
                                     const directory::RecommenderDirectory& directory,
                                     directory::RecommenderData& data, Clock& clock, Logger& log,
                                     asio::any_io_executor io, Options options)
    : impl_(std::make_shared<Impl>(store, shards, directory, data, clock, log, std::move(io),
                                   std::move(options))) {}

RecommenderEngine::~RecommenderEngine() {
  impl_->gate.Close();
  impl_->End();
}

template <class Loop>
typename Loop::Parts RecommenderEngine::Impl::PartsOf(const char* name, std::size_t width) {
  return {.clock = clock, .io = io, .name = name, .width = width, .gate = gate, .owner = [this] {
            return shared_from_this();
          }};
}

void RecommenderEngine::Impl::End() {
  running = false;
  trainings.End();
  erasures.End();
  stopped.Set();
  if (current) current->stop.request_stop();
}

Result<ModelPtr> RecommenderEngine::Impl::ReadModel(const RecommenderId& id,
                                                    const std::string& version) const {
  ATELIER_TRY(const std::string bytes, files.Read(id, version));
  ATELIER_TRY(auto model, recommender::Model::Decode(bytes));
  return std::make_shared<const recommender::Model>(std::move(model));
}

void RecommenderEngine::LoadModels() {
  for (const auto& recommender : impl_->directory.All()) {
    if (recommender->live.empty()) continue;
    auto model = impl_->ReadModel(recommender->id, recommender->live);
    if (model) {
      impl_->data.SetModel(recommender->id, recommender->live, *std::move(model));
    } else {
      impl_->log.Error("recommender.model_unreadable", {{"instance", recommender->id.str()},
                                                        {"version", recommender->live},
                                                        {"error", model.error().ToString()}});
    }
  }
}

Task<void> RecommenderEngine::Impl::Keep([[maybe_unused]] std::shared_ptr<Impl> self,
                                         [[maybe_unused]] Gate::Pass pass, Task<void> task) {
  co_await std::move(task);
}

void RecommenderEngine::Start() {
  impl_->running = true;
  impl_->shards.Watch(impl_);
  impl_->TakeUp(impl_->shards.held());
  impl_->trainings.Start();
  impl_->erasures.Start();
  Spawn(impl_->io, "control.recommender.use",
        Impl::Keep(impl_, impl_->gate.Enter(), impl_->KeepUse()));
}

Task<void> RecommenderEngine::Stop() {
  if (!impl_->running) co_return;
  impl_->End();
  const bool drained =
      co_await impl_->gate.Drain(impl_->clock, impl_->clock.In(impl_->options.stop_within));
  if (!drained) impl_->log.Warn("recommender.stop_unfinished");
}

void RecommenderEngine::Impl::TakeUp(const ShardSet& gained) {
  for (const auto& recommender : directory.All()) {
    if (!gained.test(store::ShardOf(recommender->id))) continue;
    for (const auto& set : directory.DataSetsOf(recommender->id)) Check(*set);
  }
  for (RecommenderId& id : data.Orphans()) {
    if (gained.test(store::ShardOf(id))) EraseSoon(std::move(id));
  }
}

void RecommenderEngine::Impl::Gained(const ShardSet& gained) {
  if (running) TakeUp(gained);
}

/// An import under way ends without a word; its file goes with the version, or is written anew.
void RecommenderEngine::Impl::Lost(const ShardSet& lost) {
  std::vector<std::string> gone;
  for (const auto& [key, import] : imports) {
    if (lost.test(import->lease.shard)) gone.push_back(key);
  }
  for (const std::string& key : gone) Drop(key);
}

/// What a record says is to be done.
void RecommenderEngine::Impl::Check(const DataSet& set) {
  const auto lease = shards.LeaseFor(set.recommender);
  if (!lease) return;
  const std::string key = model::DataSetKey(set.recommender, set.version);
  if (set.state != DataSetState::Importing) return Drop(key);
  const auto [found, fresh] = imports.try_emplace(key);
  if (!fresh) return;
  found->second = std::make_shared<Import>();
  found->second->lease = *lease;
  found->second->id = set.recommender;
  found->second->version = set.version;
  trainings.Add(key);
}

/// An import that nobody wants any more.
void RecommenderEngine::Impl::Drop(const std::string& key) {
  const auto import = imports.find(key);
  if (import == imports.end()) return;
  import->second->stop.request_stop();
  imports.erase(import);
}

void RecommenderEngine::Impl::EraseSoon(RecommenderId id) {
  erasures.Add(id);
  to_erase.insert(std::move(id));
}

/// Lets the live version answer, if another does.
void RecommenderEngine::Impl::Show(const model::Recommender& recommender) {
  if (recommender.live.empty() || data.VersionOf(recommender.id) == recommender.live) return;
  const auto ready = prepared.find(recommender.id);
  if (ready != prepared.end() && ready->second.first == recommender.live) {
    data.SetModel(recommender.id, recommender.live, ready->second.second);
    prepared.erase(ready);
    return;
  }
  Spawn(io, "control.recommender.swap",
        Keep(shared_from_this(), gate.Enter(), Swap(recommender.id, recommender.live)));
}

/// Until the model is in memory the one before answers.
Task<void> RecommenderEngine::Impl::Swap(RecommenderId id, std::string version) {
  auto model = co_await RunOn(disk, [this, id, version] { return ReadModel(id, version); });
  const auto recommender = directory.Find(id);
  if (recommender == nullptr || recommender->live != version) co_return;
  if (model) {
    data.SetModel(id, std::move(version), *std::move(model));
  } else {
    log.Error("recommender.model_unreadable",
              {{"instance", id.str()}, {"version", version}, {"error", model.error().ToString()}});
  }
}

void RecommenderEngine::Apply(std::span<const store::Change> changes) {
  if (!impl_->running) return;
  for (const store::Change& change : changes) {
    const bool put = change.op == store::Write::Op::kPut;
    const std::string& key = change.record.key;
    if (change.record.kind == Kind::kRecommender) {
      const auto recommender = impl_->directory.Find(key);
      if (recommender != nullptr) {
        impl_->Show(*recommender);
      } else {
        impl_->prepared.erase(RecommenderId(key));
        if (impl_->current && impl_->current->id.str() == key) impl_->current->stop.request_stop();
        impl_->EraseSoon(RecommenderId(key));
      }
    } else if (change.record.kind == Kind::kRecommenderDataSet) {
      const std::size_t slash = key.find('/');
      const RecommenderId id(key.substr(0, slash));
      const auto set = put ? impl_->directory.FindDataSet(id, key.substr(slash + 1)) : nullptr;
      if (set != nullptr) {
        impl_->Check(*set);
        continue;
      }
      impl_->Drop(key);
      Spawn(impl_->io, "control.recommender.remove",
            Impl::Keep(impl_, impl_->gate.Enter(), impl_->Remove(id, key.substr(slash + 1))));
    }
  }
}

Task<MonoTime> RecommenderEngine::Impl::Step(std::string key) {
  const auto found = imports.find(key);
  if (found == imports.end()) co_return MonoTime::max();
  const ImportPtr import = found->second;
  current = import;
  const bool executed = co_await Execute(import);
  current = nullptr;
  if (to_erase.contains(import->id)) erasures.Add(import->id);
  const auto now = imports.find(key);
  if (now == imports.end() || now->second != import) co_return MonoTime::max();
  import->percent = 0;
  if (!executed) co_return clock.In(kRetryAfter);
  imports.erase(now);
  co_return MonoTime::max();
}

/// Counting must not cost a commit a request, so a crash loses what was counted since the last turn
/// that reached the store; an end in good order loses nothing.
Task<void> RecommenderEngine::Impl::KeepUse() {
  while (running) {
    co_await stopped.Wait(clock, clock.In(kSaveUseEvery));
    co_await SaveUse();
  }
}

Task<void> RecommenderEngine::Impl::SaveUse() {
  const auto unsaved = data.UnsavedUse();
  if (unsaved.empty()) co_return;
  store::Batch batch;
  std::vector<model::RecommenderUse> saved;
  ShardSet guarded;
  for (const model::RecommenderUse& use : unsaved) {
    const auto lease = shards.LeaseFor(use.recommender);
    if (!lease) continue;
    if (!guarded.test(lease->shard)) batch.push_back(store::Guard(*lease));
    guarded.set(lease->shard);
    batch.push_back(
        Write::Put(Kind::kRecommenderUse, model::RecommenderUseKey(use.recommender), ToJson(use)));
    saved.push_back(use);
  }
  // What cannot be written now is in the next turn's records too.
  if (batch.empty() || !co_await store.Commit(std::move(batch))) co_return;
  for (const model::RecommenderUse& use : saved) data.NoteSaved(use);
}

/// One import from its snapshot to its commit. False: later again.
Task<bool> RecommenderEngine::Impl::Execute(ImportPtr import) {
  const auto set = directory.FindDataSet(import->id, import->version);
  if (set == nullptr || set->state != DataSetState::Importing) co_return true;
  const SnapshotPtr snapshot = co_await data.SnapshotOf(import->id, import->version);
  if (snapshot == nullptr) co_return true;
  ATELIER_FAILPOINT("recommender.snapshot");
  const Trained trained = co_await Train(import, snapshot);
  ATELIER_FAILPOINT("recommender.trained");
  if (trained.status) {
    prepared[import->id] = {import->version, trained.model};
    const Status finished = co_await Finish(import, DataSetState::Ready, "", snapshot);
    ATELIER_FAILPOINT("recommender.live");
    if (finished) co_return true;
    log.Warn("recommender.import_not_committed", {{"instance", import->id.str()},
                                                  {"version", import->version},
                                                  {"error", finished.error().ToString()}});
    co_return false;
  }
  const Error& error = trained.status.error();
  // Told to end: by the server's end or the loss of the lease, and the record goes on saying
  // Importing for whoever begins it anew, or by a stop, and it says so already.
  if (error.code() == Code::kCancelled) co_return true;
  log.Warn(
      "recommender.import_failed",
      {{"instance", import->id.str()}, {"version", import->version}, {"error", error.ToString()}});
  const bool passes =
      error.code() == Code::kUnavailable || error.code() == Code::kResourceExhausted;
  if (passes && error.reason().empty()) co_return false;
  co_return (co_await Finish(import, DataSetState::Failed, error.message(), snapshot)).has_value();
}

Task<Trained> RecommenderEngine::Impl::Train(ImportPtr import, SnapshotPtr snapshot) {
  const recommender::Budget budget{.bytes = options.training_bytes};
  co_return co_await RunOn(
      training, [this, import, snapshot = std::move(snapshot), budget]() -> Trained {
        auto trained = recommender::Train(
            snapshot->histories, budget, import->stop.get_token(), [&import](double done) {
              import->percent =
                  static_cast<std::int64_t>(done * static_cast<double>(kTrainedPercent));
            });
        // Too little for a model is no failure: popularity and category recommend all the same.
        if (!trained && trained.error().reason() == "NotEnoughData") trained = recommender::Model();
        if (!trained) return {.model = nullptr, .status = trained.error()};
        if (import->stop.stop_requested()) {
          return {.model = nullptr, .status = Error(Code::kCancelled, "The import was stopped.")};
        }
        const Status written = files.Write(import->id, import->version, trained->Encode());
        if (!written) return {.model = nullptr, .status = written};
        return {.model = std::make_shared<const recommender::Model>(*std::move(trained)),
                .status = Ok()};
      });
}

/// The end of an import, and with DataSetState::Ready the version that answers from here on, in one
/// commit. Ok too if it was stopped or deleted meanwhile: then nothing changes.
Task<Status> RecommenderEngine::Impl::Finish(ImportPtr import, DataSetState state,
                                             std::string message, SnapshotPtr snapshot) {
  bool wanted = true;
  const auto plan = [&]() -> Result<store::Transaction> {
    if (!shards.Holds(import->lease))
      return Error(Code::kAborted, "Another server goes on with the import.");
    const auto set = directory.FindDataSet(import->id, import->version);
    const auto recommender = directory.Find(import->id);
    wanted = set != nullptr && recommender != nullptr && set->state == DataSetState::Importing;
    store::Transaction step;
    if (!wanted) return step;
    DataSet next = *set;
    next.state = state;
    next.message = message;
    if (state == DataSetState::Ready) {
      next.percent = 100;
      next.users = snapshot->users;
      next.items = snapshot->items;
      next.behaviors = snapshot->behaviors;
      model::Recommender live = *recommender;
      live.live = import->version;
      step.writes.push_back(
          PutChanged(std::move(live), directory.RevisionOf(import->id), clock.Wall()));
    }
    step.writes.push_back(PutChanged(
        std::move(next), directory.RevisionOfDataSet(import->id, import->version), clock.Wall()));
    step.writes.push_back(store::Guard(import->lease));
    return step;
  };
  store::Writer writer(store, clock);
  ATELIER_CO_RETURN_IF_ERROR(
      co_await writer.Commit(std::nullopt, {RecommenderTarget(import->id)}, plan));
  if (!wanted) {
    prepared.erase(import->id);
    co_await Remove(import->id, import->version);
  }
  co_return Ok();
}

/// The file of a version whose record is gone. One that a crash leaves goes with its instance.
Task<void> RecommenderEngine::Impl::Remove(RecommenderId id, std::string version) {
  co_await RunOn(disk, [this, id = std::move(id), version = std::move(version)] {
    files.Remove(id, version);
    return 0;
  });
}

Task<MonoTime> RecommenderEngine::Impl::Erase(RecommenderId id) {
  // A training may still write its file; at its end it comes back here.
  if (current && current->id == id) co_return MonoTime::max();
  if (!co_await EraseAll(id)) co_return clock.In(kRetryAfter);
  to_erase.erase(id);
  co_return MonoTime::max();
}

/// Removes what a deleted instance has left. False: later again.
Task<bool> RecommenderEngine::Impl::EraseAll(RecommenderId id) {
  co_await RunOn(disk, [this, id] {
    files.RemoveAll(id);
    return 0;
  });
  static constexpr std::array kKinds = {Kind::kRecommenderDataSet, Kind::kRecommenderUse,
                                        Kind::kRecommenderDocument};
  for (;;) {
    const auto lease = shards.LeaseFor(id);
    if (!lease) co_return true;  // another server's to do
    const auto more = co_await ErasePage(store, *lease, kKinds, id.str() + "/");
    if (!more) co_return false;
    if (!*more) co_return true;
    ATELIER_FAILPOINT("recommender.erased");
  }
}

Task<Status> RecommenderEngine::Prepare(RecommenderId id, std::string version) {
  const auto impl = impl_;
  ATELIER_CO_TRY(auto model, co_await RunOn(impl->disk, [&impl = *impl, id, version] {
                   return impl.ReadModel(id, version);
                 }));
  impl->prepared[id] = {std::move(version), std::move(model)};
  co_return Ok();
}

std::optional<std::int64_t> RecommenderEngine::PercentOf(const RecommenderId& id,
                                                         const std::string& version) const {
  const auto import = impl_->imports.find(model::DataSetKey(id, version));
  if (import == impl_->imports.end()) return std::nullopt;
  return import->second->percent.load();
}

bool RecommenderEngine::Idle() const { return impl_->imports.empty() && impl_->to_erase.empty(); }

}  // namespace atelier::control
