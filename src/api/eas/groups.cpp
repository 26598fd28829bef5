// Groups of services, and the parts that these take in the group's requests.
#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/paging.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/empty_json.h"
#include "directory/service_query.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr std::array kOfGroup = {kClusterId,
                                 Param{.name = "GroupName", .in_path = true, .required = true}};
constexpr std::array kDeleteParams = {
    kClusterId, Param{.name = "GroupName", .in_path = true, .required = true},
    Param{.name = "CascadeDelete", .type = Type::kBoolean, .doc = "Deletes its services with it."}};
constexpr auto kListParams = std::to_array<Param>({
    {.name = "Filter", .doc = "Part of the name."},
    {.name = "Labels", .type = Type::kJsonMap, .pattern = kTextMap},
    {.name = "Order", .type = Type::kEnum, .values = "asc,desc", .doc = "Default desc."},
    {.name = "PageNumber", .type = Type::kInteger, .min = 1, .max = INT32_MAX, .standard = 1},
    {.name = "PageSize", .type = Type::kInteger, .min = 1, .max = 1000, .standard = 100},
    {.name = "Sort", .type = Type::kEnum, .values = "CreateTime,UpdateTime,Name"},
    {.name = "TrafficMode", .type = Type::kEnum, .values = "auto,customized"},
    {.name = "WorkspaceId"},
});

Result<directory::GroupPtr> FindGroup(const Context& context, identity::Access access) {
  const std::string& name = context.args.Text("GroupName");
  directory::GroupPtr group = context.services.services.FindGroup(name);
  if (group == nullptr || !MayKnow(context, group->workspace)) {
    return Error(Code::kNotFound, fmt::format("Group {} does not exist.", name), "UnknownGroup");
  }
  if (MayAccess(context, group->workspace, group->owner, access)) return group;
  return Error(Code::kPermissionDenied,
               fmt::format("No permission {} for group {}.", context.operation, name),
               "PrivilegeCheckFailed");
}

/// Empty for who may not see it.
std::string_view TokenFor(const Context& context, const model::ServiceGroup& group) {
  if (!MaySeeSecrets(context, group)) return "";
  return context.services.services.TokenOfGroup(group.name);
}

wire::EasGroup EncodeGroup(const Context& context, const model::ServiceGroup& group) {
  return {.AccessToken = TokenFor(context, group),
          .CallerUid = group.owner,
          .ClusterId = context.options.region,
          .CreateTime = FormatSeconds(group.created),
          .InternetEndpoint = EndpointOf(context, group.name),
          .IntranetEndpoint = EndpointOf(context, group.name),
          .Labels = EncodeLabels(group.labels),
          .Name = group.name,
          .Network = std::nullopt,
          .ParentUid = "",
          .QueueService = "",
          .TrafficMode = group.customized ? "customized" : "auto",
          .UpdateTime = FormatSeconds(group.updated)};
}

Status NoNetwork(const std::optional<json::value>& network) {
  if (!network || IsEmptyJson(*network)) return Ok();
  return Error(Code::kUnimplemented,
               "Network: networks of groups are not supported by this server yet.");
}

Task<Result<std::string>> CreateGroup(Context& context) {
  ATELIER_CO_TRY(auto request, FromJson<wire::CreateGroupRequest>(context.body));
  ATELIER_CO_RETURN_IF_ERROR(NoNetwork(request.Network));
  control::NewGroup wish;
  wish.name = std::move(request.Name);
  wish.owner = context.caller.user;
  ATELIER_CO_TRY(wish.workspace,
                 WorkspaceToCreateIn(context, std::move(request.WorkSpaceId).value_or("")));
  wish.labels = std::move(request.Labels).value_or(std::map<std::string, std::string>());
  const std::string name = wish.name;
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.service_groups.Create(std::move(wish), context.actor()));
  co_return MessageAnswer(context, fmt::format("Group {} is made.", name));
}

Task<Result<std::string>> ListGroups(Context& context) {
  const Args& args = context.args;
  ATELIER_CO_TRY(const auto labels, LabelsArg(args, "Labels"));
  auto groups = context.services.services.AllGroups();
  std::erase_if(groups, [&](const directory::GroupPtr& group) {
    return !ContainsIgnoreCase(group->name, args.Text("Filter")) ||
           (args.Has("TrafficMode") &&
            (args.Text("TrafficMode") == "customized") != group->customized) ||
           (args.Has("WorkspaceId") && group->workspace.str() != args.Text("WorkspaceId")) ||
           !directory::HasLabels(group->labels, labels) ||
           !MayAccess(context, group->workspace, group->owner, identity::Access::kRead);
  });
  // They come by name.
  const bool by_update = args.Text("Sort") == "UpdateTime";
  if (args.Text("Sort") != "Name") {
    std::ranges::sort(groups, {}, [&](const directory::GroupPtr& group) {
      return std::tuple(by_update ? group->updated : group->created, group->name);
    });
  }
  if (args.Text("Order") != "asc") std::ranges::reverse(groups);
  wire::ListGroupsAnswer answer;
  answer.PageNumber = *args.Integer("PageNumber");
  answer.PageSize = *args.Integer("PageSize");
  answer.TotalCount = static_cast<std::int64_t>(groups.size());
  groups = PageOf(std::move(groups), args);
  for (const directory::GroupPtr& group : groups)
    answer.Groups.push_back(EncodeGroup(context, *group));
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> DescribeGroup(Context& context) {
  ATELIER_CO_TRY(const auto group, FindGroup(context, identity::Access::kRead));
  co_return Answer(context, EncodeGroup(context, *group), EnvelopeForm::kRequestId);
}

Task<Result<std::string>> UpdateGroup(Context& context) {
  ATELIER_CO_TRY(const auto group, FindGroup(context, identity::Access::kWrite));
  ATELIER_CO_TRY(auto request, FromJson<wire::UpdateGroupRequest>(context.body));
  ATELIER_CO_RETURN_IF_ERROR(NoNetwork(request.Network));
  control::GroupChange change{.labels = std::move(request.Labels), .customized = {}};
  if (!request.TrafficMode.value_or("").empty()) {
    if (*request.TrafficMode != "auto" && *request.TrafficMode != "customized")
      co_return Invalid("TrafficMode must be one of auto, customized.");
    change.customized = *request.TrafficMode == "customized";
  }
  ATELIER_CO_RETURN_IF_ERROR(co_await context.services.service_groups.Update(
      group->name, std::move(change), context.actor()));
  co_return MessageAnswer(context, fmt::format("Group {} is changed.", group->name));
}

Task<Result<std::string>> DeleteGroup(Context& context) {
  ATELIER_CO_TRY(const auto group, FindGroup(context, identity::Access::kWrite));
  if (context.args.Boolean("CascadeDelete")) {
    co_return Error(
        Code::kUnimplemented,
        "CascadeDelete is not supported by this server yet: delete its services first.");
  }
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.services.service_groups.Delete(group->name, context.actor()));
  co_return MessageAnswer(context, fmt::format("Group {} is deleted.", group->name));
}

Task<Result<std::string>> DescribeGroupEndpoints(Context& context) {
  ATELIER_CO_TRY(const auto group, FindGroup(context, identity::Access::kRead));
  co_return Answer(context,
                   EncodeEndpoints(context, TokenFor(context, *group), group->name, "Group"),
                   EnvelopeForm::kRequestId);
}

Task<Result<std::string>> ReleaseService(Context& context) {
  ATELIER_CO_TRY(const auto service, FindService(context, identity::Access::kWrite));
  ATELIER_CO_TRY(const auto request, FromJson<wire::ReleaseServiceRequest>(context.body));
  std::optional<bool> grouping;
  if (!request.TrafficState.value_or("").empty()) {
    if (*request.TrafficState != "standalone" && *request.TrafficState != "grouping")
      co_return Invalid("TrafficState must be one of standalone, grouping.");
    grouping = *request.TrafficState == "grouping";
  }
  if (!grouping && !request.Weight) co_return Invalid("Weight or TrafficState is required.");
  ATELIER_CO_RETURN_IF_ERROR(co_await context.services.service_control.Release(
      service->name, request.Weight, grouping, context.actor()));
  co_return MessageAnswer(context, fmt::format("Service {} is released.", service->name));
}

constexpr std::string_view kGroups = "/api/v2/groups";
constexpr std::string_view kGroup = "/api/v2/groups/{ClusterId}/{GroupName}";
}  // namespace

std::span<const Operation> ServiceGroupOperations() {
  static const auto kRows = std::to_array<Operation>({
      EasRow("CreateGroup", "POST", kGroups, {}, CreateGroup, "Makes a group without services.",
             BodySchema<wire::CreateGroupRequest>),
      EasRow("ListGroups", "GET", kGroups, kListParams, ListGroups,
             "Lists the groups the caller may see.", nullptr,
             AnswerSchema<wire::ListGroupsAnswer, EnvelopeForm::kRequestId>),
      EasRow("DescribeGroup", "GET", kGroup, kOfGroup, DescribeGroup, "Returns one group.", nullptr,
             AnswerSchema<wire::EasGroup, EnvelopeForm::kRequestId>),
      EasRow("UpdateGroup", "PUT", kGroup, kOfGroup, UpdateGroup,
             "Sets its labels, or how requests are parted.", BodySchema<wire::UpdateGroupRequest>),
      EasRow("DeleteGroup", "DELETE", kGroup, kDeleteParams, DeleteGroup,
             "Deletes a group that has no services."),
      EasRow("DescribeGroupEndpoints", "GET", "/api/v2/groups/{ClusterId}/{GroupName}/endpoints",
             kOfGroup, DescribeGroupEndpoints, "Where a group is called, and with which token.",
             nullptr, AnswerSchema<wire::ServiceEndpointsAnswer, EnvelopeForm::kRequestId>),
      EasRow("ReleaseService", "PUT", "/api/v2/services/{ClusterId}/{ServiceName}/release",
             kOfService, ReleaseService, "Sets the part of a service in its group's requests.",
             BodySchema<wire::ReleaseServiceRequest>),
  });
  return kRows;
}

}  // namespace atelier::api
