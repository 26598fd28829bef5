#include "control/recommender_imports.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "base/failpoint.h"
#include "control/change/plan.h"
#include "control/recommender/errors.h"
#include "control/recommender/push.h"
#include "store/audit.h"

namespace atelier::control {

using directory::DataSetPtr;
using directory::RecommenderPtr;
using model::DataSet;
using model::DataSetState;
using model::RecommenderId;
using store::Kind;
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

  /// CommitPlan with the audit record.
  Task<Status> Commit(RecommenderId id, model::Actor actor, Plan plan);
  Result<store::Batch> PlanRun(const RecommenderId& id) const;
  Result<store::Batch> PlanAttach(const RecommenderId& id, const std::string& version) const;
  Result<store::Batch> PlanStop(const RecommenderId& id, const std::string& version) const;
  Result<store::Batch> PlanDelete(const RecommenderId& id, const std::string& version) const;

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
  /// Of a data set that may have changed meanwhile.
  Write PutSet(DataSet set) const {
    const model::Revision present = directory.RevisionOfDataSet(set.recommender, set.version);
    set.modified = clock.Wall();
    return Write::Put(Kind::kRecommenderDataSet, model::DataSetKey(set.recommender, set.version),
                      ToJson(set), present);
  }
  Write PutRecommender(model::Recommender recommender) const {
    const model::Revision present = directory.RevisionOf(recommender.id);
    recommender.modified = std::max(recommender.modified, clock.Wall());
    return Write::Put(Kind::kRecommender, recommender.id.str(), ToJson(recommender), present);
  }
};

RecommenderImports::RecommenderImports(store::Store& store,
                                       const directory::RecommenderDirectory& directory,
                                       const directory::RecommenderData& data,
                                       RecommenderEngine& engine, Clock& clock)
    : impl_(new Impl{
          .store = store, .directory = directory, .data = data, .engine = engine, .clock = clock}) {
}

Task<Status> RecommenderImports::Impl::Commit(RecommenderId id, model::Actor actor, Plan plan) {
  const auto with_audit = [&]() -> Result<store::Batch> {
    ATELIER_TRY(store::Batch batch, plan());
    if (!batch.empty())
      batch.push_back(store::Audit(actor, "recommender/" + id.str(), clock.Wall()));
    return batch;
  };
  co_return co_await CommitPlan(store, with_audit, TooManyRaces());
}

Task<Status> RecommenderImports::Push(RecommenderId id, model::DocumentTable table,
                                      std::vector<model::Document> documents, model::Actor actor) {
  Impl& impl = *impl_;
  // Not CommitPlan: this plan asks the store, and the first round is the hopeful one.
  for (int round = 0; round < kMostRounds; ++round) {
    ATELIER_CO_TRY(const RecommenderPtr recommender, impl.Open(id));
    PushPlan plan(impl.store, impl.data, *recommender, table, impl.clock.Wall(), round == 0);
    ATELIER_CO_TRY(store::Batch batch, co_await plan.Make(documents));
    if (batch.empty()) co_return Ok();
    batch.push_back(store::Audit(actor, fmt::format("recommender/{}/{}", id.str(), EnumName(table)),
                                 impl.clock.Wall()));
    ATELIER_FAILPOINT("recommender.push");
    const auto committed = co_await impl.store.Commit(std::move(batch));
    ATELIER_FAILPOINT("recommender.pushed");
    if (committed) co_return Ok();
    if (committed.error().code() != Code::kAborted) co_return committed.error();
  }
  co_return TooManyRaces();
}

Result<store::Batch> RecommenderImports::Impl::PlanRun(const RecommenderId& id) const {
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
  return store::Batch{PutSet(std::move(fresh)), PutRecommender(*recommender)};
}

Task<Status> RecommenderImports::Run(RecommenderId id, model::Actor actor) {
  Impl* impl = impl_.get();
  const auto plan = [impl, id] { return impl->PlanRun(id); };
  return impl->Commit(std::move(id), std::move(actor), plan);
}

Result<store::Batch> RecommenderImports::Impl::PlanAttach(const RecommenderId& id,
                                                          const std::string& version) const {
  ATELIER_TRY(const RecommenderPtr recommender, Open(id));
  ATELIER_TRY(const DataSetPtr set, FindSet(id, version));
  if (set->state != DataSetState::Ready) {
    return WrongState(fmt::format("Version {} is {}, not Ready.", version, EnumName(set->state)));
  }
  if (recommender->live == version) return store::Batch();
  model::Recommender next = *recommender;
  next.live = version;
  // The data set is written too, so that it cannot be deleted meanwhile.
  return store::Batch{PutRecommender(std::move(next)), PutSet(*set)};
}

Task<Result<DataSetPtr>> RecommenderImports::Attach(RecommenderId id, std::string version,
                                                    model::Actor actor) {
  Impl* impl = impl_.get();
  ATELIER_CO_TRY(const store::Batch first, impl->PlanAttach(id, version));
  if (!first.empty()) {
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

Result<store::Batch> RecommenderImports::Impl::PlanStop(const RecommenderId& id,
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
  return store::Batch{PutSet(std::move(next))};
}

Task<Result<DataSetPtr>> RecommenderImports::Stop(RecommenderId id, std::string version,
                                                  model::Actor actor) {
  Impl* impl = impl_.get();
  ATELIER_CO_RETURN_IF_ERROR(
      co_await impl->Commit(id, std::move(actor), [&] { return impl->PlanStop(id, version); }));
  co_return impl->FindSet(id, version);
}

Result<store::Batch> RecommenderImports::Impl::PlanDelete(const RecommenderId& id,
                                                          const std::string& version) const {
  ATELIER_TRY(const DataSetPtr set, FindSet(id, version));
  if (set->state == DataSetState::Importing)
    return WrongState(fmt::format("Version {} is Importing: stop it first.", version));
  if (directory.Find(id)->live == version)
    return WrongState(fmt::format("Version {} is live: attach another first.", version));
  return store::Batch{Write::Delete(Kind::kRecommenderDataSet, model::DataSetKey(id, version),
                                    directory.RevisionOfDataSet(id, version))};
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
