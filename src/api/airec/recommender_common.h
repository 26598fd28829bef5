#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/wire/recommender.h"
#include "directory/recommender_directory.h"

namespace atelier::api {

/// Its rows are open to every identity but for what FindRecommender says.
inline constexpr ApiVersion kAirecApi{
    .product = Product::kAirec,
    .version = "2020-11-26",
    .form = EnvelopeForm::kAirec,
    .resource_of = [](std::string_view path) -> std::string_view {
      return path.find("{instanceId}") == std::string_view::npos ? "" : "instance/{instanceId}";
    },
    .open_to_all = true};

inline constexpr Param kRecommenderId{.name = "instanceId", .in_path = true, .required = true};
inline constexpr std::array kOfRecommender = {kRecommenderId};

/// The instance of {instanceId} for an operation that tells no more than ListInstance, which is
/// open to every identity of the account (docs/contract/ram-policy.md section 4).
/// NotFound/UnknownRecommender.
Result<directory::RecommenderPtr> FindListedRecommender(const Context& context,
                                                        const std::string& id);
/// The same for every other operation: for its creator and for whom RAM allows the operation, or
/// for all (Options::share_recommenders). PermissionDenied/NoPermission.
Result<directory::RecommenderPtr> FindRecommender(const Context& context, const std::string& id);
inline Result<directory::RecommenderPtr> FindRecommender(const Context& context,
                                                         Args<kOfRecommender> args) {
  return FindRecommender(context, args.Text("instanceId"));
}

// For rows (SecondGate)

Status PassListedRecommender(const Context& context, const std::string& id);
Status PassRecommender(const Context& context, const std::string& id);

wire::RecommenderItem EncodeRecommender(const Context& context,
                                        const model::Recommender& recommender);

/// InvalidArgument/NotExistIndustry.
Result<std::optional<model::Industry>> ParseIndustry(const std::optional<std::string>& text);
/// InvalidArgument/CurrentIndustryNotSupportThisScene: no industry knows such a scene.
Result<std::optional<model::RecommenderScene>> ParseScene(const std::optional<std::string>& text);

}  // namespace atelier::api
