// What an operator does to recommenders though the AIRec API has no such operations. RAM decides:
// atelier:DeleteRecommender and so on.
#include <array>
#include <utility>

#include "api/airec/recommender_common.h"
#include "api/schema.h"
#include "control/airec/recommenders.h"
#include "directory/recommender_data.h"

namespace atelier::api {

namespace {

Answered<NoFields> DeleteRecommender(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  co_return Done(context, co_await context.airec.control.Delete(recommender->id, context.actor()));
}

Answered<wire::GetRecommenderUseAnswer> GetRecommenderUse(Context& context,
                                                          Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  auto counts = context.airec.data.CountsOf(recommender->id);
  wire::RecommenderUse use{.behaviors = counts.behaviors,
                           .items = counts.items,
                           .recommended = counts.recommended,
                           .traced = std::move(counts.traced),
                           .users = counts.users,
                           .versions = {}};
  for (const auto& [version, counted] : counts.versions) {
    use.versions[version] = {.recommended = counted.recommended, .traced = counted.traced};
  }
  co_return Answer(context, wire::GetRecommenderUseAnswer{.result = std::move(use)});
}

Answered<wire::RecommenderAnswer> ExtendRecommender(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  ATELIER_CO_TRY(const auto request, FromJson<wire::ExtendRecommenderRequest>(context.body));
  ATELIER_CO_TRY(const std::int64_t months,
                 model::TermMonths(request.duration, request.pricingCycle));
  ATELIER_CO_TRY(const auto extended,
                 co_await context.airec.control.Extend(recommender->id, months, context.actor()));
  co_return Answer(context,
                   wire::RecommenderAnswer{.result = EncodeRecommender(context, *extended)});
}

Answered<NoFields> LockRecommender(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  ATELIER_CO_TRY(const auto request, FromJson<wire::LockRecommenderRequest>(context.body));
  co_return Done(context, co_await context.airec.control.SetLock(recommender->id, request.locked,
                                                                 context.actor()));
}

}  // namespace

std::span<const Operation> RecommenderOperatorOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<DeleteRecommender>(kAtelierApi, "DeleteRecommender", "DELETE",
                             "/atelier/v1/recommenders/{instanceId}",
                             "Deletes a recommender and all it holds.")
          .Passes(&PassRecommender),
      Row<GetRecommenderUse>(kAtelierApi, "GetRecommenderUse", "GET",
                             "/atelier/v1/recommenders/{instanceId}/use",
                             "What a recommender holds, and what came of its recommendations.")
          .Passes(&PassRecommender),
      Row<ExtendRecommender>(kAtelierApi, "ExtendRecommender", "POST",
                             "/atelier/v1/recommenders/{instanceId}/extend",
                             "Extends the term of a recommender, also of an expired one.",
                             BodySchema<wire::ExtendRecommenderRequest>)
          .Passes(&PassRecommender),
      Row<LockRecommender>(kAtelierApi, "LockRecommender", "PUT",
                           "/atelier/v1/recommenders/{instanceId}/lock",
                           "Locks a recommender by hand, or lifts that lock.",
                           BodySchema<wire::LockRecommenderRequest>)
          .Passes(&PassRecommender),
  });
  return kRows;
}

}  // namespace atelier::api
