// Recommenders as they are: ListInstance, DescribeInstance, DescribeQuota.
#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "api/airec/recommender_common.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/clock.h"
#include "directory/recommender_data.h"
#include "directory/recommender_directory.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

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
  constexpr std::uint64_t kMax = 253'402'300'799;  // the end of the year 9999
  std::uint64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument)
    return Invalid("expiredTime must be a UNIX time in seconds.");
  if (error == std::errc::result_out_of_range) seconds = kMax;
  return WallTime(std::chrono::seconds(std::min(seconds, kMax)));
}

model::RecommenderStatus StatusOf(const model::Recommender& recommender) {
  return model::StatusOf(recommender);
}

constexpr auto kFilters = std::to_array<Filter<kListParams, model::Recommender>>({
    {"name", Part<&model::Recommender::name>},
    {"instanceId", Part<&model::Recommender::id>},
    {"status", Is<StatusOf>},
});

/// Not expired now, but then: nothing if it is not later than now.
bool ExpiresBy(const model::Recommender& recommender, WallTime limit, WallTime now) {
  const WallTime expires = model::ExpiredTime(recommender, now);
  return expires > now && expires <= limit;
}

Answered<wire::ListRecommendersAnswer> ListInstance(Context& context, Args<kListParams> args) {
  List list(context.airec.directory.All());
  list.Keep(args, kFilters);
  if (args.Has("expiredTime")) {
    ATELIER_CO_TRY(const WallTime limit, ParseUnixSeconds(args.Text("expiredTime")));
    list.KeepIf([limit, now = context.services.clock.Wall()](const model::Recommender& one) {
      return ExpiresBy(one, limit, now);
    });
  }
  list.SortBy([](const model::Recommender& one) {
    return std::pair(-one.created.time_since_epoch().count(), std::string_view(one.id.str()));
  });
  wire::ListRecommendersAnswer answer;
  list.Fill(answer, answer.result, {.number = *args.Integer("page"), .size = *args.Integer("size")},
            [&](const model::Recommender& one) { return EncodeRecommender(context, one); });
  co_return Answer(context, answer);
}

Answered<wire::DescribeRecommenderAnswer> DescribeInstance(Context& context,
                                                           Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindListedRecommender(context, args.Text("instanceId")));
  wire::DescribeRecommenderAnswer answer;
  static_cast<wire::RecommenderItem&>(answer.result) = EncodeRecommender(context, *recommender);
  if (recommender->scene) answer.result.scene = EnumName(*recommender->scene);
  co_return Answer(context, answer);
}

Answered<wire::RecommenderQuotaAnswer> DescribeQuota(Context& context, Args<kOfRecommender> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  const model::RecommenderQuota& quota = recommender->quota;
  const directory::RecommenderData& data = context.airec.data;
  const directory::RecommenderData::Counts used = data.CountsOf(recommender->id);
  co_return Answer(
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
      Row<ListInstance>(kAirecApi, "ListInstance", "GET", "/v2/openapi/instances",
                        "Lists recommenders, the newest first."),
      Row<DescribeInstance>(kAirecApi, "DescribeInstance", "GET",
                            "/v2/openapi/instances/{instanceId}", "One recommender.")
          .Passes(&PassListedRecommender),
      Row<DescribeQuota>(kAirecApi, "DescribeQuota", "GET",
                         "/v2/openapi/instances/{instanceId}/quota",
                         "What a recommender may hold, and what it holds.")
          .Passes(&PassRecommender),
  });
  return kRows;
}

}  // namespace atelier::api
