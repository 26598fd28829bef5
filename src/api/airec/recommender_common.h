#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "api/envelope.h"
#include "api/operation.h"
#include "api/wire/recommender.h"
#include "directory/recommender_directory.h"

namespace atelier::api {

inline constexpr std::string_view kAirecVersion = "2020-11-26";

inline constexpr Param kRecommenderId{.name = "instanceId", .in_path = true, .required = true};

/// The instance of {instanceId}. Every identity of the account may use every one
/// (contract/ram-policy.md section 4). NotFound/UnknownRecommender.
Result<directory::RecommenderPtr> FindRecommender(const Context& context);

wire::RecommenderItem EncodeRecommender(const Context& context,
                                        const model::Recommender& recommender);

/// InvalidArgument/NotExistIndustry.
Result<std::optional<model::Industry>> ParseIndustry(const std::optional<std::string>& text);
/// InvalidArgument/CurrentIndustryNotSupportThisScene: no industry knows such a scene.
Result<std::optional<model::RecommenderScene>> ParseScene(const std::optional<std::string>& text);

/// {requestId, code, message, result}.
template <codec::Described T>
std::string AirecAnswer(const Context& context, const T& fields) {
  return Answer(context, fields, EnvelopeForm::kAirec);
}

}  // namespace atelier::api
