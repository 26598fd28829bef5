#include "cli/command/service.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "cli/client/pages.h"
#include "cli/command/args.h"
#include "cli/command/names.h"
#include "cli/command/subject.h"
#include "cli/command/warning.h"
#include "cli/query/query.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kServices = "/api/v2/services";
constexpr std::string_view kMaxOfAPage = "1000";
constexpr int kMaxPages = 1000;

/// "/api/v2/services/<region>/<name><rest>".
std::string ServicePath(std::string_view region, std::string_view name,
                        std::string_view rest = {}) {
  return PathOf(PathOf(kServices, region), name, rest);
}

/// One call about a service, wherever it is.
Task<Result<json::object>> Ask(CommandContext& context, std::string name, std::string_view action,
                               std::string_view rest, Query query = {}) {
  ATELIER_CO_TRY(const std::string region, co_await RegionOfService(context, name));
  co_return co_await context.api.Send({.action = action,
                                       .version = kEasVersion,
                                       .path = ServicePath(region, name, rest),
                                       .query = std::move(query)});
}

Task<Status> WaitToRun(CommandContext& context, std::string region, std::string name,
                       WaitOptions wait) {
  if (!Waits(context, wait)) co_return Ok();
  co_return co_await WaitFor(context, WatchedService(region, name), Goal::kRunning,
                             wait.timeout_seconds);
}

// create, update, apply, rollback
// -----------------------------------------------------------------------------------------

Task<Status> SendCreate(CommandContext& context, std::string config, WaitOptions wait) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "CreateService",
                                            .version = kEasVersion,
                                            .method = "POST",
                                            .path = std::string(kServices),
                                            .body = std::move(config)}));
  const std::string name = TextOf(answer, "ServiceName");
  const std::string region = TextOf(answer, "Region");
  context.PrintLine(answer, name);
  co_await NoteWarningsOfService(context, region, name);
  co_return co_await WaitToRun(context, region, name, wait);
}

/// To exactly this configuration.
Task<Status> SendReplace(CommandContext& context, std::string name, std::string region,
                         std::string config, WaitOptions wait) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "UpdateService",
                                            .version = kEasVersion,
                                            .method = "PUT",
                                            .path = ServicePath(region, name),
                                            .query = {{"UpdateType", "replace"}},
                                            .body = std::move(config)}));
  context.PrintLine(answer, name);
  NoteWarnings(context, answer);
  co_return co_await WaitToRun(context, region, name, wait);
}

/// As the server finds it.
std::string NameIn(const json::value& config) {
  const std::string name = TextOf(AsObject(config), "name");
  return !name.empty() ? name : TextOf(Object(AsObject(config), "metadata"), "name");
}

}  // namespace

Task<Status> CreateService(CommandContext& context, ServiceFileOptions options) {
  ATELIER_CO_TRY(JsonFile file, ReadJson(options.file));
  co_return co_await SendCreate(context, std::move(file.text), options.wait);
}

Task<Status> ApplyService(CommandContext& context, ServiceFileOptions options) {
  ATELIER_CO_TRY(JsonFile file, ReadJson(options.file));
  const std::string name = NameIn(file.value);
  if (name.empty())
    co_return Error(Code::kInvalidArgument, options.file + ": it does not name the service.");
  const auto region = co_await RegionOfService(context, name);
  if (!region && region.error().code() == Code::kNotFound)
    co_return co_await SendCreate(context, std::move(file.text), options.wait);
  if (!region) co_return region.error();
  co_return co_await SendReplace(context, name, *region, std::move(file.text), options.wait);
}

Task<Status> RollBackService(CommandContext& context, RollBackOptions options) {
  ATELIER_CO_TRY(const json::object service,
                 co_await Ask(context, options.name, "DescribeService", ""));
  const std::int64_t version =
      options.version != 0 ? options.version : Integer(service, "CurrentVersion") - 1;
  const std::string region = TextOf(service, "Region");
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send({.action = "UpdateServiceVersion",
                                 .version = kEasVersion,
                                 .method = "PUT",
                                 .path = ServicePath(region, options.name, "/version"),
                                 .body = json::serialize(json::object{{"Version", version}})}));
  context.PrintLine(answer, options.name);
  co_return co_await WaitToRun(context, region, options.name, options.wait);
}

namespace {

ListCall ServiceList(Query query) {
  return {.call = {.action = "ListServices",
                   .version = kEasVersion,
                   .path = std::string(kServices),
                   .query = std::move(query)},
          .list = kServiceSubject.list};
}

Table ServiceTable(const json::array& services) {
  static constexpr auto kColumns =
      std::to_array<Column>({{"NAME", "ServiceName"},
                             {"STATUS", "Status"},
                             {"READY", "RunningInstance/TotalInstance"},
                             {"VERSION", "CurrentVersion"},
                             {"REASON", "Reason"},
                             {"UPDATED", "UpdateTime"}});
  return ListTable(kColumns, services);
}

/// Sorted by what does not change, so that no service moves from one page to another meanwhile.
Task<Result<json::array>> FindServices(CommandContext& context, std::string text) {
  ATELIER_CO_TRY(Query query, CompileQuery(text, Finds::kServices));
  ATELIER_CO_RETURN_IF_ERROR(co_await ResolveNames(context, query));
  query.emplace_back("Sort", "ServiceName");
  query.emplace_back("Order", "asc");
  ATELIER_CO_TRY(const json::object answer,
                 co_await WholeList(context.api, ServiceList(std::move(query))));
  co_return Array(answer, kServiceSubject.list);
}

Task<Result<json::object>> DescribeService(CommandContext& context, std::string name) {
  return Ask(context, std::move(name), "DescribeService", "");
}

}  // namespace

constinit const Subject kServiceSubject{.noun = "service",
                                        .list = "Services",
                                        .id = "ServiceName",
                                        .state = "Status",
                                        .table = &ServiceTable,
                                        .find = &FindServices,
                                        .look = &DescribeService};

Task<Status> ListServices(CommandContext& context, ListServicesOptions options) {
  ATELIER_CO_TRY(const json::object labels, ParsePairs(options.labels, "--label"));
  ATELIER_CO_TRY(const Query compiled, CompileQuery(options.query, Finds::kServices));
  ATELIER_CO_TRY(Query query,
                 JoinQueries({{"Filter", options.name},
                              {"ServiceStatus", options.status},
                              {"WorkspaceId", options.workspace},
                              {"CallerUid", options.owner},
                              {"GroupName", options.group},
                              {"Label", labels.empty() ? "" : json::serialize(labels)}},
                             compiled));
  ATELIER_CO_RETURN_IF_ERROR(co_await ResolveNames(context, query));
  ATELIER_CO_TRY(const json::object answer,
                 co_await WholeList(context.api, ServiceList(std::move(query))));
  context.Print(answer, ServiceTable(Array(answer, kServiceSubject.list)));
  co_return Ok();
}

Task<Status> GetService(CommandContext& context, std::string name) {
  ATELIER_CO_TRY(const json::object service,
                 co_await Ask(context, std::move(name), "DescribeService", ""));
  context.Print(service,
                RecordTable({"ServiceName", "ServiceId", "Status", "Reason", "Message",
                             "WorkspaceId", "CallerUid", "Image", "SafetyLock", "CreateTime",
                             "UpdateTime", "InternetEndpoint", "AccessToken", "ServiceConfig"},
                            service));
  co_return Ok();
}

namespace {

struct LogsOf {
  std::string path;  // of the service
  std::string instance;
  std::string since;
  bool previous = false;
};

/// Every page.
Task<Result<std::vector<std::string>>> FetchLines(CommandContext& context, LogsOf of) {
  std::vector<std::string> lines;
  for (int page = 1; page <= kMaxPages; ++page) {
    ATELIER_CO_TRY(const json::object answer,
                   co_await context.api.Send({.action = "DescribeServiceLog",
                                              .version = kEasVersion,
                                              .path = of.path + "/logs",
                                              .query = {{"InstanceName", of.instance},
                                                        {"Previous", of.previous ? "true" : ""},
                                                        {"StartTime", of.since},
                                                        {"PageNum", std::to_string(page)},
                                                        {"PageSize", std::string(kMaxOfAPage)}}}));
    for (const json::value& line : Array(answer, "Logs")) {
      if (const json::string* text = line.if_string())
        lines.emplace_back(text->data(), text->size());
    }
    if (page >= Integer(answer, "TotalPageNum")) break;
  }
  co_return lines;
}

/// The present instances change while a log is followed.
Task<Result<std::vector<LogStream>>> FetchStreams(CommandContext& context, LogsOf of) {
  std::vector<LogStream> streams;
  ATELIER_CO_TRY(
      const json::object answer,
      co_await WholeList(context.api, {.call = {.action = "ListServiceInstances",
                                                .version = kEasVersion,
                                                .path = of.path + "/instances",
                                                .query = {{"InstanceName", of.instance}}},
                                       .list = "Instances"}));
  for (const json::value& item : Array(answer, "Instances")) {
    LogStream stream{.name = TextOf(AsObject(item), "InstanceName"), .lines = {}};
    LogsOf one = of;
    one.instance = stream.name;
    ATELIER_CO_TRY(stream.lines, co_await FetchLines(context, std::move(one)));
    streams.push_back(std::move(stream));
  }
  co_return streams;
}

}  // namespace

Task<Status> ShowServiceLogs(CommandContext& context, LogsOptions options) {
  ATELIER_CO_TRY(const std::string region, co_await RegionOfService(context, options.name));
  ATELIER_CO_TRY(const std::string since, SinceTime(context, options.since));
  const LogsOf of{.path = ServicePath(region, options.name),
                  .instance = options.instance,
                  .since = since,
                  .previous = options.previous};
  if (options.follow) {
    co_return co_await FollowLogs(
        context, [&context, of] { return FetchStreams(context, of); }, options.tail);
  }
  ATELIER_CO_TRY(std::vector<std::string> lines, co_await FetchLines(context, of));
  lines = LastLines(std::move(lines), options.tail);
  if (!context.ForPeople()) {
    context.Print(json::object{{"Logs", json::array(lines.begin(), lines.end())}}, {});
    co_return Ok();
  }
  for (const std::string& line : lines) context.PrintLine({}, line);
  co_return Ok();
}

namespace {

Task<Result<std::string>> TokenOf(CommandContext& context, std::string name) {
  ATELIER_CO_TRY(const json::object service, co_await Ask(context, name, "DescribeService", ""));
  std::string token = TextOf(service, "AccessToken");
  if (token.empty()) {
    co_return Error(Code::kPermissionDenied,
                    "Only the owner of a service, and those who may change it, see its token. Ask "
                    "one of them.");
  }
  co_return token;
}

}  // namespace

Task<Status> ShowServiceToken(CommandContext& context, std::string name) {
  ATELIER_CO_TRY(const std::string token, co_await TokenOf(context, std::move(name)));
  context.PrintLine(json::object{{"AccessToken", token}}, token);
  co_return Ok();
}

Task<Status> CallService(CommandContext& context, CallServiceOptions options) {
  ATELIER_CO_TRY(const std::string token, co_await TokenOf(context, options.name));
  std::string body = options.data;
  if (body.starts_with('@')) {
    ATELIER_CO_TRY(body, ReadFile(body.substr(1)));
  }
  if (!options.path.starts_with('/')) options.path.insert(0, "/");
  ATELIER_CO_TRY(const std::string answer,
                 co_await context.api.Forward(options.data.empty() ? "GET" : "POST",
                                              PathOf("/api/predict", options.name, options.path),
                                              token, std::move(body)));
  context.env.out << answer;
  if (!answer.ends_with('\n')) context.env.out << '\n';
  co_return Ok();
}

}  // namespace atelier::cli
