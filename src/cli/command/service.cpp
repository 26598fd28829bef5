#include "cli/command/service.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "cli/command/parts.h"
#include "cli/command/wait.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kServices = "/api/v2/services";
constexpr std::string_view kMostOfAPage = "1000";

/// The region that the service's paths begin with.
Task<Result<std::string>> RegionOf(Session& session, std::string name) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await session.api.Send({.action = "ListServices",
                                            .version = kEasVersion,
                                            .path = std::string(kServices),
                                            .query = {{"ServiceName", name}}}));
  const json::array& services = Array(answer, "Services");
  if (services.empty()) {
    co_return Error(Code::kNotFound, fmt::format("There is no service named {}.", name),
                    "InvalidService.NotFound");
  }
  co_return Text(AsObject(services.front()), "Region");
}

/// "/api/v2/services/<region>/<name><rest>".
std::string ServicePath(std::string_view region, std::string_view name,
                        std::string_view rest = {}) {
  return PathOf(PathOf(kServices, region), name, rest);
}

/// One call about a service, wherever it is.
Task<Result<json::object>> Ask(Session& session, std::string name, std::string_view action,
                               std::string_view rest, Query query = {}) {
  ATELIER_CO_TRY(const std::string region, co_await RegionOf(session, name));
  co_return co_await session.api.Send({.action = action,
                                       .version = kEasVersion,
                                       .path = ServicePath(region, name, rest),
                                       .query = std::move(query)});
}

}  // namespace

Task<Status> CreateService(Session& session, CreateServiceOptions options) {
  ATELIER_CO_TRY(std::string config, ReadFile(options.file));
  ATELIER_CO_TRY(const json::object answer,
                 co_await session.api.Send({.action = "CreateService",
                                            .version = kEasVersion,
                                            .method = "POST",
                                            .path = std::string(kServices),
                                            .body = std::move(config)}));
  const std::string name = Text(answer, "ServiceName");
  session.PrintLine(answer, name);
  if (!Waits(session, options.wait)) co_return Ok();
  co_return co_await WaitFor(session, WatchedService(Text(answer, "Region"), name), Goal::kRunning,
                             options.wait.timeout_seconds);
}

Task<Status> ListServices(Session& session, ListServicesOptions options) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await session.api.Send({.action = "ListServices",
                                            .version = kEasVersion,
                                            .path = std::string(kServices),
                                            .query = {{"Filter", options.name},
                                                      {"ServiceStatus", options.status},
                                                      {"PageSize", std::string(kMostOfAPage)}}}));
  Table table{.header = {"NAME", "STATUS", "READY", "VERSION", "REASON", "UPDATED"}, .rows = {}};
  for (const json::value& item : Array(answer, "Services")) {
    const json::object& service = AsObject(item);
    table.rows.push_back({Text(service, "ServiceName"), Text(service, "Status"),
                          fmt::format("{}/{}", Integer(service, "RunningInstance"),
                                      Integer(service, "TotalInstance")),
                          std::to_string(Integer(service, "CurrentVersion")),
                          Text(service, "Reason"), Text(service, "UpdateTime")});
  }
  session.Print(answer, table);
  const auto shown = static_cast<std::int64_t>(table.rows.size());
  if (shown < Integer(answer, "TotalCount"))
    session.Note(fmt::format("{} of {} services.", shown, Integer(answer, "TotalCount")));
  co_return Ok();
}

Task<Status> GetService(Session& session, std::string name) {
  ATELIER_CO_TRY(const json::object service,
                 co_await Ask(session, std::move(name), "DescribeService", ""));
  static constexpr auto kShown = std::to_array<std::string_view>(
      {"ServiceName", "ServiceId", "Status", "Reason", "Message", "WorkspaceId", "CallerUid",
       "Image", "SafetyLock", "CreateTime", "UpdateTime", "InternetEndpoint", "AccessToken",
       "ServiceConfig"});
  Table table{.header = {"FIELD", "VALUE"}, .rows = {}};
  for (const std::string_view field : kShown) {
    if (std::string text = Text(service, field); !text.empty())
      table.rows.push_back({std::string(field), std::move(text)});
  }
  session.Print(service, table);
  co_return Ok();
}

Task<Status> ScaleService(Session& session, ScaleServiceOptions options) {
  ATELIER_CO_TRY(const std::string region, co_await RegionOf(session, options.name));
  ATELIER_CO_TRY(const json::object answer,
                 co_await session.api.Send(
                     {.action = "ScaleService",
                      .version = kEasVersion,
                      .method = "PUT",
                      .path = ServicePath(region, options.name, "/scale"),
                      .body = json::serialize(json::object{{"Instance", options.instances}})}));
  session.PrintLine(answer, options.name);
  if (!Waits(session, options.wait)) co_return Ok();
  co_return co_await WaitFor(session, WatchedService(region, options.name), Goal::kRunning,
                             options.wait.timeout_seconds);
}

Task<Status> DeleteServices(Session& session, DeleteServicesOptions options) {
  for (const std::string& name : options.names) {
    ATELIER_CO_TRY(const std::string region, co_await RegionOf(session, name));
    ATELIER_CO_TRY(const json::object answer,
                   co_await session.api.Send({.action = "DeleteService",
                                              .version = kEasVersion,
                                              .method = "DELETE",
                                              .path = ServicePath(region, name)}));
    session.PrintLine(answer, name);
    if (!Waits(session, options.wait)) continue;
    ATELIER_CO_RETURN_IF_ERROR(co_await WaitFor(session, WatchedService(region, name), Goal::kGone,
                                                options.wait.timeout_seconds));
  }
  co_return Ok();
}

Task<Status> ListServiceInstances(Session& session, std::string name) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await Ask(session, std::move(name), "ListServiceInstances", "/instances",
                              {{"PageSize", std::string(kMostOfAPage)}}));
  Table table{.header = {"NAME", "STATUS", "READY", "RESTARTS", "REASON", "STARTED"}, .rows = {}};
  for (const json::value& item : Array(answer, "Instances")) {
    const json::object& instance = AsObject(item);
    table.rows.push_back({Text(instance, "InstanceName"), Text(instance, "Status"),
                          fmt::format("{}/{}", Integer(instance, "ReadyProcesses"),
                                      Integer(instance, "TotalProcesses")),
                          std::to_string(Integer(instance, "RestartCount")),
                          Text(instance, "Reason"), Text(instance, "StartTime")});
  }
  session.Print(answer, table);
  co_return Ok();
}

Task<Status> ShowServiceEvents(Session& session, std::string name) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await Ask(session, std::move(name), "DescribeServiceEvent", "/events",
                              {{"PageSize", std::string(kMostOfAPage)}}));
  Table table{.header = {"TIME", "TYPE", "REASON", "MESSAGE"}, .rows = {}};
  for (const json::value& item : Array(answer, "Events")) {
    const json::object& event = AsObject(item);
    table.rows.push_back(
        {Text(event, "Time"), Text(event, "Type"), Text(event, "Reason"), Text(event, "Message")});
  }
  session.Print(answer, table);
  co_return Ok();
}

Task<Status> ShowServiceLogs(Session& session, ServiceLogsOptions options) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await Ask(session, options.name, "DescribeServiceLog", "/logs",
                              {{"InstanceName", options.instance},
                               {"Previous", options.previous ? "true" : ""},
                               {"PageSize", std::string(kMostOfAPage)}}));
  if (session.format != Format::table) {
    session.Print(answer, {});
    co_return Ok();
  }
  for (const json::value& item : Array(answer, "Logs")) {
    if (const json::string* line = item.if_string())
      session.PrintLine({}, std::string(line->data(), line->size()));
  }
  co_return Ok();
}

Task<Status> CallService(Session& session, CallServiceOptions options) {
  ATELIER_CO_TRY(const json::object service,
                 co_await Ask(session, options.name, "DescribeService", ""));
  if (Text(service, "AccessToken").empty()) {
    co_return Error(Code::kPermissionDenied,
                    "The token of a service is for its owner and for who may change it. Ask them.");
  }
  std::string body = options.data;
  if (body.starts_with('@')) {
    ATELIER_CO_TRY(body, ReadFile(body.substr(1)));
  }
  if (!options.path.starts_with('/')) options.path.insert(0, "/");
  ATELIER_CO_TRY(const std::string answer,
                 co_await session.api.Forward(options.data.empty() ? "GET" : "POST",
                                              PathOf("/api/predict", options.name, options.path),
                                              Text(service, "AccessToken"), std::move(body)));
  session.around.out << answer;
  if (!answer.ends_with('\n')) session.around.out << '\n';
  co_return Ok();
}

}  // namespace atelier::cli
