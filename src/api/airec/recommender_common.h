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

inline constexpr std::string_view kAirecVersion = "2020-11-26";

inline constexpr Param kRecommenderId{.name = "instanceId", .in_path = true, .required = true};
inline constexpr std::array kOfRecommender = {kRecommenderId};

/// A row of the catalogue, open to every identity but for what FindRecommender says; what is no GET
/// changes something.
constexpr Operation AirecRow(std::string_view name, std::string_view method, std::string_view path,
                             Handler handler, SchemaFn answer, std::string_view doc,
                             SchemaFn body = nullptr) {
  return {.product = Product::kAirec,
          .name = name,
          .version = kAirecVersion,
          .method = method,
          .path = path,
          .handler = handler,
          .resource =
              path.find("{instanceId}") == std::string_view::npos ? "" : "instance/{instanceId}",
          .open_to_all = true,
          .mutates = method != "GET",
          .body = body,
          .answer = answer,
          .doc = doc};
}

/// The instance of {instanceId} for an operation that tells no more than ListInstance, which is
/// open to every identity of the account (docs/contract/ram-policy.md section 4).
/// NotFound/UnknownRecommender.
Result<directory::RecommenderPtr> FindListedRecommender(const Context& context,
                                                        Args<kOfRecommender> args);
/// The same for every other operation: for its creator and for whom RAM allows the operation, or
/// for all (Options::share_recommenders). PermissionDenied/NoPermission.
Result<directory::RecommenderPtr> FindRecommender(const Context& context,
                                                  Args<kOfRecommender> args);

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
