// Recommend: docs/contract/lifecycle.md section 12, and the AIRec help, "Obtain recommendation
// results".
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "api/airec/recommender_common.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "directory/recommender_data.h"
#include "model/recommender_use.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr std::int64_t kMaxText = 8192;
constexpr auto kParams = std::to_array<Param>({
    kRecommenderId,
    {.name = "returnCount", .type = Type::kInteger, .required = true, .min = 0, .max = 50},
    {.name = "userId", .max = 128, .doc = "This or imei is required."},
    {.name = "imei", .max = 128},
    {.name = "sceneId", .doc = "Only items that name it as their scene_id."},
    {.name = "recType",
     .type = Type::kEnum,
     .values = "gul,rr,hot",
     .doc = "Default: the scene of the instance."},
    {.name = "items", .type = Type::kList, .max = kMaxText, .doc = "itemId:itemType, for rr."},
    {.name = "filter", .max = kMaxText, .doc = "Base64 of a JSON filter, with - _ . for + / =."},
    {.name = "rankOpen", .type = Type::kBoolean, .standard = 1},
    // Taken for the clients that send them; nothing here depends on them.
    {.name = "ip"},
    {.name = "serviceType"},
    {.name = "strategy", .doc = "Without slots for items there is no fixedSlot."},
    {.name = "userInfo", .max = kMaxText},
});

Result<model::ItemFilter> ParseFilter(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c == '.' ? '=' : c;
  const auto decoded = FromBase64(text, StrayBits::kIgnored);
  if (!decoded) return Invalid("filter must be base64, with - _ . in the place of + / =.");
  ATELIER_TRY(const json::value value, ParseJson(*decoded));
  return model::ItemFilter::Parse(value);
}

recommender::Kind DefaultKind(const model::Recommender& recommender, bool has_items) {
  using model::RecommenderScene;
  if (recommender.scene == RecommenderScene::hot) return recommender::Kind::kPopular;
  if (recommender.scene == RecommenderScene::rr && has_items) return recommender::Kind::kRelated;
  return recommender::Kind::kPersonal;
}

Result<directory::RecommendQuery> ParseQuery(const Context& context, Args<kParams> args,
                                             const model::Recommender& recommender) {
  directory::RecommendQuery query;
  query.user = args.Has("userId") ? args.Text("userId") : args.Text("imei");
  if (query.user.empty()) return Invalid("userId or imei is required.");
  if (args.Text("strategy") == "fixedSlot") {
    return Error(Code::kUnimplemented,
                 "strategy: slots for items are not supported by this server yet.");
  }
  query.items = args.List("items");
  const std::string& type = args.Text("recType");
  query.kind = DefaultKind(recommender, !query.items.empty());
  if (type == "gul") query.kind = recommender::Kind::kPersonal;
  if (type == "rr") query.kind = recommender::Kind::kRelated;
  if (type == "hot") query.kind = recommender::Kind::kPopular;
  if (query.kind == recommender::Kind::kRelated && query.items.empty())
    return Invalid("items is required with recType rr.");
  // The same for everybody, what was shown included.
  if (type == "hot" && !args.Boolean("rankOpen")) query.user.clear();
  query.count = static_cast<std::size_t>(*args.Integer("returnCount"));
  query.scene = args.Text("sceneId");
  if (args.Has("filter")) {
    ATELIER_TRY(query.filter, ParseFilter(args.Text("filter")));
  }
  query.now = context.services.clock.Wall();
  return query;
}

/// "<matchInfo>;<item that spoke for it>;<when it was taken, UNIX seconds>;<reason>;"
std::string MessageOf(const recommender::Pick& pick) {
  const auto reason = recommender::ToString(pick.reason);
  return fmt::format(
      "{};{};{};{};", reason, pick.because,
      std::chrono::floor<std::chrono::seconds>(pick.because_at).time_since_epoch().count(), reason);
}

wire::RecommendAnswer Encode(const Context& context, const directory::Recommendation& found) {
  wire::RecommendAnswer answer;
  answer.result.reserve(found.items.size());
  std::int64_t position = 0;
  for (const directory::Recommended& item : found.items) {
    const std::string& key = item.pick.item;
    const std::size_t colon = std::min(key.rfind(':'), key.size());
    answer.result.push_back(
        {.flowWeight = {0},  // there are no flow controls
         .itemId = key.substr(0, colon),
         .itemType = colon < key.size() ? key.substr(colon + 1) : std::string(),
         .matchInfo = recommender::ToString(item.pick.reason),
         .message = MessageOf(item.pick),
         .position = position,
         .traceId = model::kTraceId,
         .traceInfo = model::TraceInfoOf(found.version, context.request_id, position),
         .weight = {item.weight}});
    ++position;
  }
  return answer;
}

Answered<wire::RecommendAnswer> Recommend(Context& context, Args<kParams> args) {
  ATELIER_CO_TRY(const auto recommender, FindRecommender(context, args));
  ATELIER_CO_TRY(auto query, ParseQuery(context, args, *recommender));
  ATELIER_CO_RETURN_IF_ERROR(model::Unlocked(*recommender, context.services.clock.Wall()));
  if (model::StatusOf(*recommender) != model::RecommenderStatus::Running) {
    co_return Error(Code::kFailedPrecondition,
                    fmt::format("Instance {} is {}: no import has been finished yet.",
                                recommender->id.str(), EnumName(model::StatusOf(*recommender))),
                    "WrongState");
  }
  directory::RecommenderData& data = context.airec.data;
  data.NoteQuery(recommender->id, context.services.real_clock.Mono());
  ATELIER_CO_TRY(const auto found, co_await data.Recommend(recommender->id, std::move(query)));
  co_return Answer(context, Encode(context, found));
}

}  // namespace

std::span<const Operation> RecommendOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<Recommend>(kAirecApi, "Recommend", "GET",
                     "/v2/openapi/instances/{instanceId}/actions/recommend",
                     "Recommends items to a user, best first.")
          .Passes(&PassRecommender),
  });
  return kRows;
}

}  // namespace atelier::api
