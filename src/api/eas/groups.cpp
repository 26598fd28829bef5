// Groups of services, and the parts that these take in the group's requests.
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "api/text.h"
#include "base/empty_json.h"
#include "control/eas/service_groups.h"
#include "control/eas/services.h"
#include "directory/service_directory.h"
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
    OrderParam("Default desc."),
    kPageNumber,
    kPageSize,
    {.name = "Sort", .type = Type::kEnum, .values = "CreateTime,UpdateTime,Name"},
    {.name = "TrafficMode", .type = Type::kEnum, .values = "auto,customized"},
    {.name = "WorkspaceId"},
});

Result<directory::GroupPtr> FindGroup(const Context& context, const std::string& name) {
  directory::GroupPtr group = context.eas.directory.FindGroup(name);
  if (group == nullptr || !MayKnow(context, group->workspace)) {
    return Error(Code::kNotFound, fmt::format("Group {} does not exist.", name), "UnknownGroup");
  }
  if (MayAccess(context, group->workspace, group->owner, context.access)) return group;
  return Error(Code::kPermissionDenied,
               fmt::format("No permission {} for group {}.", context.operation, name),
               "PrivilegeCheckFailed");
}

Result<directory::GroupPtr> FindGroup(const Context& context, Args<kOfGroup> args) {
  return FindGroup(context, args.Text("GroupName"));
}

Status PassGroup(const Context& context, const std::string& name) {
  ATELIER_RETURN_IF_ERROR(FindGroup(context, name));
  return Ok();
}

/// Empty for who may not see it.
std::string_view TokenFor(const Context& context, const model::ServiceGroup& group) {
  if (!MaySeeSecrets(context, group)) return "";
  return context.eas.directory.TokenOfGroup(group.name);
}

std::string_view TrafficModeOf(const model::ServiceGroup& group) {
  return group.customized ? "customized" : "auto";
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
          .TrafficMode = TrafficModeOf(group),
          .UpdateTime = FormatSeconds(group.updated)};
}

Status NoNetwork(const std::optional<json::value>& network) {
  if (!network || IsEmptyJson(*network)) return Ok();
  return Error(Code::kUnimplemented,
               "Network: networks of groups are not supported by this server yet.");
}

Answered<wire::MessageAnswer> CreateGroup(Context& context) {
  ATELIER_CO_TRY(auto request, FromJson<wire::CreateGroupRequest>(context.body));
  ATELIER_CO_RETURN_IF_ERROR(NoNetwork(request.Network));
  control::NewGroup fresh;
  fresh.name = std::move(request.Name);
  fresh.owner = context.caller.user;
  ATELIER_CO_TRY(fresh.workspace,
                 WorkspaceToCreateIn(context, std::move(request.WorkSpaceId).value_or("")));
  fresh.labels = std::move(request.Labels).value_or(std::map<std::string, std::string>());
  const std::string name = fresh.name;
  ATELIER_CO_RETURN_IF_ERROR(co_await context.eas.groups.Create(std::move(fresh), context.actor()));
  co_return MessageAnswer(context, fmt::format("Group {} is made.", name));
}

constexpr auto kFilters = std::to_array<Filter<kListParams, model::ServiceGroup>>({
    {"Filter", Part<&model::ServiceGroup::name>},
    {"TrafficMode", Is<TrafficModeOf>},
    {"WorkspaceId", Is<&model::ServiceGroup::workspace>},
});
constexpr auto kSorts = std::to_array<SortRow<model::ServiceGroup>>({
    {"CreateTime", ByTime<&model::ServiceGroup::created, &model::ServiceGroup::name>},
    {"UpdateTime", ByTime<&model::ServiceGroup::updated, &model::ServiceGroup::name>},
    {"Name", ById<&model::ServiceGroup::name>},
});

Answered<wire::ListGroupsAnswer> ListGroups(Context& context, Args<kListParams> args) {
  ATELIER_CO_TRY(const auto labels, ParseLabels(args.Json("Labels"), "Labels"));
  List list(context.eas.directory.AllGroups());
  list.Keep(args, kFilters).KeepIf([&](const model::ServiceGroup& group) {
    return directory::HasLabels(group.labels, labels) &&
           MayAccess(context, group.workspace, group.owner, identity::Access::kRead);
  });
  list.Sort(kSorts, args.Text("Sort"), args.Text("Order") == "asc");
  wire::ListGroupsAnswer answer;
  list.Fill(answer, answer.Groups, PagingOf(args),
            [&](const model::ServiceGroup& group) { return EncodeGroup(context, group); });
  co_return Answer(context, answer);
}

Answered<wire::EasGroup> DescribeGroup(Context& context, Args<kOfGroup> args) {
  ATELIER_CO_TRY(const auto group, FindGroup(context, args));
  co_return Answer(context, EncodeGroup(context, *group));
}

Answered<wire::MessageAnswer> UpdateGroup(Context& context, Args<kOfGroup> args) {
  ATELIER_CO_TRY(const auto group, FindGroup(context, args));
  ATELIER_CO_TRY(auto request, FromJson<wire::UpdateGroupRequest>(context.body));
  ATELIER_CO_RETURN_IF_ERROR(NoNetwork(request.Network));
  control::GroupChange change{.labels = std::move(request.Labels), .customized = {}};
  if (!request.TrafficMode.value_or("").empty()) {
    if (*request.TrafficMode != "auto" && *request.TrafficMode != "customized")
      co_return Invalid("TrafficMode must be one of auto, customized.");
    change.customized = *request.TrafficMode == "customized";
  }
  ATELIER_CO_RETURN_IF_ERROR(
      co_await context.eas.groups.Update(group->name, std::move(change), context.actor()));
  co_return MessageAnswer(context, fmt::format("Group {} is changed.", group->name));
}

Answered<wire::MessageAnswer> DeleteGroup(Context& context, Args<kDeleteParams> args) {
  ATELIER_CO_TRY(const auto group, FindGroup(context, args));
  if (args.Boolean("CascadeDelete")) {
    co_return Error(
        Code::kUnimplemented,
        "CascadeDelete is not supported by this server yet: delete its services first.");
  }
  ATELIER_CO_RETURN_IF_ERROR(co_await context.eas.groups.Delete(group->name, context.actor()));
  co_return MessageAnswer(context, fmt::format("Group {} is deleted.", group->name));
}

Answered<wire::ServiceEndpointsAnswer> DescribeGroupEndpoints(Context& context,
                                                              Args<kOfGroup> args) {
  ATELIER_CO_TRY(const auto group, FindGroup(context, args));
  co_return Answer(context,
                   EncodeEndpoints(context, TokenFor(context, *group), group->name, "Group"));
}

Answered<wire::MessageAnswer> ReleaseService(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(const auto request, FromJson<wire::ReleaseServiceRequest>(context.body));
  std::optional<bool> grouping;
  if (!request.TrafficState.value_or("").empty()) {
    if (*request.TrafficState != "standalone" && *request.TrafficState != "grouping")
      co_return Invalid("TrafficState must be one of standalone, grouping.");
    grouping = *request.TrafficState == "grouping";
  }
  if (!grouping && !request.Weight) co_return Invalid("Weight or TrafficState is required.");
  ATELIER_CO_RETURN_IF_ERROR(co_await context.eas.control.Release(service->name, request.Weight,
                                                                  grouping, context.actor()));
  co_return MessageAnswer(context, fmt::format("Service {} is released.", service->name));
}

constexpr std::string_view kGroups = "/api/v2/groups";
constexpr std::string_view kGroup = "/api/v2/groups/{ClusterId}/{GroupName}";
}  // namespace

std::span<const Operation> ServiceGroupOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<CreateGroup>(kEasApi, "CreateGroup", "POST", kGroups, "Makes a group without services.",
                       BodySchema<wire::CreateGroupRequest>)
          .Passes(&PassNewService, identity::Access::kCreate),
      Row<ListGroups>(kEasApi, "ListGroups", "GET", kGroups,
                      "Lists the groups the caller may see."),
      Row<DescribeGroup>(kEasApi, "DescribeGroup", "GET", kGroup, "Returns one group.")
          .Passes(&PassGroup, identity::Access::kRead),
      Row<UpdateGroup>(kEasApi, "UpdateGroup", "PUT", kGroup,
                       "Sets its labels, or how requests are parted.",
                       BodySchema<wire::UpdateGroupRequest>)
          .Passes(&PassGroup, identity::Access::kWrite),
      Row<DeleteGroup>(kEasApi, "DeleteGroup", "DELETE", kGroup,
                       "Deletes a group that has no services.")
          .Passes(&PassGroup, identity::Access::kWrite),
      Row<DescribeGroupEndpoints>(kEasApi, "DescribeGroupEndpoints", "GET",
                                  "/api/v2/groups/{ClusterId}/{GroupName}/endpoints",
                                  "Where a group is called, and with which token.")
          .Passes(&PassGroup, identity::Access::kRead),
      Row<ReleaseService>(kEasApi, "ReleaseService", "PUT",
                          "/api/v2/services/{ClusterId}/{ServiceName}/release",
                          "Sets the part of a service in its group's requests.",
                          BodySchema<wire::ReleaseServiceRequest>)
          .Passes(&PassService, identity::Access::kWrite),
  });
  return kRows;
}

}  // namespace atelier::api
