#include "control/airec/recommender_imports.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/failpoint.h"
#include "control/airec/recommender/errors.h"
#include "control/airec/recommender/push.h"
#include "control/core/records.h"
#include "store/writer.h"

namespace atelier::control {

using directory::DataSetPtr;
using directory::RecommenderPtr;
using model::DataSet;
using model::DataSetState;
using model::RecommenderId;
using store::Kind;
using store::Transaction;
using store::Write;

namespace {

Error UnknownDataSet(const RecommenderId& id, std::string_view version) {
  return {Code::kNotFound, fmt::format("Instance {} has no dataset version {}.", id.str(), version),
          "UnknownDataSet"};
}

Error WrongState(std::string message) {
  return {Code::kFailedPrecondition, std::move(message), "WrongState"};
}

/// yyyyMMddHHmmss, UTC.
std::string VersionAt(WallTime time) {
  std::string text = FormatSeconds(time);
  std::erase_if(text, [](char c) { return c < '0' || c > '9'; });
  return text;
}

}  // namespace

struct RecommenderImports::Impl {
  store::Store& store;
  const directory::RecommenderDirectory& directory;
  const directory::RecommenderData& data;
  RecommenderEngine& engine;
  Clock& clock;
  store::Writer writer;

  Task<Status> Commit(const RecommenderId& id, model::Actor actor, store::Writer::Plan plan) {
    return writer.Commit(std::move(actor), {RecommenderTarget(id)}, std::move(plan));
  }
  Result<store::Creation> PlanRun(const RecommenderId& id) const;
  Result<Transaction> PlanAttach(const RecommenderId& id, const std::string& version) const;
  Result<Transaction> PlanStop(const RecommenderId& id, const std::string& version) const;
  Result<Transaction> PlanDelete(const RecommenderId& id, const std::string& version) const;
  Task<Result<Transaction>> PlanPush(const RecommenderId& id, model::DocumentTable table,
                                     const std::vector<model::Document>& documents,
                                     bool optimistic);

  /// An instance that takes data now.
  Result<RecommenderPtr> Open(const RecommenderId& id) const {
    RecommenderPtr found = directory.Find(id);
    if (found == nullptr) return UnknownRecommender(id);
    ATELIER_RETURN_IF_ERROR(model::MayTakeData(*found, clock.Wall()));
    return found;
  }
  Result<DataSetPtr> FindSet(const RecommenderId& id, const std::string& version) const {
    if (directory.Find(id) == nullptr) return UnknownRecommender(id);
    DataSetPtr found = directory.FindDataSet(id, version);
    if (found == nullptr) return UnknownDataSet(id, version);
    return found;
  }
  Write PutSet(DataSet set) const {
    const model::Revision present = directory.RevisionOfDataSet(set.recommender, set.version);
    return PutChanged(std::move(set), present, clock.Wall());
  }
  Write PutRecommender(model::Recommender recommender) const {
    const model::Revision present = directory.RevisionOf(recommender.id);
    return PutChanged(std::move(recommender), present, clock.Wall());
  }
};

RecommenderImports::RecommenderImports(store::Store& store,
                                       const directory::RecommenderDirectory& directory,
                                       const directory::RecommenderData& data,
                                       RecommenderEngine& engine, Clock& clock)
    : impl_(new Impl{.store = store,
                     .directory = directory,
                     .data = data,
                     .engine = engine,
                     .clock = clock,
                     .writer = store::Writer(store, clock, &directory.quarantine())}) {}

Task<Status> RecommenderImports::Push(RecommenderId id, model::DocumentTable table,
                                      std::vector<model::Document> documents, model::Actor actor) {
  Impl* impl = impl_.get();
  bool optimistic = true;
  const auto plan = [&] {
    return impl->PlanPush(id, table, documents, std::exchange(optimistic, false));
  };
  std::string target = fmt::format("{}/{}", RecommenderTarget(id), EnumName(table));
  // Not in turn: most pushes of one table share no document.
  const Status pushed =
      co_await impl->writer.Commit(std::move(actor), {std::move(target)},
                                   store::Writer::AskingPlan(plan), store::Writer::Order::kFree);
  ATELIER_FAILPOINT("recommender.pushed");
  co_return pushed;
}

Task<Result<Transaction>> RecommenderImports::Impl::PlanPush(
    const RecommenderId& id, model::DocumentTable table,
    const std::vector<model::Document>& documents, bool optimistic) {
  ATELIER_CO_TRY(const RecommenderPtr recommender, Open(id));
  PushPlan plan(store, data, *recommender, table, clock.Wall(), optimistic);
  ATELIER_CO_TRY(store::Batch batch, co_await plan.Make(documents));
  ATELIER_FAILPOINT("recommender.push");
  co_return Transaction{.writes = std::move(batch)};
}

Result<store::Creation> RecommenderImports::Impl::PlanRun(const RecommenderId& id) const {
  ATELIER_TRY(const RecommenderPtr recommender, Open(id));
  const directory::RecommenderData::Counts known = data.CountsOf(id);
  if (known.items == 0)
    return WrongState(fmt::format("Instance {} has no item: push some first.", id.str()));
  const auto sets = directory.DataSetsOf(id);
  for (const DataSetPtr& set : sets) {
    if (set->state == DataSetState::Importing)
      return WrongState(fmt::format("The import of version {} is under way.", set->version));
  }
  // Versions are named by seconds, and two imports may be begun within one.
  WallTime time = clock.Wall();
  while (!sets.empty() && VersionAt(time) <= sets.front()->version) time += std::chrono::seconds(1);
  DataSet fresh;
  fresh.recommender = id;
  fresh.version = VersionAt(time);
  fresh.created = clock.Wall();
  fresh.users = known.users;
  fresh.items = known.items;
  fresh.behaviors = known.behaviors;
  // The instance is written too, so that of two imports asked for at once one is refused.
  std::string version = fresh.version;
  return store::Creation{
      .transaction = {.writes = {PutSet(std::move(fresh)), PutRecommender(*recommender)}},
      .id = std::move(version),
      .target = RecommenderTarget(id)};
}

Task<Status> RecommenderImports::Run(RecommenderId id, model::Actor actor) {
  ATELIER_CO_RETURN_IF_ERROR(
      co_await impl_->writer.Create(std::move(actor), [&] { return impl_->PlanRun(id); }));
  co_return Ok();
}

Result<Transaction> RecommenderImports::Impl::PlanAttach(const RecommenderId& id,
                                                         const std::string& version) const {
  ATELIER_TRY(const RecommenderPtr recommender, Open(id));
  ATELIER_TRY(const DataSetPtr set, FindSet(id, version));
  if (set->state != DataSetState::Ready) {
    return WrongState(fmt::format("Version {} is {}, not Ready.", version, EnumName(set->state)));
  }
  if (recommender->live == version) return Transaction();
  model::Recommender next = *recommender;
  next.live = version;
  // The data set is written too, so that it cannot be deleted meanwhile.
  return Transaction{.writes = {PutRecommender(std::move(next)), PutSet(*set)}};
}

Task<Result<DataSetPtr>> RecommenderImports::Attach(RecommenderId id, std::string version,
                                                    model::Actor actor) {
  Impl* impl = impl_.get();
  ATELIER_CO_TRY(const Transaction first, impl->PlanAttach(id, version));
  if (!first.writes.empty()) {
    const Status prepared = co_await impl->engine.Prepare(id, version);
    if (!prepared && prepared.error().code() == Code::kDataLoss) {
      co_return WrongState(fmt::format(
          "The model of version {} is damaged or gone: delete the version and run an import.",
          version));
    }
    ATELIER_CO_RETURN_IF_ERROR(prepared);
    ATELIER_FAILPOINT("recommender.attach");
    ATELIER_CO_RETURN_IF_ERROR(
        co_await impl->Commit(id, std::move(actor), [&] { return impl->PlanAttach(id, version); }));
    ATELIER_FAILPOINT("recommender.attached");
  }
  co_return impl->FindSet(id, version);
}

Result<Transaction> RecommenderImports::Impl::PlanStop(const RecommenderId& id,
                                                       const std::string& version) const {
  ATELIER_TRY(const DataSetPtr set, FindSet(id, version));
  if (set->state != DataSetState::Importing) {
    return WrongState(
        fmt::format("Version {} is {}: there is nothing to stop.", version, EnumName(set->state)));
  }
  DataSet next = *set;
  next.state = DataSetState::Stopped;
  next.message = "Stopped by request.";
  next.percent = engine.PercentOf(id, version).value_or(0);
  return Transaction{.writes = {PutSet(std::move(next))}, .ends = true};
}

Task<Result<DataSetPtr>> RecommenderImports::Stop(RecommenderId id, std::string version,
                                                  model::Actor actor) {
  Impl* impl = impl_.get();
  ATELIER_CO_RETURN_IF_ERROR(
      co_await impl->Commit(id, std::move(actor), [&] { return impl->PlanStop(id, version); }));
  co_return impl->FindSet(id, version);
}

Result<Transaction> RecommenderImports::Impl::PlanDelete(const RecommenderId& id,
                                                         const std::string& version) const {
  ATELIER_TRY(const DataSetPtr set, FindSet(id, version));
  if (set->state == DataSetState::Importing)
    return WrongState(fmt::format("Version {} is Importing: stop it first.", version));
  if (directory.Find(id)->live == version)
    return WrongState(fmt::format("Version {} is live: attach another first.", version));
  return Transaction{
      .writes = {Write::Delete(Kind::kRecommenderDataSet, model::DataSetKey(id, version),
                               directory.RevisionOfDataSet(id, version))},
      .ends = true};
}

Task<Result<DataSetPtr>> RecommenderImports::Delete(RecommenderId id, std::string version,
                                                    model::Actor actor) {
  Impl* impl = impl_.get();
  ATELIER_CO_TRY(const DataSetPtr last, impl->FindSet(id, version));
  ATELIER_CO_RETURN_IF_ERROR(
      co_await impl->Commit(id, std::move(actor), [&] { return impl->PlanDelete(id, version); }));
  co_return last;
}

}  // namespace atelier::control
