#include "cli/command/instance.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "cli/client/pages.h"
#include "cli/command/args.h"
#include "cli/command/browser.h"
#include "cli/command/names.h"
#include "cli/command/subject.h"
#include "cli/command/wait.h"
#include "cli/output/list_printer.h"
#include "cli/query/query.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kInstances = "/api/v2/instances";
constexpr std::size_t kClientTokenBytes = 16;

Error Usage(std::string message) { return {Code::kInvalidArgument, std::move(message)}; }

// create
// ----------------------------------------------------------------------------------------------

/// The first CPU machine type of the catalogue.
Task<Result<std::string>> FirstSpec(CommandContext& context) {
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send({.action = "ListEcsSpecs",
                                 .version = kDswVersion,
                                 .path = "/api/v2/ecsspecs",
                                 .query = {{"AcceleratorType", "CPU"}, {"Order", "ASC"}}}));
  const json::array& specs = Array(answer, "EcsSpecs");
  if (specs.empty()) co_return Usage("The server has no CPU machine type; name one with --spec.");
  co_return TextOf(AsObject(specs.front()), "InstanceType");
}

Task<Result<std::string>> FirstImage(CommandContext& context) {
  ATELIER_CO_TRY(const json::object answer, co_await context.api.Send({.action = "ListImages",
                                                                       .version = kWorkspaceVersion,
                                                                       .path = "/api/v1/images"}));
  const json::array& images = Array(answer, "Images");
  if (images.empty()) co_return Usage("The server has no image; name one with --image.");
  co_return TextOf(AsObject(images.front()), "ImageId");
}

Result<json::object> EnvironmentOf(const CreateOptions& options) {
  json::object environment;
  if (!options.env_file.empty()) {
    ATELIER_TRY(environment, ReadPairs(options.env_file));
  }
  ATELIER_TRY(const json::object more, ParsePairs(options.env, "--env"));
  for (const auto& pair : more) environment[pair.key()] = pair.value();
  return environment;
}

/// All but what the server has to be asked for.
Result<json::object> BodyOf(const CreateOptions& options) {
  json::object body{{"InstanceName", options.name},
                    {"EcsSpec", options.spec},
                    {"Accessibility", options.is_public ? "PUBLIC" : "PRIVATE"}};
  if (options.priority != 0) body["Priority"] = options.priority;
  ATELIER_TRY(json::object environment, EnvironmentOf(options));
  if (!environment.empty()) body["EnvironmentVariables"] = std::move(environment);
  ATELIER_TRY(const json::object labels, ParsePairs(options.labels, "--label"));
  if (!labels.empty()) body["Labels"] = LabelList(labels);
  if (!options.start_script.empty()) {
    ATELIER_TRY(const std::string script, ReadText(options.start_script));
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
  ATELIER_TRY(Query query,
              JoinQueries({{"WorkspaceId", options.workspace},
                           {"Status", options.status},
                           {"InstanceName", options.name},
                           {"CreateUserId", options.owner},
                           {"Labels", labels.empty() ? std::string() : json::serialize(labels)}},
                          compiled));
  for (auto& [parameter, value] : Defaults(options)) {
    if (!Holds(query, parameter)) query.emplace_back(parameter, value);
  }
  return query;
}

/// The parameters of ListInstances for what `options` ask.
Task<Result<Query>> InstanceQuery(CommandContext& context, ListOptions options) {
  ATELIER_CO_TRY(Query query, QueryOf(options));
  ATELIER_CO_RETURN_IF_ERROR(co_await ResolveNames(context, query));
  co_return query;
}

Call CallWith(Query query) {
  return {.action = "ListInstances",
          .version = kDswVersion,
          .path = std::string(kInstances),
          .query = std::move(query)};
}

Table InstanceTable(const json::array& instances) {
  Table table{.header = {"ID", "NAME", "STATUS", "SPEC", "OWNER", "CREATED"}, .rows = {}};
  for (const json::value& item : instances) {
    const json::object& instance = AsObject(item);
    std::string owner = TextOf(instance, "UserName");
    if (owner.empty()) owner = TextOf(instance, "UserId");
    table.rows.push_back({TextOf(instance, "InstanceId"), TextOf(instance, "InstanceName"),
                          TextOf(instance, "Status"), TextOf(instance, "EcsSpec"), std::move(owner),
                          TextOf(instance, "GmtCreateTime")});
  }
  return table;
}

/// Every page as one answer, printed as they arrive.
Task<Status> ListAll(CommandContext& context, Query query) {
  ListPrinter printer(context.env.out, context.format, "Instances", context.ids_only);
  ATELIER_CO_RETURN_IF_ERROR(
      co_await EachPage(context.api, {.call = CallWith(std::move(query)), .list = "Instances"},
                        [&printer](const json::object& page) {
                          printer.Add(page, InstanceTable(Array(page, "Instances")));
                        }));
  printer.End();
  co_return Ok();
}

Task<Result<json::object>> FetchInstance(CommandContext& context, std::string id) {
  co_return co_await context.api.Send(
      {.action = "GetInstance", .version = kDswVersion, .path = PathOf(kInstances, id)});
}

}  // namespace

Task<Status> CreateInstance(CommandContext& context, CreateOptions options) {
  ATELIER_CO_TRY(json::object body, BodyOf(options));
  if (options.spec.empty()) {
    ATELIER_CO_TRY(body["EcsSpec"], co_await FirstSpec(context));
  }
  if (options.image.empty()) {
    ATELIER_CO_TRY(body["ImageId"], co_await FirstImage(context));
  } else {
    ATELIER_CO_TRY(body["ImageId"], co_await ImageIdOf(context, options.image));
  }
  if (!options.workspace.empty()) {
    ATELIER_CO_TRY(body["WorkspaceId"], co_await WorkspaceIdOf(context, options.workspace));
  }
  if (options.client_token.empty())
    options.client_token = context.env.random.Hex(kClientTokenBytes);
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "CreateInstance",
                                            .version = kDswVersion,
                                            .method = "POST",
                                            .path = std::string(kInstances),
                                            .query = {{"ClientToken", options.client_token}},
                                            .body = json::serialize(body)}));
  const std::string id = TextOf(answer, "InstanceId");
  context.PrintLine(answer, id);
  if (!Waits(context, options.wait)) co_return Ok();
  co_return co_await WaitFor(context, WatchedInstance(id), Goal::kRunning,
                             options.wait.timeout_seconds);
}

Task<Status> ListInstances(CommandContext& context, ListOptions options) {
  if (context.ids_only && !options.paged) options.all = true;  // what reads ids reads them all
  ATELIER_CO_TRY(Query query, co_await InstanceQuery(context, options));
  if (options.all) co_return co_await ListAll(context, query);
  query.emplace_back("PageNumber", std::to_string(options.page));
  query.emplace_back("PageSize", std::to_string(options.page_size));
  ATELIER_CO_TRY(const json::object answer, co_await context.api.Send(CallWith(std::move(query))));
  const json::array& instances = Array(answer, "Instances");
  context.Print(answer, InstanceTable(instances));
  const std::int64_t total = Integer(answer, "TotalCount");
  if (static_cast<std::int64_t>(instances.size()) < total) {
    context.Note(fmt::format("{} of {} instances; see all with --all, others with --page.",
                             instances.size(), total));
  }
  co_return Ok();
}

Task<Result<Query>> InstanceConditions(CommandContext& context, std::string query) {
  ListOptions options;
  options.query = std::move(query);
  ATELIER_CO_TRY(Query asked, co_await InstanceQuery(context, std::move(options)));
  std::erase_if(asked,
                [](const auto& one) { return one.first == "SortBy" || one.first == "Order"; });
  co_return asked;
}

Task<Status> CountInstances(CommandContext& context, std::string query) {
  ATELIER_CO_TRY(Query asked, co_await InstanceConditions(context, std::move(query)));
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "CountInstances",
                                            .path = "/atelier/v1/instances/counts",
                                            .query = std::move(asked)}));
  Table table{.header = {"STATUS", "COUNT"}, .rows = {}};
  for (const auto& [status, count] : Object(answer, "Counts")) {
    if (count != 0) table.rows.push_back({std::string(status), json::serialize(count)});
  }
  table.rows.push_back({"all", std::to_string(Integer(answer, "TotalCount"))});
  context.Print(answer, table);
  co_return Ok();
}

Task<Status> GetInstance(CommandContext& context, std::string id) {
  ATELIER_CO_TRY(id, co_await InstanceIdOf(context, id));
  ATELIER_CO_TRY(const json::object instance, co_await FetchInstance(context, id));
  context.Print(instance,
                RecordTable({"InstanceId", "InstanceName", "Status", "ReasonCode", "ReasonMessage",
                             "WorkspaceId", "WorkspaceName", "UserName", "EcsSpec", "ImageName",
                             "Accessibility", "GmtCreateTime", "GmtModifiedTime", "JupyterlabUrl"},
                            instance));
  co_return Ok();
}

Task<Result<std::string>> LinkOf(CommandContext& context, OpenOptions options) {
  ATELIER_CO_TRY(options.id, co_await InstanceIdOf(context, options.id));
  ATELIER_CO_TRY(const json::object instance, co_await FetchInstance(context, options.id));
  const std::string url = TextOf(instance, "JupyterlabUrl");
  const std::string status = TextOf(instance, "Status");
  if (status != "Running" || url.empty()) {
    const bool rests = status == "Stopped" || status == "Failed" || status == "Saved";
    co_return Error(
        Code::kAborted,
        fmt::format("Instance {} is {}, not Running. {} atelier instance {} {}", options.id, status,
                    rests ? "Start it with:" : "Try again in a moment, or see what happens with:",
                    rests ? "start" : "events", options.id));
  }
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send({.action = "GetToken",
                                 .version = kDswVersion,
                                 .path = "/api/v2/tokens",
                                 .query = {{"InstanceId", options.id},
                                           {"ExpireTime", std::to_string(options.expire_seconds)},
                                           {"Type", "Access"}}}));
  co_return url + "?Token=" + TextOf(answer, "Token");
}

Task<Status> OpenInstance(CommandContext& context, OpenOptions options) {
  const bool in_browser = options.browser;
  ATELIER_CO_TRY(const std::string link, co_await LinkOf(context, std::move(options)));
  context.PrintLine(json::object{{"Url", link}}, link);
  if (in_browser) co_return OpenInBrowser(link);
  co_return Ok();
}

Task<Result<json::array>> EveryInstance(CommandContext& context, ListOptions options) {
  options.all = true;
  ATELIER_CO_TRY(Query query, co_await InstanceQuery(context, std::move(options)));
  ATELIER_CO_TRY(const json::object all,
                 co_await WholeList(context.api, {.call = CallWith(std::move(query)),
                                                  .list = kInstanceSubject.list}));
  co_return Array(all, kInstanceSubject.list);
}

namespace {

Task<Result<json::array>> FindInstances(CommandContext& context, std::string query) {
  ListOptions options;
  options.query = std::move(query);
  return EveryInstance(context, std::move(options));
}

}  // namespace

constinit const Subject kInstanceSubject{.noun = "instance",
                                         .list = "Instances",
                                         .id = "InstanceId",
                                         .state = "Status",
                                         .table = &InstanceTable,
                                         .find = &FindInstances,
                                         .look = &FetchInstance};

}  // namespace atelier::cli
