// Recommenders as they are: ListInstance, DescribeInstance, DescribeQuota.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "api/airec/recommender_common.h"
#include "api/schema.h"
#include "api/text.h"
#include "directory/recommender_query.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr std::array kOfRecommender = {kRecommenderId};
constexpr auto kListParams = std::to_array<Param>({
    {.name = "page", .type = Type::kInteger, .min = 1, .max = INT32_MAX, .standard = 1},
    {.name = "size", .type = Type::kInteger, .min = 1, .max = 50, .standard = 10},
    {.name = "status", .type = Type::kEnum, .values = "Initializing,Ready,Running"},
    {.name = "name", .doc = "Part of the name, whatever its case."},
    {.name = "expiredTime",
     .pattern = "^[0-9]+$",
     .doc = "UNIX seconds, later than now: instances that expire from now until then."},
    {.name = "instanceId", .doc = "Part of the id, whatever its case."},
});

/// UNIX seconds as decimal text; a time that no clock shows is as good as the last one it does.
Result<WallTime> ParseUnixSeconds(const std::string& text) {
  constexpr std::uint64_t kMost = 253'402'300'799;  // the end of the year 9999
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return Invalid("expiredTime must be a UNIX time in seconds.");
  if (error == std::errc::result_out_of_range) seconds = kMost;
  return WallTime(std::chrono::seconds(std::min(seconds, kMost)));
}

Task<Result<std::string>> ListInstance(Context& context) {
  const Args& args = context.args;
  directory::RecommenderQuery query;
  query.name = args.Text("name");
  query.id = args.Text("instanceId");
  query.status = args.Enum<model::RecommenderStatus>("status");
  query.page = static_cast<std::uint64_t>(*args.Integer("page"));
  query.size = static_cast<std::uint64_t>(*args.Integer("size"));
  if (args.Has("expiredTime")) {
    ATELIER_CO_TRY(query.expires_by, ParseUnixSeconds(args.Text("expiredTime")));
  }
  const auto found = directory::ListRecommenders(context.services.recommenders, query,
                                                 context.services.clock.Wall());
  wire::ListRecommendersAnswer answer;
  answer.result.reserve(found.size());
  for (const auto& recommender : found)
    answer.result.push_back(EncodeRecommender(context, *recommender));
  co_return AirecAnswer(context, answer);
}

Task<Result<std::string>> DescribeInstance(Context& context) {
  ATELIER_CO_TRY(const auto recommender, FindListedRecommender(context));
  wire::DescribeRecommenderAnswer answer;
  static_cast<wire::RecommenderItem&>(answer.result) = EncodeRecommender(context, *recommender);
  if (recommender->scene) answer.result.scene = EnumName(*recommender->scene);
  co_return AirecAnswer(context, answer);
}

Task<Result<std::string>> DescribeQuota(Context& context) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context));
  const model::RecommenderQuota& quota = recommender->quota;
  const control::RecommenderData& data = context.services.recommender_data;
  const control::RecommenderData::Counts used = data.CountsOf(recommender->id);
  co_return AirecAnswer(
      context,
      wire::RecommenderQuotaAnswer{
          .result = {.currentQps = data.QpsOf(recommender->id, context.services.real_clock.Mono()),
                     .itemCount = quota.items,
                     .itemCountUsed = used.items,
                     .qps = quota.qps,
                     .userCount = quota.users,
                     .userCountUsed = used.users}});
}

}  // namespace

std::span<const Operation> RecommenderReadOperations() {
  static const auto kRows = std::to_array<Operation>({
      AirecRow("ListInstance", "GET", "/v2/openapi/instances", kListParams, ListInstance,
               AnswerSchema<wire::ListRecommendersAnswer, EnvelopeForm::kAirec>,
               "Lists recommenders, the newest first."),
      AirecRow("DescribeInstance", "GET", "/v2/openapi/instances/{instanceId}", kOfRecommender,
               DescribeInstance,
               AnswerSchema<wire::DescribeRecommenderAnswer, EnvelopeForm::kAirec>,
               "One recommender."),
      AirecRow("DescribeQuota", "GET", "/v2/openapi/instances/{instanceId}/quota", kOfRecommender,
               DescribeQuota, AnswerSchema<wire::RecommenderQuotaAnswer, EnvelopeForm::kAirec>,
               "What a recommender may hold, and what it holds."),
  });
  return kRows;
}

}  // namespace atelier::api
