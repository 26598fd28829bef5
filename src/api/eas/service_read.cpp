// Services as they are: DescribeService, ListServices, versions and endpoints.
#include <array>
#include <utility>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/paging.h"
#include "api/schema.h"
#include "api/text.h"
#include "directory/service_query.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

constexpr std::int64_t kMostPageSize = 1000;
constexpr std::string_view kStatuses =
    "Creating,Deploying,Pending,Waiting,Running,Updating,HotUpdate,Scaling,Starting,Stopping,"
    "Stopped,Deleting,DeleteFailed,Failed,Complete,Cloning,Committing,Developing,Deleted";

constexpr Param kPageNumber{
    .name = "PageNumber", .type = Type::kInteger, .min = 1, .max = INT32_MAX, .standard = 1};
constexpr Param kPageSize{
    .name = "PageSize", .type = Type::kInteger, .min = 1, .max = kMostPageSize, .standard = 100};

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
    {.name = "Order",
     .type = Type::kEnum,
     .values = "asc,desc",
     .aliases = "Asc=asc,Desc=desc,ASC=asc,DESC=desc",
     .doc = "Default desc."},
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

/// Asks for something that every service here is not.
bool MatchesNothing(const Args& args) {
  for (const std::string_view name :
       {"Gateway", "ParentServiceUid", "QuotaId", "ResourceAliasName"}) {
    if (args.Has(name)) return true;
  }
  if (args.Boolean("ResourceBurstable")) return true;
  const auto other = [&](std::string_view name, std::string_view only) {
    return args.Has(name) && args.Text(name) != only;
  };
  return other("ResourceId", kHostResource) || other("ResourceName", kHostResourceName) ||
         other("ServiceType", "Standard") || other("Role", "Standard") ||
         other("ResourceType", "PublicResource") || other("Accessibility", "PUBLIC");
}

Result<directory::ServiceQuery> BuildQuery(const Args& args) {
  directory::ServiceQuery query;
  query.keyword = args.Text("Filter");
  query.name = args.Text("ServiceName");
  query.id = args.Text("ServiceUid");
  if (args.Has("WorkspaceId")) query.workspace = model::WorkspaceId(args.Text("WorkspaceId"));
  query.with_no_workspace = args.Boolean("IncludeNoWorkspace");
  query.status = args.Enum<model::ServiceStatus>("ServiceStatus");
  ATELIER_TRY(query.labels, LabelsArg(args, "Label"));
  if (args.Text("Sort") == "UpdateTime") query.sort = directory::ServiceSort::kUpdateTime;
  if (args.Text("Sort") == "ServiceName") query.sort = directory::ServiceSort::kName;
  query.ascending = args.Text("Order") == "asc";
  query.page_number = static_cast<std::uint64_t>(*args.Integer("PageNumber"));
  query.page_size = static_cast<std::uint64_t>(*args.Integer("PageSize"));
  return query;
}

Task<Result<std::string>> ListServices(Context& context) {
  const Args& args = context.args;
  ATELIER_CO_TRY(const directory::ServiceQuery query, BuildQuery(args));
  // A status that only the filter knows is one that no service is in.
  const bool nothing = MatchesNothing(args) || (args.Has("ServiceStatus") && !query.status);
  directory::ServicePage page;
  if (!nothing) {
    const auto is = [&](std::string_view name, bool has) {
      return !args.Has(name) || args.Boolean(name) == has;
    };
    const auto visible = [&](const model::Service& service) {
      return (!args.Has("CallerUid") || service.owner.str() == args.Text("CallerUid")) &&
             (!args.Has("GroupName") || service.group == args.Text("GroupName")) &&
             (!args.Has("TrafficState") || TrafficStateOf(service) == args.Text("TrafficState")) &&
             is("AutoscalerEnabled", service.autoscaler.has_value()) &&
             is("CronscalerEnabled", service.cronscaler.has_value()) &&
             MayAccess(context, service.workspace, service.owner, identity::Access::kRead);
    };
    page = directory::ListServices(context.services.services, query, visible);
  }
  wire::ListServicesAnswer answer;
  for (const auto& service : page.services)
    answer.Services.push_back(EncodeService(context, *service));
  answer.PageNumber = *args.Integer("PageNumber");
  answer.PageSize = *args.Integer("PageSize");
  answer.TotalCount = page.total;
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> DescribeService(Context& context) {
  ATELIER_CO_TRY(const auto service, FindService(context, identity::Access::kRead));
  co_return Answer(context, EncodeService(context, *service), EnvelopeForm::kRequestId);
}

Task<Result<std::string>> ListServiceVersions(Context& context) {
  ATELIER_CO_TRY(const auto service, FindService(context, identity::Access::kRead));
  ATELIER_CO_TRY(auto versions, co_await context.services.service_control.Versions(service->name));
  wire::ListServiceVersionsAnswer answer;
  answer.PageNumber = *context.args.Integer("PageNumber");
  answer.PageSize = *context.args.Integer("PageSize");
  answer.TotalCount = versions.size();
  auto page = PageOf(std::move(versions), context.args);  // what the answer views
  if (!MaySeeSecrets(context, *service)) {
    for (model::ServiceVersion& version : page) version.config = PublicConfig(version.config);
  }
  for (const model::ServiceVersion& version : page) {
    answer.Versions.push_back({.BuildTime = FormatSeconds(version.built),
                               .ImageId = version.number,
                               .ImageAvailable = "unknown",
                               .Message = "",
                               .ServiceConfig = version.config,
                               .ServiceRunnable = "unknown"});
  }
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> DescribeServiceEndpoints(Context& context) {
  ATELIER_CO_TRY(const auto service, FindService(context, identity::Access::kRead));
  std::string_view token;
  if (MaySeeSecrets(context, *service)) token = context.services.services.TokenOf(service->name);
  co_return Answer(context, EncodeEndpoints(context, token, service->name, "Service"),
                   EnvelopeForm::kRequestId);
}

}  // namespace

std::span<const Operation> ServiceReadOperations() {
  static const auto kRows = std::to_array<Operation>({
      {.product = Product::kEas,
       .name = "ListServices",
       .version = kEasVersion,
       .method = "GET",
       .path = "/api/v2/services",
       .params = kListParams,
       .resource = "service/*",
       .handler = ListServices,
       .answer = AnswerSchema<wire::ListServicesAnswer, EnvelopeForm::kRequestId>,
       .doc = "Lists the services the caller may see."},
      {.product = Product::kEas,
       .name = "DescribeService",
       .version = kEasVersion,
       .method = "GET",
       .path = "/api/v2/services/{ClusterId}/{ServiceName}",
       .params = kOfService,
       .resource = "service/{ServiceName}",
       .handler = DescribeService,
       .answer = AnswerSchema<wire::EasService, EnvelopeForm::kRequestId>,
       .doc = "Returns one service."},
      {.product = Product::kEas,
       .name = "ListServiceVersions",
       .version = kEasVersion,
       .method = "GET",
       .path = "/api/v2/services/{ClusterId}/{ServiceName}/versions",
       .params = kVersionParams,
       .resource = "service/{ServiceName}",
       .handler = ListServiceVersions,
       .answer = AnswerSchema<wire::ListServiceVersionsAnswer, EnvelopeForm::kRequestId>,
       .doc = "Lists the configurations that a service had, the newest first."},
      {.product = Product::kEas,
       .name = "DescribeServiceEndpoints",
       .version = kEasVersion,
       .method = "GET",
       .path = "/api/v2/services/{ClusterId}/{ServiceName}/endpoints",
       .params = kOfService,
       .resource = "service/{ServiceName}",
       .handler = DescribeServiceEndpoints,
       .answer = AnswerSchema<wire::ServiceEndpointsAnswer, EnvelopeForm::kRequestId>,
       .doc = "Where a service is called, and with which token."},
  });
  return kRows;
}

}  // namespace atelier::api
