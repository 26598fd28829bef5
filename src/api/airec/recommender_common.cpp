#include "api/airec/recommender_common.h"

#include <fmt/format.h>

#include "base/clock.h"
#include "directory/recommender_directory.h"

namespace atelier::api {

Result<directory::RecommenderPtr> FindListedRecommender(const Context& context,
                                                        const std::string& id) {
  directory::RecommenderPtr found = context.airec.directory.Find(id);
  if (found != nullptr) return found;
  return Error(Code::kNotFound, fmt::format("Instance {} does not exist.", id),
               "UnknownRecommender");
}

Result<directory::RecommenderPtr> FindRecommender(const Context& context, const std::string& id) {
  ATELIER_TRY(auto recommender, FindListedRecommender(context, id));
  if (!context.options.share_recommenders && recommender->owner != context.caller.user) {
    ATELIER_RETURN_IF_ERROR(context.gate.AskForAllow());
  }
  return recommender;
}

Status PassListedRecommender(const Context& context, const std::string& id) {
  ATELIER_RETURN_IF_ERROR(FindListedRecommender(context, id));
  return Ok();
}

Status PassRecommender(const Context& context, const std::string& id) {
  ATELIER_RETURN_IF_ERROR(FindRecommender(context, id));
  return Ok();
}

wire::RecommenderItem EncodeRecommender(const Context& context,
                                        const model::Recommender& recommender) {
  const WallTime now = context.services.clock.Wall();
  return {.chargeType = "PREPAY",       // no other is accepted
          .commodityCode = "airecpre",  // what the documents call a prepaid one
          .dataSetVersion = recommender.live,
          .expiredTime = FormatMillis(model::ExpiredTime(recommender, now)),
          .gmtCreate = FormatMillis(recommender.created),
          .gmtModified = FormatMillis(recommender.modified),
          .industry = recommender.industry ? EnumName(*recommender.industry) : std::string_view(),
          .instanceId = recommender.id,
          .lockMode = EnumName(model::LockModeOf(recommender, now)),
          .name = recommender.name,
          .regionId = context.options.region,
          .status = EnumName(model::StatusOf(recommender)),
          .type = EnumName(recommender.type)};
}

Result<std::optional<model::Industry>> ParseIndustry(const std::optional<std::string>& text) {
  if (text.value_or("").empty()) return std::optional<model::Industry>();
  const auto industry = ParseEnum<model::Industry>(*text);
  if (industry) return industry;
  return Error(Code::kInvalidArgument,
               "industry must be one of " + EnumNames<model::Industry>() + ".", "NotExistIndustry");
}

Result<std::optional<model::RecommenderScene>> ParseScene(const std::optional<std::string>& text) {
  if (text.value_or("").empty()) return std::optional<model::RecommenderScene>();
  const auto scene = ParseEnum<model::RecommenderScene>(*text);
  if (scene) return scene;
  return Error(Code::kInvalidArgument,
               "scene must be one of " + EnumNames<model::RecommenderScene>() + ".",
               "CurrentIndustryNotSupportThisScene");
}

}  // namespace atelier::api
