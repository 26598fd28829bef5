#include "cli/command/service.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "cli/command/args.h"
#include "cli/command/names.h"
#include "cli/command/warning.h"
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
  const std::string name = Text(answer, "ServiceName");
  const std::string region = Text(answer, "Region");
  context.PrintLine(answer, name);
  co_await NoteWarningsOfService(context, region, name);
  co_return co_await WaitToRun(context, region, name, wait);
}

struct ConfigChange {
  std::string name;
  std::string config;
  bool replace = false;
};

Task<Status> SendUpdate(CommandContext& context, ConfigChange change, WaitOptions wait) {
  ATELIER_CO_TRY(const std::string region, co_await RegionOfService(context, change.name));
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send({.action = "UpdateService",
                                 .version = kEasVersion,
                                 .method = "PUT",
                                 .path = ServicePath(region, change.name),
                                 .query = {{"UpdateType", change.replace ? "replace" : ""}},
                                 .body = std::move(change.config)}));
  context.PrintLine(answer, change.name);
  NoteWarnings(context, answer);
  co_return co_await WaitToRun(context, region, change.name, wait);
}

/// Puts the value at "a.b": as JSON where it is some, else as text.
void SetMember(json::object& object, std::string_view path, std::string_view text) {
  const std::size_t dot = path.find('.');
  if (dot != std::string_view::npos) {
    json::value& inner = object[path.substr(0, dot)];
    if (!inner.is_object()) inner.emplace_object();
    SetMember(inner.get_object(), path.substr(dot + 1), text);
    return;
  }
  auto value = ParseJson(text);
  object[path] = value ? *std::move(value) : json::value(text);
}

/// --set names members of objects: "a.b".
Status CheckMember(std::string_view path) {
  if (path.find('[') != std::string_view::npos) {
    return Error(Code::kInvalidArgument,
                 fmt::format("--set {}: a list is set as a whole, as in --set "
                             "'containers=[{{\"image\": \"x\"}}]', or with --file.",
                             path));
  }
  for (const std::string_view step : Split(path, '.')) {
    if (step.empty()) {
      return Error(Code::kInvalidArgument,
                   fmt::format("--set {}: each step between the dots must be a name.", path));
    }
  }
  return Ok();
}

/// As the server finds it.
std::string NameIn(const json::value& config) {
  const std::string name = Text(AsObject(config), "name");
  return !name.empty() ? name : Text(Object(AsObject(config), "metadata"), "name");
}

}  // namespace

Task<Status> CreateService(CommandContext& context, ServiceFileOptions options) {
  ATELIER_CO_TRY(JsonFile file, ReadJson(options.file));
  co_return co_await SendCreate(context, std::move(file.text), options.wait);
}

Task<Status> UpdateService(CommandContext& context, ServiceFileOptions options) {
  if (options.file.empty() && options.set.empty())
    co_return Error(Code::kInvalidArgument, "Give --file, or --set, or both.");
  json::object config;
  if (!options.file.empty()) {
    ATELIER_CO_TRY(const JsonFile file, ReadJson(options.file));
    if (!file.value.is_object())
      co_return Error(Code::kInvalidArgument, options.file + ": it must be a JSON object.");
    config = file.value.get_object();
  }
  ATELIER_CO_TRY(const json::object members, ParsePairs(options.set, "--set"));
  for (const auto& member : members) {
    ATELIER_CO_RETURN_IF_ERROR(CheckMember(member.key()));
    SetMember(config, member.key(), Text(members, member.key()));
  }
  co_return co_await SendUpdate(
      context,
      {.name = options.name, .config = json::serialize(config), .replace = options.replace},
      options.wait);
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
  co_return co_await SendUpdate(
      context, {.name = name, .config = std::move(file.text), .replace = true}, options.wait);
}

Task<Status> RollBackService(CommandContext& context, RollBackOptions options) {
  ATELIER_CO_TRY(const json::object service,
                 co_await Ask(context, options.name, "DescribeService", ""));
  const std::int64_t version =
      options.version != 0 ? options.version : Integer(service, "CurrentVersion") - 1;
  const std::string region = Text(service, "Region");
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

Task<Status> ListServices(CommandContext& context, ListServicesOptions options) {
  ATELIER_CO_TRY(const json::object labels, ParsePairs(options.labels, "--label"));
  ATELIER_CO_TRY(options.workspace, co_await WorkspaceIdOf(context, options.workspace));
  ATELIER_CO_TRY(options.owner, co_await UserIdOf(context, options.owner));
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send({.action = "ListServices",
                                 .version = kEasVersion,
                                 .path = std::string(kServices),
                                 .query = {{"Filter", options.name},
                                           {"ServiceStatus", options.status},
                                           {"WorkspaceId", options.workspace},
                                           {"CallerUid", options.owner},
                                           {"GroupName", options.group},
                                           {"Label", labels.empty() ? "" : json::serialize(labels)},
                                           {"PageSize", std::string(kMaxOfAPage)}}}));
  static constexpr auto kColumns =
      std::to_array<Column>({{"NAME", "ServiceName"},
                             {"STATUS", "Status"},
                             {"READY", "RunningInstance/TotalInstance"},
                             {"VERSION", "CurrentVersion"},
                             {"REASON", "Reason"},
                             {"UPDATED", "UpdateTime"}});
  const Table table = ListTable(kColumns, Array(answer, "Services"));
  context.Print(answer, table);
  const auto shown = static_cast<std::int64_t>(table.rows.size());
  if (shown < Integer(answer, "TotalCount"))
    context.Note(fmt::format("{} of {} services.", shown, Integer(answer, "TotalCount")));
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
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "ListServiceInstances",
                                            .version = kEasVersion,
                                            .path = of.path + "/instances",
                                            .query = {{"InstanceName", of.instance},
                                                      {"PageSize", std::string(kMaxOfAPage)}}}));
  for (const json::value& item : Array(answer, "Instances")) {
    LogStream stream{.name = Text(AsObject(item), "InstanceName"), .lines = {}};
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
  std::string token = Text(service, "AccessToken");
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
