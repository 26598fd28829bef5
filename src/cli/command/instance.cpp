#include "cli/command/instance.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/format.h>

#include "cli/command/browser.h"
#include "cli/command/parts.h"
#include "cli/command/wait.h"
#include "cli/output/list_printer.h"
#include "cli/query/query.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kInstances = "/api/v2/instances";
constexpr std::size_t kClientTokenBytes = 16;
constexpr std::int64_t kSweepPageSize = 1000;  // of --all
constexpr int kMaxSweepPages = 100'000;        // bounds --all: a hundred million instances

Error Usage(std::string message) { return {Code::kInvalidArgument, std::move(message)}; }

// create
// ----------------------------------------------------------------------------------------------

/// The first CPU machine type of the catalogue.
Task<Result<std::string>> FirstSpec(Session& session) {
  ATELIER_CO_TRY(
      const json::object answer,
      co_await session.api.Send({.action = "ListEcsSpecs",
                                 .version = kDswVersion,
                                 .path = "/api/v2/ecsspecs",
                                 .query = {{"AcceleratorType", "CPU"}, {"Order", "ASC"}}}));
  const json::array& specs = Array(answer, "EcsSpecs");
  if (specs.empty()) co_return Usage("The server has no CPU machine type; name one with --spec.");
  co_return Text(AsObject(specs.front()), "InstanceType");
}

Task<Result<std::string>> FirstImage(Session& session) {
  ATELIER_CO_TRY(const json::object answer, co_await session.api.Send({.action = "ListImages",
                                                                       .version = kWorkspaceVersion,
                                                                       .path = "/api/v1/images"}));
  const json::array& images = Array(answer, "Images");
  if (images.empty()) co_return Usage("The server has no image; name one with --image.");
  co_return Text(AsObject(images.front()), "ImageId");
}

Result<json::object> EnvironmentOf(const CreateOptions& options) {
  std::vector<std::string> pairs;
  if (!options.env_file.empty()) {
    ATELIER_TRY(const std::string text, ReadFile(options.env_file));
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      const std::string_view line = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      if (!line.empty() && !line.starts_with('#')) pairs.emplace_back(line);
    }
  }
  pairs.insert(pairs.end(), options.env.begin(), options.env.end());
  return ParsePairs(pairs, "--env");
}

Result<json::object> BodyOf(const CreateOptions& options) {
  json::object body{{"InstanceName", options.name},
                    {"EcsSpec", options.spec},
                    {"ImageId", options.image},
                    {"Accessibility", options.is_public ? "PUBLIC" : "PRIVATE"}};
  if (!options.workspace.empty()) body["WorkspaceId"] = options.workspace;
  if (options.priority != 0) body["Priority"] = options.priority;
  ATELIER_TRY(json::object environment, EnvironmentOf(options));
  if (!environment.empty()) body["EnvironmentVariables"] = std::move(environment);
  ATELIER_TRY(const json::object labels, ParsePairs(options.labels, "--label"));
  json::array list;
  for (const auto& label : labels) list.push_back({{"Key", label.key()}, {"Value", label.value()}});
  if (!list.empty()) body["Labels"] = std::move(list);
  if (!options.start_script.empty()) {
    ATELIER_TRY(const std::string script, ReadFile(options.start_script));
    body["UserCommand"] = {{"OnStart", {{"Content", script}}}};
  }
  return body;
}

// list
// ------------------------------------------------------------------------------------------------

/// What is listed unless the user says otherwise. Every page: oldest first, so that instances made
/// meanwhile come on later pages and push nothing from one page to the next.
Query Defaults(const ListOptions& options) {
  return {{"WorkspaceId", "ALL"},
          {"ResourceId", "ALL"},
          {"SortBy", "GmtCreateTime"},
          {"Order", options.all ? "ASC" : "DESC"}};
}

bool Holds(const Query& query, std::string_view parameter) {
  return std::ranges::any_of(query, [&](const auto& one) { return one.first == parameter; });
}

Result<Query> QueryOf(const ListOptions& options) {
  ATELIER_TRY(const json::object labels, ParsePairs(options.labels, "--label"));
  ATELIER_TRY(const Query compiled, CompileQuery(options.query));
  Query query;
  for (const auto& [parameter, value] :
       Query{{"WorkspaceId", options.workspace},
             {"Status", options.status},
             {"InstanceName", options.name},
             {"CreateUserId", options.owner},
             {"Labels", labels.empty() ? std::string() : json::serialize(labels)}}) {
    if (!value.empty()) query.emplace_back(parameter, value);
  }
  for (const auto& [parameter, value] : compiled) {
    if (Holds(query, parameter))
      return Usage(fmt::format("--query and another option both set {}.", parameter));
    query.emplace_back(parameter, value);
  }
  for (auto& [parameter, value] : Defaults(options)) {
    if (!Holds(query, parameter)) query.emplace_back(parameter, value);
  }
  return query;
}

Task<Result<json::object>> ListPage(Session& session, Query query, std::int64_t number,
                                    std::int64_t size) {
  query.emplace_back("PageNumber", std::to_string(number));
  query.emplace_back("PageSize", std::to_string(size));
  co_return co_await session.api.Send({.action = "ListInstances",
                                       .version = kDswVersion,
                                       .path = std::string(kInstances),
                                       .query = std::move(query)});
}

Table TableOf(const json::array& instances) {
  Table table{.header = {"ID", "NAME", "STATUS", "SPEC", "OWNER", "CREATED"}, .rows = {}};
  for (const json::value& item : instances) {
    const json::object& instance = AsObject(item);
    std::string owner = Text(instance, "UserName");
    if (owner.empty()) owner = Text(instance, "UserId");
    table.rows.push_back({Text(instance, "InstanceId"), Text(instance, "InstanceName"),
                          Text(instance, "Status"), Text(instance, "EcsSpec"), std::move(owner),
                          Text(instance, "GmtCreateTime")});
  }
  return table;
}

/// Every page as one answer, printed as they arrive.
Task<Status> ListAll(Session& session, Query query) {
  ListPrinter printer(session.around.out, session.format, "Instances");
  std::int64_t printed = 0;
  for (int number = 1; number <= kMaxSweepPages; ++number) {
    ATELIER_CO_TRY(const json::object page,
                   co_await ListPage(session, query, number, kSweepPageSize));
    const json::array& instances = Array(page, "Instances");
    printer.Add(page, TableOf(instances));
    printed += static_cast<std::int64_t>(instances.size());
    if (instances.empty() || printed >= Integer(page, "TotalCount")) break;
  }
  printer.End();
  co_return Ok();
}

// start, stop, delete
// ---------------------------------------------------------------------------------

struct Change {
  std::string_view action;
  std::string_view method;
  std::string_view rest;  // of the path after the id
  Goal goal;
};

Task<Status> ChangeAll(Session& session, ChangeOptions options, Change change) {
  for (const std::string& id : options.ids) {
    ATELIER_CO_TRY(const json::object answer,
                   co_await session.api.Send({.action = change.action,
                                              .version = kDswVersion,
                                              .method = change.method,
                                              .path = PathOf(kInstances, id, change.rest)}));
    session.PrintLine(answer, id);
  }
  if (!Waits(session, options.wait)) co_return Ok();
  for (const std::string& id : options.ids) {
    ATELIER_CO_RETURN_IF_ERROR(
        co_await WaitFor(session, WatchedInstance(id), change.goal, options.wait.timeout_seconds));
  }
  co_return Ok();
}

Task<Result<json::object>> FetchInstance(Session& session, const std::string& id) {
  return session.api.Send(
      {.action = "GetInstance", .version = kDswVersion, .path = PathOf(kInstances, id)});
}

}  // namespace

Task<Status> CreateInstance(Session& session, CreateOptions options) {
  if (options.spec.empty()) {
    ATELIER_CO_TRY(options.spec, co_await FirstSpec(session));
  }
  if (options.image.empty()) {
    ATELIER_CO_TRY(options.image, co_await FirstImage(session));
  }
  ATELIER_CO_TRY(const json::object body, BodyOf(options));
  if (options.client_token.empty())
    options.client_token = session.around.random.Hex(kClientTokenBytes);
  ATELIER_CO_TRY(const json::object answer,
                 co_await session.api.Send({.action = "CreateInstance",
                                            .version = kDswVersion,
                                            .method = "POST",
                                            .path = std::string(kInstances),
                                            .query = {{"ClientToken", options.client_token}},
                                            .body = json::serialize(body)}));
  const std::string id = Text(answer, "InstanceId");
  session.PrintLine(answer, id);
  if (!Waits(session, options.wait)) co_return Ok();
  co_return co_await WaitFor(session, WatchedInstance(id), Goal::kRunning,
                             options.wait.timeout_seconds);
}

Task<Status> ListInstances(Session& session, ListOptions options) {
  ATELIER_CO_TRY(const Query query, QueryOf(options));
  if (options.all) co_return co_await ListAll(session, query);
  ATELIER_CO_TRY(const json::object answer,
                 co_await ListPage(session, query, options.page, options.page_size));
  const json::array& instances = Array(answer, "Instances");
  session.Print(answer, TableOf(instances));
  const std::int64_t total = Integer(answer, "TotalCount");
  if (static_cast<std::int64_t>(instances.size()) < total) {
    session.Note(fmt::format("{} of {} instances; see all with --all, others with --page.",
                             instances.size(), total));
  }
  co_return Ok();
}

Task<Status> GetInstance(Session& session, std::string id) {
  ATELIER_CO_TRY(const json::object instance, co_await FetchInstance(session, id));
  static constexpr auto kShown = std::to_array<std::string_view>(
      {"InstanceId", "InstanceName", "Status", "ReasonCode", "ReasonMessage", "WorkspaceId",
       "WorkspaceName", "UserName", "EcsSpec", "ImageName", "Accessibility", "GmtCreateTime",
       "GmtModifiedTime", "JupyterlabUrl"});
  Table table{.header = {"FIELD", "VALUE"}, .rows = {}};
  for (const std::string_view name : kShown) {
    if (std::string text = Text(instance, name); !text.empty()) {
      table.rows.push_back({std::string(name), std::move(text)});
    }
  }
  session.Print(instance, table);
  co_return Ok();
}

Task<Status> StartInstances(Session& session, ChangeOptions options) {
  return ChangeAll(
      session, std::move(options),
      {.action = "StartInstance", .method = "PUT", .rest = "/start", .goal = Goal::kRunning});
}

Task<Status> StopInstances(Session& session, ChangeOptions options) {
  return ChangeAll(
      session, std::move(options),
      {.action = "StopInstance", .method = "PUT", .rest = "/stop", .goal = Goal::kStopped});
}

Task<Status> DeleteInstances(Session& session, ChangeOptions options) {
  return ChangeAll(
      session, std::move(options),
      {.action = "DeleteInstance", .method = "DELETE", .rest = "", .goal = Goal::kGone});
}

Task<Status> OpenInstance(Session& session, OpenOptions options) {
  ATELIER_CO_TRY(const json::object instance, co_await FetchInstance(session, options.id));
  const std::string url = Text(instance, "JupyterlabUrl");
  if (Text(instance, "Status") != "Running" || url.empty()) {
    co_return Error(
        Code::kAborted,
        fmt::format("Instance {} is {}, not Running. Start it with: atelier instance start {}",
                    options.id, Text(instance, "Status"), options.id));
  }
  ATELIER_CO_TRY(
      const json::object answer,
      co_await session.api.Send({.action = "GetToken",
                                 .version = kDswVersion,
                                 .path = "/api/v2/tokens",
                                 .query = {{"InstanceId", options.id},
                                           {"ExpireTime", std::to_string(options.expire_seconds)},
                                           {"Type", "Access"}}}));
  const std::string link = url + "?Token=" + Text(answer, "Token");
  session.PrintLine(json::object{{"Url", link}}, link);
  if (options.browser) co_return OpenInBrowser(link);
  co_return Ok();
}

Task<Status> ShowEvents(Session& session, std::string id, int most) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await session.api.Send({.action = "GetInstanceEvents",
                                            .version = kDswVersion,
                                            .path = PathOf(kInstances, id, "/events"),
                                            .query = {{"MaxEventsNum", std::to_string(most)}}}));
  Table table{.header = {"EVENT"}, .rows = {}};
  for (const json::value& event : Array(answer, "Events")) {
    if (const json::string* line = event.if_string())
      table.rows.push_back({std::string(line->data(), line->size())});
  }
  session.Print(answer, table);
  co_return Ok();
}

namespace {

constexpr auto kMetrics = std::to_array<std::string_view>(
    {"CpuCoreUsage", "MemoryUsage", "GpuCoreUsage", "GpuMemoryUsage", "NetworkInputRate",
     "NetworkOutputRate", "DiskReadRate", "DiskWriteRate"});

std::string ShowNumber(const json::object& sample) {
  const json::value* value = sample.if_contains("Value");
  return value != nullptr && value->is_number() ? fmt::format("{:.3f}", value->to_number<double>())
                                                : std::string();
}

std::string ShowTime(const json::object& sample) {
  return FormatSeconds(WallTime(std::chrono::seconds(Integer(sample, "Time"))));
}

}  // namespace

Task<Status> ShowMetrics(Session& session, std::string id, std::string type) {
  const bool latest_of_all = type.empty();
  Table table{.header = {"METRIC", "TIME", "VALUE"}, .rows = {}};
  json::object answers;
  for (const std::string_view metric : kMetrics) {
    if (!latest_of_all && metric != type) continue;
    ATELIER_CO_TRY(json::object answer,
                   co_await session.api.Send({.action = "GetInstanceMetrics",
                                              .version = kDswVersion,
                                              .path = PathOf("/api/v2/instance", id, "/metrics"),
                                              .query = {{"MetricType", std::string(metric)}}}));
    for (const json::value& pod : Array(answer, "PodMetrics")) {
      const json::array& samples = Array(AsObject(pod), "Metrics");
      const std::size_t first = latest_of_all && !samples.empty() ? samples.size() - 1 : 0;
      for (std::size_t i = first; i < samples.size(); ++i) {
        const json::object& sample = AsObject(samples[i]);
        table.rows.push_back({std::string(metric), ShowTime(sample), ShowNumber(sample)});
      }
    }
    answers[metric] = std::move(answer);
  }
  if (answers.empty()) co_return Usage("There is no metric of this name.");
  session.Print(latest_of_all ? json::value(answers) : answers.begin()->value(), table);
  co_return Ok();
}

Task<Status> ShowLogs(Session& session, std::string id) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await session.api.Send({.action = "ListSystemLogs",
                                            .version = kDswVersion,
                                            .path = "/api/v2/systemlogs",
                                            .query = {{"InstanceId", id}, {"Order", "ASC"}}}));
  Table table{.header = {"TIME", "LEVEL", "CONTENT"}, .rows = {}};
  for (const json::value& item : Array(answer, "SystemLogs")) {
    const json::object& log = AsObject(item);
    table.rows.push_back({Text(log, "GmtCreateTime"), Text(log, "Level"), Text(log, "Content")});
  }
  session.Print(answer, table);
  co_return Ok();
}

}  // namespace atelier::cli
