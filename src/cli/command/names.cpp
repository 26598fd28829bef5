#include "cli/command/names.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.h"
#include "cli/command/ram.h"

namespace atelier::cli {

namespace {

constexpr int kMaxPages = 1000;
constexpr std::int64_t kPageSize = 1000;
constexpr std::size_t kRecommendersOfAPage = 50;  // the most there is
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

Task<Result<std::string>> RegionOf(CommandContext& context, Call call, std::string_view list,
                                   std::string_view name_member, std::string_view region_member,
                                   std::string_view kind, std::string name) {
  ATELIER_CO_TRY(const json::object answer, co_await context.api.Send(std::move(call)));
  for (const json::value& item : Array(answer, list)) {
    if (Text(AsObject(item), name_member) == name) co_return Text(AsObject(item), region_member);
  }
  co_return TheOnly({}, kind, name,
                    kind == "service" ? "InvalidService.NotFound" : "InvalidGroup.NotFound");
}

}  // namespace

Task<Result<std::string>> InstanceIdOf(CommandContext& context, std::string name) {
  if (!IsInstanceName(name)) co_return name;
  std::vector<Found> found;
  std::int64_t seen = 0;
  for (int page = 1; page <= kMaxPages; ++page) {
    ATELIER_CO_TRY(const json::object answer,
                   co_await context.api.Send({.action = "ListInstances",
                                              .version = kDswVersion,
                                              .path = "/api/v2/instances",
                                              .query = {{"InstanceName", name},
                                                        {"WorkspaceId", "ALL"},
                                                        {"ResourceId", "ALL"},
                                                        {"SortBy", "GmtCreateTime"},
                                                        {"Order", "ASC"},
                                                        {"PageNumber", std::to_string(page)},
                                                        {"PageSize", std::to_string(kPageSize)}}}));
    const json::array& instances = Array(answer, "Instances");
    for (const json::value& item : instances) {
      const json::object& instance = AsObject(item);
      if (Text(instance, "InstanceName") == name) {
        found.push_back({.id = Text(instance, "InstanceId"),
                         .place = "workspace " + Text(instance, "WorkspaceId")});
      }
    }
    seen += static_cast<std::int64_t>(instances.size());
    if (instances.empty() || seen >= Integer(answer, "TotalCount")) break;
  }
  co_return TheOnly(found, "instance", name, "InternalError");
}

Task<Result<std::string>> WorkspaceIdOf(CommandContext& context, std::string name) {
  if (name.empty() || IsDigits(name)) co_return name;
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "ListWorkspaces",
                                            .version = kWorkspaceVersion,
                                            .path = "/api/v1/workspaces",
                                            .query = {{"WorkspaceName", name}}}));
  std::vector<Found> found;
  for (const json::value& item : Array(answer, "Workspaces")) {
    if (Text(AsObject(item), "WorkspaceName") == name)
      found.push_back({.id = Text(AsObject(item), "WorkspaceId"), .place = ""});
  }
  co_return TheOnly(found, "workspace", name, "InvalidWorkspace.NotFound");
}

Task<Result<std::string>> RecommenderIdOf(CommandContext& context, std::string name) {
  if (name.empty() || name.starts_with("airec-")) co_return name;
  std::vector<Found> found;
  for (int page = 1; page <= kMaxPages; ++page) {
    ATELIER_CO_TRY(
        const json::object answer,
        co_await context.api.Send({.action = "ListInstance",
                                   .version = kAirecVersion,
                                   .path = "/v2/openapi/instances",
                                   .query = {{"name", name},
                                             {"page", std::to_string(page)},
                                             {"size", std::to_string(kRecommendersOfAPage)}}}));
    const json::array& items = Array(answer, "result");
    for (const json::value& item : items) {
      if (Text(AsObject(item), "name") == name) {
        found.push_back(
            {.id = Text(AsObject(item), "instanceId"), .place = Text(AsObject(item), "industry")});
      }
    }
    if (items.size() < kRecommendersOfAPage) break;
  }
  co_return TheOnly(found, "recommender", name, "InstanceNotExist");
}

Task<Result<std::string>> ImageIdOf(CommandContext& context, std::string name) {
  if (name.empty() || name.starts_with("image-")) co_return name;
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send({.action = "ListImages",
                                 .version = kWorkspaceVersion,
                                 .path = "/api/v1/images",
                                 .query = {{"Name", name}, {"Options", "ExactMatchName"}}}));
  std::vector<Found> found;
  for (const json::value& item : Array(answer, "Images")) {
    if (Text(AsObject(item), "Name") == name)
      found.push_back(
          {.id = Text(AsObject(item), "ImageId"), .place = Text(AsObject(item), "ImageUri")});
  }
  if (found.empty()) co_return name;
  co_return TheOnly(found, "image", name, "");
}

Task<Result<std::string>> UserIdOf(CommandContext& context, std::string name) {
  if (name.empty() || IsDigits(name)) co_return name;
  const auto answer = co_await context.api.Send({.action = "GetUser",
                                                 .version = kRamVersion,
                                                 .method = "POST",
                                                 .query = {{"UserName", name}}});
  if (answer) co_return Text(Object(*answer, "User"), "UserId");
  if (answer.error().code() != Code::kPermissionDenied) co_return answer.error();
  const auto self = co_await context.api.Send(
      {.action = "GetCallerIdentity", .version = kStsVersion, .method = "POST"});
  if (self && Text(*self, "Arn").ends_with(":user/" + name)) co_return Text(*self, "UserId");
  co_return answer.error();
}

Task<Result<std::string>> UserNameOf(CommandContext& context, std::string id) {
  if (!IsDigits(id)) co_return id;
  ATELIER_CO_TRY(const json::object answer,
                 co_await ListRam(context, "ListUsers", "Users", "User"));
  for (const json::value& item : Array(Object(answer, "Users"), "User")) {
    if (Text(AsObject(item), "UserId") == id) co_return Text(AsObject(item), "UserName");
  }
  co_return id;  // a name may have digits only
}

Task<Result<std::string>> RegionOfService(CommandContext& context, std::string name) {
  return RegionOf(context,
                  {.action = "ListServices",
                   .version = kEasVersion,
                   .path = "/api/v2/services",
                   .query = {{"ServiceName", name}}},
                  "Services", "ServiceName", "Region", "service", name);
}

Task<Result<std::string>> RegionOfGroup(CommandContext& context, std::string name) {
  return RegionOf(context,
                  {.action = "ListGroups",
                   .version = kEasVersion,
                   .path = "/api/v2/groups",
                   .query = {{"Filter", name}, {"PageSize", std::to_string(kPageSize)}}},
                  "Groups", "Name", "ClusterId", "group", name);
}

Task<Result<std::string>> RegionOfServer(CommandContext& context) {
  ATELIER_CO_TRY(const json::object answer, co_await context.api.Send({.action = "DescribeRegions",
                                                                       .version = kEasVersion,
                                                                       .path = "/api/v2/regions"}));
  const json::array& regions = Array(answer, "Regions");
  if (regions.empty()) co_return Error(Code::kNotFound, "The server names no region.");
  co_return Text(AsObject(regions.front()), "RegionId");
}

}  // namespace atelier::cli
