#include "control/airec/recommenders.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "control/airec/recommender/errors.h"
#include "control/core/records.h"

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

Result<RecommenderPtr> Recommenders::Show(const RecommenderId& id) const {
  RecommenderPtr found = directory_.Find(id);
  if (found == nullptr) return UnknownRecommender(id);  // deleted meanwhile
  return found;
}

Task<Result<RecommenderPtr>> Recommenders::Create(NewRecommender request, model::Actor actor) {
  ATELIER_CO_RETURN_IF_ERROR(model::CheckRecommenderName(request.name));
  ATELIER_CO_RETURN_IF_ERROR(model::CheckQuota(request.quota));
  const auto plan = [&]() -> Result<store::Creation> {
    if (directory_.size() + writer_.making() > options_.max_recommenders) {
      return Error(
          Code::kResourceExhausted,
          fmt::format("The limit of {} recommenders is reached.", options_.max_recommenders),
          "RecommenderLimit");
    }
    model::Recommender fresh;
    fresh.id = RecommenderId("airec-cn-" + random_.LowerAlnum(kIdLength));
    fresh.name = request.name;
    fresh.owner = request.owner;
    fresh.type = request.type;
    fresh.industry = request.industry;
    fresh.scene = request.scene;
    fresh.quota = request.quota;
    fresh.term_months = request.term_months;
    fresh.auto_renew = request.auto_renew;
    fresh.created = clock_.Wall();
    fresh.modified = fresh.created;
    fresh.paid_until = model::AddMonths(fresh.created, request.term_months);
    std::string id = fresh.id.str();
    std::string target = RecommenderTarget(fresh.id);
    RecordDraft draft(std::move(fresh), 0, clock_.Wall());
    return store::Creation{.transaction = std::move(draft).AsTransaction(),
                           .id = std::move(id),
                           .target = std::move(target)};
  };
  ATELIER_CO_TRY(std::string id, co_await writer_.Create(std::move(actor), plan));
  co_return Show(RecommenderId(std::move(id)));
}

Task<Status> Recommenders::Mutate(RecommenderId id, model::Actor actor, Edit edit) {
  const auto plan = [&]() -> Result<Transaction> {
    const RecommenderPtr present = directory_.Find(id);
    if (present == nullptr) return UnknownRecommender(id);
    RecordDraft draft(*present, directory_.RevisionOf(id), clock_.Wall());
    ATELIER_RETURN_IF_ERROR(edit(draft.Edit()));
    return std::move(draft).AsTransaction();
  };
  co_return co_await writer_.Commit(std::move(actor), {RecommenderTarget(id)}, plan);
}

Task<Result<RecommenderPtr>> Recommenders::MutateAndShow(RecommenderId id, model::Actor actor,
                                                         Edit edit) {
  ATELIER_CO_RETURN_IF_ERROR(co_await Mutate(id, std::move(actor), std::move(edit)));
  co_return Show(id);
}

Task<Status> Recommenders::Resize(RecommenderId id, QuotaChange change, bool up,
                                  model::Actor actor) {
  const auto edit = [this, change, up](model::Recommender& next) -> Status {
    ATELIER_TRY(next.quota, Changed(next.quota, change, up));
    const directory::RecommenderData::Counts used = data_.CountsOf(next.id);
    if (next.quota.users < used.users || next.quota.items < used.items) {
      return Error(Code::kInvalidArgument,
                   fmt::format("quota may not be below what is used: {} users and {} items.",
                               used.users, used.items));
    }
    return Ok();
  };
  return Mutate(std::move(id), std::move(actor), edit);
}

Task<Result<RecommenderPtr>> Recommenders::Modify(RecommenderId id, RecommenderChange change,
                                                  model::Actor actor) {
  return MutateAndShow(
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
  return Resize(std::move(id), change, true, std::move(actor));
}

Task<Status> Recommenders::Downgrade(RecommenderId id, QuotaChange change, model::Actor actor) {
  return Resize(std::move(id), change, false, std::move(actor));
}

Task<Result<RecommenderPtr>> Recommenders::Extend(RecommenderId id, std::int64_t months,
                                                  model::Actor actor) {
  return MutateAndShow(std::move(id), std::move(actor),
                       [&clock = clock_, months](model::Recommender& next) -> Status {
                         const WallTime now = clock.Wall();
                         next.paid_until =
                             model::AddMonths(std::max(now, model::ExpiredTime(next, now)), months);
                         return Ok();
                       });
}

Task<Status> Recommenders::SetLock(RecommenderId id, bool locked, model::Actor actor) {
  return Mutate(std::move(id), std::move(actor), [locked](model::Recommender& next) {
    next.locked = locked;
    return Ok();
  });
}

Task<Status> Recommenders::Delete(RecommenderId id, model::Actor actor) {
  const auto plan = [&]() -> Result<Transaction> {
    if (directory_.Find(id) == nullptr) return UnknownRecommender(id);
    return Transaction{
        .writes = {Write::Delete(Kind::kRecommender, id.str(), directory_.RevisionOf(id))},
        .ends = true};
  };
  co_return co_await writer_.Commit(std::move(actor), {RecommenderTarget(id)}, plan);
}

}  // namespace atelier::control
