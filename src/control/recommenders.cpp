#include "control/recommenders.h"

#include <algorithm>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include "base/codec.h"
#include "control/change/plan.h"
#include "control/recommender/errors.h"
#include "store/audit.h"

namespace atelier::control {

using directory::RecommenderPtr;
using model::RecommenderId;
using store::Kind;
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

  /// Edits the present record; an error leaves everything as it is. Runs again after a lost race.
  using Edit = std::function<Status(model::Recommender&)>;

  Task<Result<RecommenderPtr>> Create(NewRecommender wish, model::Actor actor);
  Task<Status> Mutate(RecommenderId id, model::Actor actor, Edit edit);
  Task<Status> Resize(RecommenderId id, QuotaChange change, bool up, model::Actor actor);
  Task<Result<RecommenderPtr>> MutateAndShow(RecommenderId id, model::Actor actor, Edit edit);
  Result<RecommenderPtr> Show(const RecommenderId& id) const {
    RecommenderPtr found = directory.Find(id);
    if (found == nullptr) return UnknownRecommender(id);  // deleted meanwhile
    return found;
  }
  Write Audit(const model::Actor& actor, const RecommenderId& id) const {
    return store::Audit(actor, "recommender/" + id.str(), clock.Wall());
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
                     .options = options}) {}

Task<Result<RecommenderPtr>> Recommenders::Impl::Create(NewRecommender wish, model::Actor actor) {
  ATELIER_CO_RETURN_IF_ERROR(model::CheckRecommenderName(wish.name));
  ATELIER_CO_RETURN_IF_ERROR(model::CheckQuota(wish.quota));
  if (directory.size() >= options.max_recommenders) {
    co_return Error(
        Code::kResourceExhausted,
        fmt::format("The limit of {} recommenders is reached.", options.max_recommenders),
        "RecommenderLimit");
  }
  model::Recommender fresh;
  fresh.id = RecommenderId("airec-cn-" + random.LowerAlnum(kIdLength));
  fresh.name = std::move(wish.name);
  fresh.owner = std::move(wish.owner);
  fresh.type = wish.type;
  fresh.industry = wish.industry;
  fresh.scene = wish.scene;
  fresh.quota = wish.quota;
  fresh.term_months = wish.term_months;
  fresh.auto_renew = wish.auto_renew;
  fresh.created = clock.Wall();
  fresh.modified = fresh.created;
  fresh.paid_until = model::AddMonths(fresh.created, wish.term_months);
  const RecommenderId id = fresh.id;
  ATELIER_CO_RETURN_IF_ERROR(co_await store.Commit(
      {Write::Put(Kind::kRecommender, id.str(), ToJson(fresh), 0), Audit(actor, id)}));
  co_return Show(id);
}

Task<Status> Recommenders::Impl::Mutate(RecommenderId id, model::Actor actor, Edit edit) {
  const auto plan = [&]() -> Result<store::Batch> {
    const RecommenderPtr present = directory.Find(id);
    if (present == nullptr) return UnknownRecommender(id);
    model::Recommender next = *present;
    ATELIER_RETURN_IF_ERROR(edit(next));
    next.modified = std::max(next.modified, clock.Wall());
    return store::Batch{
        Write::Put(Kind::kRecommender, id.str(), ToJson(next), directory.RevisionOf(id)),
        Audit(actor, id)};
  };
  co_return co_await CommitPlan(store, plan, TooManyRaces());
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

Task<Result<RecommenderPtr>> Recommenders::Create(NewRecommender wish, model::Actor actor) {
  return impl_->Create(std::move(wish), std::move(actor));
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
  if (impl_->directory.Find(id) == nullptr) co_return UnknownRecommender(id);
  const auto committed = co_await impl_->store.CommitFromReserve(
      {Write::Delete(Kind::kRecommender, id.str()), impl_->Audit(actor, id)});
  if (!committed) co_return committed.error();
  co_return Ok();
}

}  // namespace atelier::control
