#include "cli/command/recommender.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/client/pages.h"
#include "cli/command/args.h"
#include "cli/command/names.h"
#include "cli/command/subject.h"
#include "cli/command/wait.h"
#include "cli/query/query.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kInstances = "/v2/openapi/instances";
constexpr std::string_view kOperator = "/atelier/v1/recommenders";
constexpr std::size_t kMaxDocuments = 800;    // of one push
constexpr std::size_t kMaxBytes = 1'000'000;  // of its body, a little below the server's limit
constexpr std::size_t kMaxFileMib = 1024;

/// A call of the API; `path` is what follows the id.
Call Airec(std::string_view action, std::string_view method, std::string path) {
  return {.action = action, .version = kAirecVersion, .method = method, .path = std::move(path)};
}

/// The documents of a file: a JSON array, or one object a line.
Result<std::vector<json::value>> ReadDocuments(const std::string& text, const std::string& file) {
  if (Trim(text, kWhitespace).starts_with('[')) {
    const auto value = ParseJson(text);
    if (!value) {
      return Error(Code::kInvalidArgument, fmt::format("{}: {}", file, value.error().message()));
    }
    const json::array& array = value->get_array();
    return std::vector<json::value>(array.begin(), array.end());
  }
  std::vector<json::value> documents;
  std::size_t line = 0;
  for (const std::string_view part : Lines(text)) {
    ++line;
    if (Trim(part, kWhitespace).empty()) continue;
    auto value = ParseJson(part);
    if (!value) {
      return Error(Code::kInvalidArgument,
                   fmt::format("{}, line {}: {}", file, line, value.error().message()));
    }
    documents.push_back(*std::move(value));
  }
  return documents;
}

/// As PushDocument takes it: what is no document is the fields of one to add.
std::string DocumentText(json::value document) {
  const json::object& object = AsObject(document);
  if (object.contains("fields")) return json::serialize(document);
  return json::serialize(json::object{{"cmd", "add"}, {"fields", std::move(document)}});
}

}  // namespace

Task<Status> CreateRecommender(CommandContext& context, CreateRecommenderOptions options) {
  json::object body{{"type", "Algorithm_configuration"},
                    {"chargeType", "PREPAY"},
                    {"quota", json::object{}},
                    {"paymentInfo", json::object{{"duration", options.months},
                                                 {"pricingCycle", "Month"},
                                                 {"autoRenew", options.auto_renew}}},
                    {"industry", options.industry},
                    {"name", options.name}};
  if (!options.scene.empty()) body["scene"] = options.scene;
  Call call = Airec("CreateInstance", "POST", std::string(kInstances));
  call.body = json::serialize(body);
  ATELIER_CO_TRY(const json::object answer, co_await context.api.Send(std::move(call)));
  context.PrintLine(answer, TextOf(Object(answer, "result"), "instanceId"));
  co_return Ok();
}

namespace {

ListCall RecommenderList(Query query) {
  Call call = Airec("ListInstance", "GET", std::string(kInstances));
  call.query = std::move(query);
  return {.call = std::move(call), .list = kRecommenderSubject.list, .pages = kAirecPages};
}

Table RecommenderTable(const json::array& recommenders) {
  static constexpr auto kColumns = std::to_array<Column>({{"ID", "instanceId"},
                                                          {"NAME", "name"},
                                                          {"STATUS", "status"},
                                                          {"LOCK", "lockMode"},
                                                          {"INDUSTRY", "industry"},
                                                          {"VERSION", "dataSetVersion"},
                                                          {"EXPIRES", "expiredTime"}});
  return ListTable(kColumns, recommenders);
}

Task<Result<json::array>> FindRecommenders(CommandContext& context, std::string text) {
  ATELIER_CO_TRY(Query query, CompileQuery(text, Finds::kRecommenders));
  ATELIER_CO_TRY(const json::object answer,
                 co_await WholeList(context.api, RecommenderList(std::move(query))));
  co_return Array(answer, kRecommenderSubject.list);
}

Task<Result<json::object>> DescribeRecommender(CommandContext& context, std::string id) {
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send(Airec("DescribeInstance", "GET", PathOf(kInstances, id))));
  co_return Object(answer, "result");
}

}  // namespace

constinit const Subject kRecommenderSubject{.noun = "recommender",
                                            .list = "result",
                                            .id = "instanceId",
                                            .state = "status",
                                            .table = &RecommenderTable,
                                            .find = &FindRecommenders,
                                            .look = &DescribeRecommender};

Task<Status> ListRecommenders(CommandContext& context, ListRecommendersOptions options) {
  ATELIER_CO_TRY(const Query compiled, CompileQuery(options.query, Finds::kRecommenders));
  ATELIER_CO_TRY(Query query,
                 JoinQueries({{"name", options.name}, {"status", options.status}}, compiled));
  ATELIER_CO_TRY(const json::object answer,
                 co_await WholeList(context.api, RecommenderList(std::move(query))));
  context.Print(answer, RecommenderTable(Array(answer, kRecommenderSubject.list)));
  co_return Ok();
}

Task<Status> GetRecommender(CommandContext& context, std::string id) {
  ATELIER_CO_TRY(id, co_await RecommenderIdOf(context, id));
  ATELIER_CO_TRY(json::object answer, co_await context.api.Send(Airec("DescribeInstance", "GET",
                                                                      PathOf(kInstances, id))));
  ATELIER_CO_TRY(
      const json::object sets,
      co_await context.api.Send(Airec("ListDataSet", "GET", PathOf(kInstances, id, "/dataSets"))));
  ATELIER_CO_TRY(
      const json::object quota,
      co_await context.api.Send(Airec("DescribeQuota", "GET", PathOf(kInstances, id, "/quota"))));
  // Every identity may see the instance, and not every one how it is used.
  const auto used = co_await context.api.Send(
      {.action = "GetRecommenderUse", .method = "GET", .path = PathOf(kOperator, id, "/use")});
  if (!used && used.error().code() != Code::kPermissionDenied) co_return used.error();
  const json::object& instance = Object(answer, "result");
  const json::object& use = Object(quota, "result");
  Table table = RecordTable({"instanceId", "name", "status", "lockMode", "industry", "scene",
                             "type", "dataSetVersion", "gmtCreate", "gmtModified", "expiredTime"},
                            instance);
  table.rows.push_back(
      {"users", fmt::format("{} of {}", Integer(use, "userCountUsed"), Integer(use, "userCount"))});
  table.rows.push_back(
      {"items", fmt::format("{} of {}", Integer(use, "itemCountUsed"), Integer(use, "itemCount"))});
  const json::object counted = used ? Object(*used, "result") : json::object();
  for (const json::value& item : Array(sets, "result")) {
    const json::object& set = AsObject(item);
    std::string text = TextOf(set, "versionId") + " " + TextOf(set, "state");
    const json::object& of_version = Object(Object(counted, "versions"), TextOf(set, "versionId"));
    if (!of_version.empty()) {
      text += fmt::format(", {} recommended, {} came back", Integer(of_version, "recommended"),
                          Integer(of_version, "traced"));
    }
    table.rows.push_back({"version", std::move(text)});
  }
  answer["dataSets"] = Array(sets, "result");
  answer["quota"] = use;
  if (used) answer["use"] = counted;
  context.Print(answer, table);
  co_return Ok();
}

Task<Status> ExtendRecommender(CommandContext& context, ExtendRecommenderOptions options) {
  ATELIER_CO_TRY(options.id, co_await RecommenderIdOf(context, options.id));
  const json::object body{{"duration", options.months}, {"pricingCycle", "Month"}};
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "ExtendRecommender",
                                            .method = "POST",
                                            .path = PathOf(kOperator, options.id, "/extend"),
                                            .body = json::serialize(body)}));
  context.PrintLine(answer, TextOf(Object(answer, "result"), "expiredTime"));
  co_return Ok();
}

Task<Status> PushDocuments(CommandContext& context, PushOptions options) {
  ATELIER_CO_TRY(const std::string text, ReadText(options.file, kMaxFileMib));
  ATELIER_CO_TRY(std::vector<json::value> documents, ReadDocuments(text, options.file));
  ATELIER_CO_TRY(options.id, co_await RecommenderIdOf(context, options.id));
  std::size_t pushed = 0;
  while (pushed < documents.size()) {
    std::string body = "[";
    std::size_t count = 0;
    while (count < kMaxDocuments && pushed + count < documents.size()) {
      const std::string document = DocumentText(documents[pushed + count]);
      if (count > 0 && body.size() + document.size() + 2 > kMaxBytes) break;
      body += (count > 0 ? "," : "") + document;
      ++count;
    }
    Call call = Airec(
        "PushDocument", "POST",
        PathOf(kInstances, options.id, fmt::format("/tables/{}/actions/bulk", options.table)));
    call.body = body + "]";
    const auto answer = co_await context.api.Send(std::move(call));
    if (!answer) {
      context.Note(
          fmt::format("{} of {} documents were pushed before this:", pushed, documents.size()));
      co_return answer.error();
    }
    pushed += count;
  }
  context.PrintLine(json::object{{"pushed", pushed}}, fmt::format("{} documents", pushed));
  co_return Ok();
}

Task<Status> ImportDocuments(CommandContext& context, ImportOptions options) {
  ATELIER_CO_TRY(options.id, co_await RecommenderIdOf(context, options.id));
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send(Airec(
                     "RunInstance", "POST", PathOf(kInstances, options.id, "/actions/import"))));
  context.PrintLine(answer, options.id);
  if (!Waits(context, options.wait)) co_return Ok();
  Clock& clock = context.env.clock;
  const Deadline by = clock.In(std::chrono::seconds(options.wait.timeout_seconds));
  for (;;) {
    ATELIER_CO_TRY(const json::object sets,
                   co_await context.api.Send(
                       Airec("ListDataSet", "GET", PathOf(kInstances, options.id, "/dataSets"))));
    const json::array& all = Array(sets, "result");
    if (all.empty()) co_return Error(Code::kAborted, "The import was deleted meanwhile.");
    const json::object& newest = AsObject(all.front());
    const std::string state = TextOf(newest, "state");
    const std::string version = TextOf(newest, "versionId");
    if (state != "Importing") context.Note(fmt::format("{}: {}", version, state));
    if (state == "Ready") co_return Ok();
    if (state != "Importing")
      co_return Error(Code::kAborted, fmt::format("The import {} is {}.", version, state));
    if (clock.Mono() >= by) {
      co_return Error(Code::kAborted, fmt::format("The import {} is not over after {} s.", version,
                                                  options.wait.timeout_seconds));
    }
    co_await clock.Sleep(context.env.poll_every);
  }
}

Task<Status> Recommend(CommandContext& context, RecommendOptions options) {
  ATELIER_CO_TRY(options.id, co_await RecommenderIdOf(context, options.id));
  Call call = Airec("Recommend", "GET", PathOf(kInstances, options.id, "/actions/recommend"));
  call.query = {{"userId", options.user},
                {"returnCount", std::to_string(options.count)},
                {"recType", options.type},
                {"items", options.items},
                {"sceneId", options.scene}};
  ATELIER_CO_TRY(const json::object answer, co_await context.api.Send(std::move(call)));
  static constexpr auto kColumns = std::to_array<Column>({{"POSITION", "position"},
                                                          {"ITEM", "itemId"},
                                                          {"TYPE", "itemType"},
                                                          {"BECAUSE", "matchInfo"}});
  context.Print(answer, ListTable(kColumns, Array(answer, "result")));
  co_return Ok();
}

}  // namespace atelier::cli
