#include "control/airec/recommenders.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "control/airec/recommender/errors.h"
#include "control/core/records.h"
#include "store/writer.h"

namespace atelier::control {

using directory::RecommenderPtr;
using model::RecommenderId;
using store::Kind;
using store::Transaction;
using store::Write;

namespace {

constexpr std::size_t kIdLength = 16;

Error MustModifyQuota() {
  return {Code::kInvalidArgument, "quota must change userCount, itemCount or qps.",
          "MustModifyQuota"};
}

/// The quota after `change`, each value of which must not lie on the wrong side of the present one.
Result<model::RecommenderQuota> Changed(const model::RecommenderQuota& present,
                                        const QuotaChange& change, bool up) {
  const auto wrong = [&](const std::optional<std::int64_t>& wanted, std::int64_t now) {
    return wanted && (up ? *wanted < now : *wanted > now);
  };
  if (wrong(change.users, present.users) || wrong(change.items, present.items) ||
      wrong(change.qps, present.qps)) {
    return Error(Code::kInvalidArgument, fmt::format("No value of quota may be {} the present one.",
                                                     up ? "below" : "above"));
  }
  const model::RecommenderQuota next{.users = change.users.value_or(present.users),
                                     .items = change.items.value_or(present.items),
                                     .qps = change.qps.value_or(present.qps)};
  if (next == present) return MustModifyQuota();
  ATELIER_RETURN_IF_ERROR(model::CheckQuota(next));
  return next;
}

}  // namespace

struct Recommenders::Impl {
  store::Store& store;
  const directory::RecommenderDirectory& directory;
  const directory::RecommenderData& data;
  Clock& clock;
  Random& random;
  Options options;
  store::Writer writer;

  /// Edits the present record; an error leaves everything as it is. Runs again after a lost race.
  using Edit = std::function<Status(model::Recommender&)>;

  Task<Result<RecommenderPtr>> Create(NewRecommender request, model::Actor actor);
  Task<Status> Mutate(RecommenderId id, model::Actor actor, Edit edit);
  Task<Status> Resize(RecommenderId id, QuotaChange change, bool up, model::Actor actor);
  Task<Result<RecommenderPtr>> MutateAndShow(RecommenderId id, model::Actor actor, Edit edit);
  Result<RecommenderPtr> Show(const RecommenderId& id) const {
    RecommenderPtr found = directory.Find(id);
    if (found == nullptr) return UnknownRecommender(id);  // deleted meanwhile
    return found;
  }
};

Recommenders::Recommenders(store::Store& store, const directory::RecommenderDirectory& directory,
                           const directory::RecommenderData& data, Clock& clock, Random& random,
                           Options options)
    : impl_(new Impl{.store = store,
                     .directory = directory,
                     .data = data,
                     .clock = clock,
                     .random = random,
                     .options = options,
                     .writer = store::Writer(store, clock)}) {}

Task<Result<RecommenderPtr>> Recommenders::Impl::Create(NewRecommender request,
                                                        model::Actor actor) {
  ATELIER_CO_RETURN_IF_ERROR(model::CheckRecommenderName(request.name));
  ATELIER_CO_RETURN_IF_ERROR(model::CheckQuota(request.quota));
  const auto plan = [&]() -> Result<store::Creation> {
    if (directory.size() + writer.making() > options.max_recommenders) {
      return Error(
          Code::kResourceExhausted,
          fmt::format("The limit of {} recommenders is reached.", options.max_recommenders),
          "RecommenderLimit");
    }
    model::Recommender fresh;
    fresh.id = RecommenderId("airec-cn-" + random.LowerAlnum(kIdLength));
    fresh.name = request.name;
    fresh.owner = request.owner;
    fresh.type = request.type;
    fresh.industry = request.industry;
    fresh.scene = request.scene;
    fresh.quota = request.quota;
    fresh.term_months = request.term_months;
    fresh.auto_renew = request.auto_renew;
    fresh.created = clock.Wall();
    fresh.modified = fresh.created;
    fresh.paid_until = model::AddMonths(fresh.created, request.term_months);
    std::string id = fresh.id.str();
    std::string target = RecommenderTarget(fresh.id);
    RecordDraft draft(std::move(fresh), 0, clock.Wall());
    return store::Creation{.transaction = std::move(draft).AsTransaction(),
                           .id = std::move(id),
                           .target = std::move(target)};
  };
  ATELIER_CO_TRY(std::string id, co_await writer.Create(std::move(actor), plan));
  co_return Show(RecommenderId(std::move(id)));
}

Task<Status> Recommenders::Impl::Mutate(RecommenderId id, model::Actor actor, Edit edit) {
  const auto plan = [&]() -> Result<Transaction> {
    const RecommenderPtr present = directory.Find(id);
    if (present == nullptr) return UnknownRecommender(id);
    RecordDraft draft(*present, directory.RevisionOf(id), clock.Wall());
    ATELIER_RETURN_IF_ERROR(edit(draft.Edit()));
    return std::move(draft).AsTransaction();
  };
  co_return co_await writer.Commit(std::move(actor), {RecommenderTarget(id)}, plan);
}

Task<Result<RecommenderPtr>> Recommenders::Impl::MutateAndShow(RecommenderId id, model::Actor actor,
                                                               Edit edit) {
  ATELIER_CO_RETURN_IF_ERROR(co_await Mutate(id, std::move(actor), std::move(edit)));
  co_return Show(id);
}

Task<Status> Recommenders::Impl::Resize(RecommenderId id, QuotaChange change, bool up,
                                        model::Actor actor) {
  const auto edit = [this, change, up](model::Recommender& next) -> Status {
    ATELIER_TRY(next.quota, Changed(next.quota, change, up));
    const directory::RecommenderData::Counts used = data.CountsOf(next.id);
    if (next.quota.users < used.users || next.quota.items < used.items) {
      return Error(Code::kInvalidArgument,
                   fmt::format("quota may not be below what is used: {} users and {} items.",
                               used.users, used.items));
    }
    return Ok();
  };
  return Mutate(std::move(id), std::move(actor), edit);
}

Task<Result<RecommenderPtr>> Recommenders::Create(NewRecommender request, model::Actor actor) {
  return impl_->Create(std::move(request), std::move(actor));
}

Task<Result<RecommenderPtr>> Recommenders::Modify(RecommenderId id, RecommenderChange change,
                                                  model::Actor actor) {
  return impl_->MutateAndShow(
      std::move(id), std::move(actor),
      [change = std::move(change)](model::Recommender& next) -> Status {
        if (change.name) {
          ATELIER_RETURN_IF_ERROR(model::CheckRecommenderName(*change.name));
          next.name = *change.name;
        }
        if (change.industry && next.industry && *change.industry != *next.industry) {
          return Error(Code::kInvalidArgument,
                       fmt::format("The industry of instance {} is {} for good.", next.id.str(),
                                   EnumName(*next.industry)),
                       "CanNotModifyIndustry");
        }
        if (change.industry) next.industry = change.industry;
        if (change.scene) next.scene = change.scene;
        return Ok();
      });
}

Task<Status> Recommenders::Upgrade(RecommenderId id, QuotaChange change, model::Actor actor) {
  return impl_->Resize(std::move(id), change, true, std::move(actor));
}

Task<Status> Recommenders::Downgrade(RecommenderId id, QuotaChange change, model::Actor actor) {
  return impl_->Resize(std::move(id), change, false, std::move(actor));
}

Task<Result<RecommenderPtr>> Recommenders::Extend(RecommenderId id, std::int64_t months,
                                                  model::Actor actor) {
  return impl_->MutateAndShow(std::move(id), std::move(actor),
                              [&clock = impl_->clock, months](model::Recommender& next) -> Status {
                                const WallTime now = clock.Wall();
                                next.paid_until = model::AddMonths(
                                    std::max(now, model::ExpiredTime(next, now)), months);
                                return Ok();
                              });
}

Task<Status> Recommenders::SetLock(RecommenderId id, bool locked, model::Actor actor) {
  return impl_->Mutate(std::move(id), std::move(actor), [locked](model::Recommender& next) {
    next.locked = locked;
    return Ok();
  });
}

Task<Status> Recommenders::Delete(RecommenderId id, model::Actor actor) {
  const auto plan = [&]() -> Result<Transaction> {
    if (impl_->directory.Find(id) == nullptr) return UnknownRecommender(id);
    return Transaction{
        .writes = {Write::Delete(Kind::kRecommender, id.str(), impl_->directory.RevisionOf(id))},
        .ends = true};
  };
  co_return co_await impl_->writer.Commit(std::move(actor), {RecommenderTarget(id)}, plan);
}

}  // namespace atelier::control
