// Services as they are: DescribeService, ListServices, versions and endpoints.
#include <array>
#include <utility>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "api/text.h"
#include "control/eas/services.h"
#include "directory/service_directory.h"
#include "directory/service_query.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr std::string_view kStatuses =
    "Creating,Deploying,Pending,Waiting,Running,Updating,HotUpdate,Scaling,Starting,Stopping,"
    "Stopped,Deleting,DeleteFailed,Failed,Complete,Cloning,Committing,Developing,Deleted";

constexpr std::array kVersionParams = {kClusterId, kServiceName, kPageNumber, kPageSize};
constexpr auto kListParams = std::to_array<Param>({
    {.name = "Filter", .doc = "Part of the name, whatever its case."},
    {.name = "ServiceName"},
    {.name = "ServiceUid"},
    {.name = "ServiceStatus", .type = Type::kEnum, .values = kStatuses},
    {.name = "ServiceType"},
    {.name = "WorkspaceId"},
    {.name = "IncludeNoWorkspace",
     .type = Type::kBoolean,
     .standard = 1,
     .doc = "With WorkspaceId: services of no workspace too."},
    {.name = "Label", .type = Type::kJsonMap, .pattern = kTextMap},
    {.name = "Sort", .type = Type::kEnum, .values = "CreateTime,UpdateTime,ServiceName"},
    OrderParam("Default desc."),
    kPageNumber,
    kPageSize,
    {.name = "CallerUid"},
    {.name = "Role"},
    {.name = "ResourceType"},
    {.name = "GroupName"},
    {.name = "TrafficState", .type = Type::kEnum, .values = "standalone,grouping"},
    {.name = "AutoscalerEnabled", .type = Type::kBoolean},
    {.name = "CronscalerEnabled", .type = Type::kBoolean},
    {.name = "ResourceId"},
    {.name = "ResourceName"},
    // What no service here has: they match nothing.
    {.name = "Gateway"},
    {.name = "ParentServiceUid"},
    {.name = "QuotaId"},
    {.name = "ResourceAliasName"},
    {.name = "ResourceBurstable", .type = Type::kBoolean},
    {.name = "Accessibility",
     .type = Type::kEnum,
     .values = "PUBLIC,PRIVATE",
     .doc = "All are PUBLIC: the members of a workspace see each other's services."},
});

constexpr std::string_view kStandard = "Standard";
constexpr std::string_view kPublicResource = "PublicResource";
constexpr std::string_view kPublic = "PUBLIC";

/// Its name or, by the documents, its id.
bool IsTheHost(const model::Service& /*service*/, const ArgValues::Value& asked) {
  return asked.text == kHostResourceName || asked.text == kHostResource;
}
bool HasAutoscaler(const model::Service& service) { return service.autoscaler.has_value(); }
bool HasCronscaler(const model::Service& service) { return service.cronscaler.has_value(); }

constexpr auto kFilters = std::to_array<Filter<kListParams, model::Service>>({
    {"Filter", Part<&model::Service::name>},
    {"ServiceName", Is<&model::Service::name>},
    {"ServiceUid", Is<&model::Service::id>},
    // A status that only the filter knows is one that no service is in.
    {"ServiceStatus", Is<&model::Service::status>},
    {"CallerUid", Is<&model::Service::owner>},
    {"GroupName", Is<&model::Service::group>},
    {"TrafficState", Is<TrafficStateOf>},
    {"AutoscalerEnabled", Is<HasAutoscaler>},
    {"CronscalerEnabled", Is<HasCronscaler>},
    {"ServiceType", AllAre<kStandard>},
    {"Role", AllAre<kStandard>},
    {"ResourceType", AllAre<kPublicResource>},
    {"ResourceId", AllAre<kHostResource>},
    {"ResourceName", IsTheHost},
    {"ResourceBurstable", AllAre<kNo>},
    {"Accessibility", AllAre<kPublic>},
    {"Gateway", None},
    {"ParentServiceUid", None},
    {"QuotaId", None},
    {"ResourceAliasName", None},
});
constexpr auto kSorts = std::to_array<SortRow<model::Service>>({
    {"CreateTime", ByTime<&model::Service::created, &model::Service::name>},
    {"UpdateTime", ByTime<&model::Service::updated, &model::Service::name>},
    {"ServiceName", ById<&model::Service::name>},
});

Answered<wire::ListServicesAnswer> ListServices(Context& context, Args<kListParams> args) {
  ATELIER_CO_TRY(const auto labels, ParseLabels(args.Json("Label"), "Label"));
  const bool beside = args.Boolean("IncludeNoWorkspace");
  List list(context.eas.directory.All());
  list.Keep(args, kFilters).KeepIf([&](const model::Service& service) {
    const bool there = !args.Has("WorkspaceId") ||
                       service.workspace.str() == args.Text("WorkspaceId") ||
                       (beside && service.workspace.empty());
    return there && directory::HasLabels(service.labels, labels) &&
           MayAccess(context, service.workspace, service.owner, identity::Access::kRead);
  });
  list.Sort(kSorts, args.Text("Sort"), args.Text("Order") == "asc");
  wire::ListServicesAnswer answer;
  list.Fill(answer, answer.Services, PagingOf(args),
            [&](const model::Service& service) { return EncodeService(context, service); });
  co_return Answer(context, answer);
}

Answered<wire::EasService> DescribeService(Context& context, Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  co_return Answer(context, EncodeService(context, *service));
}

Answered<wire::ListServiceVersionsAnswer> ListServiceVersions(Context& context,
                                                              Args<kVersionParams> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  ATELIER_CO_TRY(auto versions, co_await context.eas.control.Versions(service->name));
  const bool may_see = MaySeeSecrets(context, *service);
  List list(std::move(versions));
  wire::ListServiceVersionsAnswer answer;
  list.Fill(answer, answer.Versions, PagingOf(args), [&](model::ServiceVersion& version) {
    if (!may_see) version.config = PublicConfig(version.config);
    return wire::ServiceVersion{.BuildTime = FormatSeconds(version.built),
                                .ImageId = version.number,
                                .ImageAvailable = "unknown",
                                .Message = "",
                                .ServiceConfig = version.config,
                                .ServiceRunnable = "unknown"};
  });
  co_return Answer(context, answer);
}

Answered<wire::ServiceEndpointsAnswer> DescribeServiceEndpoints(Context& context,
                                                                Args<kOfService> args) {
  ATELIER_CO_TRY(const auto service, FindService(context, args));
  std::string_view token;
  if (MaySeeSecrets(context, *service)) token = context.eas.directory.TokenOf(service->name);
  co_return Answer(context, EncodeEndpoints(context, token, service->name, "Service"));
}

}  // namespace

std::span<const Operation> ServiceReadOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<ListServices>(kEasApi, "ListServices", "GET", "/api/v2/services",
                        "Lists the services the caller may see.")
          .On("service/*"),
      Row<DescribeService>(kEasApi, "DescribeService", "GET",
                           "/api/v2/services/{ClusterId}/{ServiceName}", "Returns one service.")
          .Passes(&PassService, identity::Access::kRead),
      Row<ListServiceVersions>(kEasApi, "ListServiceVersions", "GET",
                               "/api/v2/services/{ClusterId}/{ServiceName}/versions",
                               "Lists the configurations that a service had, the newest first.")
          .Passes(&PassService, identity::Access::kRead),
      Row<DescribeServiceEndpoints>(kEasApi, "DescribeServiceEndpoints", "GET",
                                    "/api/v2/services/{ClusterId}/{ServiceName}/endpoints",
                                    "Where a service is called, and with which token.")
          .Passes(&PassService, identity::Access::kRead),
  });
  return kRows;
}

}  // namespace atelier::api
