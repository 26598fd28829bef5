#include "cli/command/names.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.h"
#include "cli/client/pages.h"
#include "cli/command/args.h"
#include "cli/command/ram.h"

namespace atelier::cli {

namespace {

constexpr std::size_t kMaxShown = 10;

/// Names of instances have letters, digits and underscores; their ids have a '-'.
bool IsInstanceName(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c == '_' || IsAlnum(c); });
}

struct Found {
  std::string id;
  std::string place;  // tells it from others of its name
};

/// Of all that has the name. `reason`: the server's code for one that is not there.
Result<std::string> TheOnly(std::span<const Found> found, std::string_view kind,
                            std::string_view name, std::string_view reason) {
  if (found.empty()) {
    return Error(Code::kNotFound, fmt::format("There is no {} named {}.", kind, name),
                 std::string(reason));
  }
  if (found.size() == 1) return found.front().id;
  std::string ids;
  for (const Found& one : found.first(std::min(found.size(), kMaxShown))) {
    ids += fmt::format("{}{}{}", ids.empty() ? "" : ", ", one.id,
                       one.place.empty() ? "" : fmt::format(" ({})", one.place));
  }
  if (found.size() > kMaxShown) ids += ", ...";
  return Error(Code::kInvalidArgument, fmt::format("{} {}s are named {}. Give the id of one: {}.",
                                                   found.size(), kind, name, ids));
}

/// How the id of what has a name is found.
struct Naming {
  std::string_view kind;    // "instance"
  std::string_view reason;  // the server's code for one that is not there
  ListCall list;            // of what may have the name
  std::string_view name;    // members of an entry
  std::string_view id;
  std::string_view place = {};     // tells it from others of its name
  std::string_view place_is = {};  // stands before it
};

Task<Result<std::vector<Found>>> FindAll(CommandContext& context, Naming naming, std::string name) {
  const std::string_view list = naming.list.list;
  ATELIER_CO_TRY(const json::object answer,
                 co_await WholeList(context.api, std::move(naming.list)));
  std::vector<Found> found;
  for (const json::value& item : Array(answer, list)) {
    const json::object& one = AsObject(item);
    if (TextOf(one, naming.name) != name) continue;
    found.push_back({.id = TextOf(one, naming.id),
                     .place = std::string(naming.place_is) + TextOf(one, naming.place)});
  }
  co_return found;
}

Task<Result<std::string>> Find(CommandContext& context, Naming naming, std::string name) {
  ATELIER_CO_TRY(const std::vector<Found> found, co_await FindAll(context, naming, name));
  co_return TheOnly(found, naming.kind, name, naming.reason);
}

Naming OfInstances(const std::string& name) {
  return {.kind = "instance",
          .reason = "InternalError",
          .list = {.call = {.action = "ListInstances",
                            .version = kDswVersion,
                            .path = "/api/v2/instances",
                            .query = {{"InstanceName", name},
                                      {"WorkspaceId", "ALL"},
                                      {"ResourceId", "ALL"},
                                      {"SortBy", "GmtCreateTime"},
                                      {"Order", "ASC"}}},
                   .list = "Instances"},
          .name = "InstanceName",
          .id = "InstanceId",
          .place = "WorkspaceId",
          .place_is = "workspace "};
}

Naming OfWorkspaces(const std::string& name) {
  return {.kind = "workspace",
          .reason = "InvalidWorkspace.NotFound",
          .list = {.call = {.action = "ListWorkspaces",
                            .version = kWorkspaceVersion,
                            .path = "/api/v1/workspaces",
                            .query = {{"WorkspaceName", name}}},
                   .list = "Workspaces"},
          .name = "WorkspaceName",
          .id = "WorkspaceId"};
}

Naming OfRecommenders(const std::string& name) {
  return {.kind = "recommender",
          .reason = "InstanceNotExist",
          .list = {.call = {.action = "ListInstance",
                            .version = kAirecVersion,
                            .path = "/v2/openapi/instances",
                            .query = {{"name", name}}},
                   .list = "result",
                   .pages = kAirecPages},
          .name = "name",
          .id = "instanceId",
          .place = "industry"};
}

Naming OfImages(const std::string& name) {
  return {.kind = "image",
          .reason = "",
          .list = {.call = {.action = "ListImages",
                            .version = kWorkspaceVersion,
                            .path = "/api/v1/images",
                            .query = {{"Name", name}, {"Options", "ExactMatchName"}}},
                   .list = "Images"},
          .name = "Name",
          .id = "ImageId",
          .place = "ImageUri"};
}

/// A list of EAS by `parameter`. `id`: what is asked for of those that have the name.
Naming OfEas(std::string_view kind, std::string_view reason, std::string_view action,
             std::string path, Query query, std::string_view list, std::string_view name,
             std::string_view id) {
  return {.kind = kind,
          .reason = reason,
          .list = {.call = {.action = action,
                            .version = kEasVersion,
                            .path = std::move(path),
                            .query = std::move(query)},
                   .list = list},
          .name = name,
          .id = id};
}

Naming OfServices(const std::string& name, std::string_view id) {
  return OfEas("service", "InvalidService.NotFound", "ListServices", "/api/v2/services",
               {{"ServiceName", name}}, "Services", "ServiceName", id);
}

Naming OfGroups(const std::string& name, std::string_view id) {
  return OfEas("group", "InvalidGroup.NotFound", "ListGroups", "/api/v2/groups", {{"Filter", name}},
               "Groups", "Name", id);
}

}  // namespace

Task<Result<std::string>> InstanceIdOf(CommandContext& context, std::string name) {
  if (!IsInstanceName(name)) co_return name;
  co_return co_await Find(context, OfInstances(name), name);
}

Task<Result<std::string>> WorkspaceIdOf(CommandContext& context, std::string name) {
  if (name.empty() || IsDigits(name)) co_return name;
  co_return co_await Find(context, OfWorkspaces(name), name);
}

Task<Result<std::string>> RecommenderIdOf(CommandContext& context, std::string name) {
  if (name.empty() || name.starts_with("airec-")) co_return name;
  co_return co_await Find(context, OfRecommenders(name), name);
}

Task<Result<std::string>> ImageIdOf(CommandContext& context, std::string name) {
  if (name.empty() || name.starts_with("image-")) co_return name;
  ATELIER_CO_TRY(const std::vector<Found> found, co_await FindAll(context, OfImages(name), name));
  if (found.empty()) co_return name;
  co_return TheOnly(found, "image", name, "");
}

Task<Result<std::string>> ServiceIdOf(CommandContext& context, std::string name) {
  if (name.starts_with("eas-")) co_return name;
  co_return co_await Find(context, OfServices(name, "ServiceId"), name);
}

Task<Result<std::string>> GatewayIdOf(CommandContext& context, std::string name) {
  if (name.starts_with("gw-")) co_return name;
  co_return co_await Find(
      context,
      OfEas("gateway", "InvalidGateway.NotFound", "ListGateway", "/api/v2/gateways",
            {{"GatewayName", name}}, "Gateways", "GatewayName", "GatewayId"),
      name);
}

Task<Result<std::string>> ResourceIdOf(CommandContext& context, std::string name) {
  if (name.starts_with("eas-r-")) co_return name;
  co_return co_await Find(
      context,
      OfEas("resource", "InvalidResource.NotFound", "ListResources", "/api/v2/resources",
            {{"ResourceName", name}}, "Resources", "ResourceName", "ResourceId"),
      name);
}

Task<Result<std::string>> ScriptIdOf(CommandContext& context, std::string name) {
  if (IsDigits(name)) co_return name;
  ATELIER_CO_TRY(const std::string id, co_await InstanceIdOf(context, name));
  ATELIER_CO_TRY(const json::object instance,
                 co_await context.api.Send({.action = "GetInstance",
                                            .version = kDswVersion,
                                            .path = PathOf("/api/v2/instances", id)}));
  const std::string script = TextOf(instance, "UserCommandId");
  if (script.empty())
    co_return Error(Code::kNotFound, fmt::format("Instance {} has no start script.", name));
  co_return script;
}

Task<Result<std::string>> UserIdOf(CommandContext& context, std::string name) {
  if (name.empty() || IsDigits(name)) co_return name;
  const auto answer = co_await context.api.Send({.action = "GetUser",
                                                 .version = kRamVersion,
                                                 .method = "POST",
                                                 .query = {{"UserName", name}}});
  if (answer) co_return TextOf(Object(*answer, "User"), "UserId");
  if (answer.error().code() != Code::kPermissionDenied) co_return answer.error();
  const auto self = co_await context.api.Send(
      {.action = "GetCallerIdentity", .version = kStsVersion, .method = "POST"});
  if (self && TextOf(*self, "Arn").ends_with(":user/" + name)) co_return TextOf(*self, "UserId");
  co_return answer.error();
}

Task<Result<std::string>> UserNameOf(CommandContext& context, std::string id) {
  if (!IsDigits(id)) co_return id;
  ATELIER_CO_TRY(const json::object answer,
                 co_await WholeList(context.api, RamList("ListUsers", "Users.User")));
  for (const json::value& item : Array(Object(answer, "Users"), "User")) {
    if (TextOf(AsObject(item), "UserId") == id) co_return TextOf(AsObject(item), "UserName");
  }
  co_return id;  // a name may have digits only
}

Task<Result<std::string>> RoleArnOf(CommandContext& context, std::string name) {
  if (name.starts_with("acs:")) co_return name;
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "GetRole",
                                            .version = kRamVersion,
                                            .method = "POST",
                                            .query = {{"RoleName", name}}}));
  co_return TextOf(Object(answer, "Role"), "Arn");
}

Task<Result<std::string>> PrincipalOf(CommandContext& context, std::string name) {
  if (name == "root" || name.find_first_of("/:") != std::string::npos) co_return name;
  ATELIER_CO_TRY(name, co_await UserNameOf(context, name));
  const auto user = co_await context.api.Send({.action = "GetUser",
                                               .version = kRamVersion,
                                               .method = "POST",
                                               .query = {{"UserName", name}}});
  co_return user ? "user/" + name : name;  // else perhaps the session of a role
}

Task<Result<std::string>> TargetOf(CommandContext& context, std::string name) {
  struct Kind {
    Naming naming;
    std::string_view prefix;  // of its targets
  };
  if (name.find_first_of("/-") != std::string::npos) co_return name;
  const std::vector<Kind> kinds = {{OfInstances(name), ""},
                                   {OfServices(name, "ServiceName"), "service/"},
                                   {OfGroups(name, "Name"), "group/"},
                                   {OfRecommenders(name), "recommender/"},
                                   {OfWorkspaces(name), "workspace/"}};
  std::vector<Found> found;
  for (const Kind& kind : kinds) {
    const auto some = co_await FindAll(context, kind.naming, name);
    // Who may read the audit need not be allowed every list.
    if (!some && some.error().code() == Code::kPermissionDenied) continue;
    if (!some) co_return some.error();
    for (const Found& one : *some) {
      found.push_back({.id = std::string(kind.prefix) + one.id,
                       .place = std::string(kind.prefix.empty() ? one.place : kind.naming.kind)});
    }
  }
  if (found.empty()) {
    context.Note(
        fmt::format("Nothing is named {} now. What was deleted has its id, or is written "
                    "as service/{}, user/{} and so on.",
                    name, name, name));
    co_return name;
  }
  co_return TheOnly(found, "thing", name, "");
}

Task<Status> ResolveNames(CommandContext& context, Query& query) {
  for (auto& [parameter, value] : query) {
    if (parameter == "CreateUserId" || parameter == "CallerUid") {
      ATELIER_CO_TRY(value, co_await UserIdOf(context, value));
    } else if (parameter == "WorkspaceId" && value != "ALL") {
      ATELIER_CO_TRY(value, co_await WorkspaceIdOf(context, value));
    }
  }
  co_return Ok();
}

Task<Result<std::string>> RegionOfService(CommandContext& context, std::string name) {
  co_return co_await Find(context, OfServices(name, "Region"), name);
}

Task<Result<std::string>> RegionOfGroup(CommandContext& context, std::string name) {
  co_return co_await Find(context, OfGroups(name, "ClusterId"), name);
}

Task<Result<std::string>> RegionOfServer(CommandContext& context) {
  ATELIER_CO_TRY(const json::object answer, co_await context.api.Send({.action = "DescribeRegions",
                                                                       .version = kEasVersion,
                                                                       .path = "/api/v2/regions"}));
  const json::array& regions = Array(answer, "Regions");
  if (regions.empty()) co_return Error(Code::kNotFound, "The server names no region.");
  co_return TextOf(AsObject(regions.front()), "RegionId");
}

}  // namespace atelier::cli
