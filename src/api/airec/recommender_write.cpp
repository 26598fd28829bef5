// What changes a recommender.
#include <array>
#include <utility>

#include <fmt/format.h>

#include "api/airec/recommender_common.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/empty_json.h"
#include "control/airec/recommenders.h"
#include "directory/recommender_data.h"

namespace atelier::api {

namespace {

Error Named(std::string code, std::string message) {
  return {Code::kInvalidArgument, std::move(message), std::move(code)};
}

/// 0 asks for nothing.
control::QuotaChange QuotaOf(const wire::RecommenderQuotaRequest& quota) {
  const auto asked = [](std::optional<std::int64_t> first,
                        std::optional<std::int64_t> second = {}) {
    if (first.value_or(0) != 0) return first;
    return second.value_or(0) != 0 ? second : std::optional<std::int64_t>();
  };
  return {.users = asked(quota.userCount, quota.userCountPerUnit),
          .items = asked(quota.itemCount, quota.itemCountPerUnit),
          .qps = asked(quota.qps)};
}

/// The table's editions, and the sample's (docs/contract/requests.md section 6 resolution 6).
Result<model::RecommenderType> ParseType(const std::string& text) {
  if (text == "Standard") return model::RecommenderType::Algorithm_configuration;
  if (const auto type = ParseEnum<model::RecommenderType>(text)) return *type;
  return Invalid("type must be one of " + EnumNames<model::RecommenderType>() + ".");
}

Status CheckChargeType(const std::string& text) {
  if (text == "PREPAY") return Ok();
  if (text == "POSTPAY")
    return Named("InvalidPayMethod", "Instances are paid for in advance: chargeType PREPAY.");
  return Named("ChargeTypeError", "chargeType must be PREPAY.");
}

Answered<wire::RecommenderRefAnswer> CreateInstance(Context& context) {
  ATELIER_CO_TRY(auto request, FromJson<wire::CreateRecommenderRequest>(context.body));
  control::NewRecommender fresh;
  ATELIER_CO_TRY(fresh.type, ParseType(request.type));
  ATELIER_CO_RETURN_IF_ERROR(CheckChargeType(request.chargeType));
  if (!request.paymentInfo)
    co_return Named("EmptyPurchasesInfo", "paymentInfo is required: the term that is paid for.");
  ATELIER_CO_TRY(fresh.term_months, model::TermMonths(request.paymentInfo->duration,
                                                      request.paymentInfo->pricingCycle));
  fresh.auto_renew = request.paymentInfo->autoRenew.value_or(false);
  ATELIER_CO_TRY(fresh.industry, ParseIndustry(request.industry));
  ATELIER_CO_TRY(fresh.scene, ParseScene(request.scene));
  const control::QuotaChange quota = QuotaOf(request.quota);
  fresh.quota.users = quota.users.value_or(fresh.quota.users);
  fresh.quota.items = quota.items.value_or(fresh.quota.items);
  fresh.quota.qps = quota.qps.value_or(fresh.quota.qps);
  fresh.name = std::move(request.name).value_or("");
  fresh.owner = context.caller.user;
  ATELIER_CO_TRY(const auto made,
                 co_await context.airec.control.Create(std::move(fresh), context.actor()));
  co_return Answer(context, wire::RecommenderRefAnswer{.result = {.instanceId = made->id}});
}

/// InvalidArgument/UpdateInfoCanNotBeNull, /UpdateInfoContainIllegalProperties, and those of the
/// values.
Result<control::RecommenderChange> ParseChange(const std::string& body) {
  if (body.empty()) return Named("UpdateInfoCanNotBeNull", "The body must name what is to change.");
  ATELIER_TRY(const json::value value, ParseJson(body));
  if (!value.is_object()) return Invalid("The body must be a JSON object.");
  if (value.get_object().empty())
    return Named("UpdateInfoCanNotBeNull", "The body must name what is to change.");
  for (const auto& member : value.get_object()) {
    const std::string_view key(member.key().data(), member.key().size());
    if (key != "name" && key != "industry" && key != "scene" && !IsEmptyJson(member.value())) {
      return Named("UpdateInfoContainIllegalProperties",
                   "Only name, industry and scene can be changed.");
    }
  }
  ATELIER_TRY(auto request, FromJson<wire::ModifyRecommenderRequest>(body));
  control::RecommenderChange change;
  change.name = std::move(request.name);
  ATELIER_TRY(change.industry, ParseIndustry(request.industry));
  ATELIER_TRY(change.scene, ParseScene(request.scene));
  return change;
}

Answered<wire::RecommenderAnswer> ModifyInstance(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  ATELIER_CO_TRY(auto change, ParseChange(context.body));
  ATELIER_CO_TRY(const auto changed, co_await context.airec.control.Modify(
                                         recommender->id, std::move(change), context.actor()));
  co_return Answer(context,
                   wire::RecommenderAnswer{.result = EncodeRecommender(context, *changed)});
}

using Resize = Task<Status> (control::Recommenders::*)(model::RecommenderId, control::QuotaChange,
                                                       model::Actor);

/// UpgradeInstance and DowngradeInstance.
template <Resize kWish>
Answered<wire::RecommenderRefAnswer> ResizeInstance(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  ATELIER_CO_TRY(const auto request, FromJson<wire::ResizeRecommenderRequest>(context.body));
  ATELIER_CO_RETURN_IF_ERROR(co_await (context.airec.control.*kWish)(
      recommender->id, QuotaOf(request.quota), context.actor()));
  co_return Answer(context, wire::RecommenderRefAnswer{.result = {.instanceId = recommender->id}});
}

/// Tells whether RunInstance has what it needs: the industry is chosen, nothing locks the instance,
/// and there is an item to recommend.
Answered<wire::BooleanAnswer> ValidateInstance(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  const bool good = model::MayTakeData(*recommender, context.services.clock.Wall()).has_value() &&
                    context.airec.data.CountsOf(recommender->id).items > 0;
  co_return Answer(context, wire::BooleanAnswer{.result = good});
}

}  // namespace

std::span<const Operation> RecommenderWriteOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<CreateInstance>(kAirecApi, "CreateInstance", "POST", "/v2/openapi/instances",
                          "Makes a recommender, paid for in advance.",
                          BodySchema<wire::CreateRecommenderRequest>),
      Row<ModifyInstance>(kAirecApi, "ModifyInstance", "PUT", "/v2/openapi/instances/{instanceId}",
                          "Names a recommender, or chooses its industry and scene.",
                          BodySchema<wire::ModifyRecommenderRequest>)
          .Passes(&PassRecommender),
      Row<ResizeInstance<&control::Recommenders::Upgrade>>(
          kAirecApi, "UpgradeInstance", "POST",
          "/v2/openapi/instances/{instanceId}/actions/upgrade", "Lets a recommender hold more.",
          BodySchema<wire::ResizeRecommenderRequest>)
          .Passes(&PassRecommender),
      Row<ResizeInstance<&control::Recommenders::Downgrade>>(
          kAirecApi, "DowngradeInstance", "POST",
          "/v2/openapi/instances/{instanceId}/actions/downgrade", "Lets a recommender hold less.",
          BodySchema<wire::ResizeRecommenderRequest>)
          .Passes(&PassRecommender),
      Row<ValidateInstance>(kAirecApi, "ValidateInstance", "POST",
                            "/v2/openapi/instances/{instanceId}/actions/validate",
                            "Tells whether there is data that can be imported.")
          .Passes(&PassRecommender)
          .ReadOnly(),
  });
  return kRows;
}

}  // namespace atelier::api
