#pragma once
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/framework/list.h"
#include "api/schema.h"
#include "api/wire/service.h"
#include "directory/service_directory.h"

namespace atelier::api {

/// What RAM policies are asked about: those of one service can be allowed for that service.
inline constexpr ApiVersion kEasApi{
    .product = Product::kEas,
    .version = "2021-07-01",
    .resource_of = [](std::string_view path) -> std::string_view {
      return path.find("{ServiceName}") == std::string_view::npos ? "" : "service/{ServiceName}";
    }};

inline constexpr Param kClusterId{
    .name = "ClusterId", .in_path = true, .required = true, .doc = "Region, or a name of it."};
inline constexpr Param kServiceName{.name = "ServiceName", .in_path = true, .required = true};
inline constexpr std::array kOfService = {kClusterId, kServiceName};
inline constexpr Param kInstanceName{.name = "InstanceName", .in_path = true, .required = true};
inline constexpr std::array kOfReplica = {kClusterId, kServiceName, kInstanceName};
inline constexpr Param kPageSize = PageSizeOf(100);
/// Of every list: clients spell it in three ways.
constexpr Param OrderParam(std::string_view doc) {
  return {.name = "Order",
          .type = Param::Type::kEnum,
          .values = "asc,desc",
          .aliases = "Asc=asc,Desc=desc,ASC=asc,DESC=desc",
          .doc = doc};
}

/// The one group of machines there is, this server's host: of resources.cpp and of filters.
inline constexpr std::string_view kHostResource = "eas-r-host";
inline constexpr std::string_view kHostResourceName = "host";

/// The service of {ClusterId}/{ServiceName} if the caller may do to it what the row says
/// (SecondGate): kRead or kWrite.
/// PermissionDenied/PrivilegeCheckFailed: the workspace does not let them; to the members of its
/// workspace a service is what a PUBLIC instance is, and one of no workspace asks for the RAM
/// permission alone. NotFound/UnknownService: there is none of this name that they MayKnow.
Result<directory::ServicePtr> FindService(const Context& context, const std::string& name);
inline Result<directory::ServicePtr> FindService(const Context& context, Args<kOfService> args) {
  return FindService(context, args.Text("ServiceName"));
}

/// The one of this name. NotFound/UnknownReplica.
Result<directory::ReplicaPtr> FindReplica(const Context& context, const std::string& name,
                                          const model::Service& service);
/// {InstanceName} of it.
inline Result<directory::ReplicaPtr> FindReplica(const Context& context, Args<kOfReplica> args,
                                                 const model::Service& service) {
  return FindReplica(context, args.Text("InstanceName"), service);
}

/// Whether the caller may learn that there is something of this name in `workspace`. To everybody
/// else it answers as what does not exist.
bool MayKnow(const Context& context, const model::WorkspaceId& workspace);

/// "acs:eas:<region>:<account>:service/<name>", as policies name it; of all services: "*".
std::string ResourceNameOf(const Context& context, std::string_view service);

/// InvalidArgument: not labels, of which keys have 1 to 128 characters and values at most as many.
Status CheckLabels(const std::map<std::string, std::string>& labels);

/// The gate of FindService for a service, or a group of them, of `workspace`.
bool MayAccess(const Context& context, const model::WorkspaceId& workspace,
               const model::UserId& owner, identity::Access access);

/// Whether the caller may see what is for those who may change it: its owner, and who may in the
/// workspace and by RAM. To others tokens are empty and configurations are as PublicConfig says.
bool MaySeeSecrets(const Context& context, const model::Service& service);
bool MaySeeSecrets(const Context& context, const model::ServiceGroup& group);

/// The service JSON without what may hold a secret; "{}" if it is none.
std::string PublicConfig(const std::string& config);

/// The value of parameter `name`; empty if it is absent (nullptr). InvalidArgument: not an object
/// of texts.
Result<std::map<std::string, std::string>> ParseLabels(const json::value* given,
                                                       std::string_view name);

/// "<base>/api/predict/<name>", where the gateway serves it.
std::string EndpointOf(const Context& context, std::string_view name);

/// "grouping": it takes part in the requests to its group; else "standalone".
std::string_view TrafficStateOf(const model::Service& service);

/// Where `name` is called: of a service or a group, as `kind` says (Service, Group).
wire::ServiceEndpointsAnswer EncodeEndpoints(const Context& context, std::string_view token,
                                             std::string_view name, std::string_view kind);

std::vector<wire::ServiceLabel> EncodeLabels(const std::vector<model::Label>& labels);

/// The workspace for something new: `asked`, else the caller's own (empty if they have none, and
/// then the RAM permission is all it takes). PermissionDenied/PrivilegeCheckFailed: they may not
/// make anything there, or there is none of this id. InvalidArgument: the same, to the main
/// account.
Result<model::WorkspaceId> WorkspaceToCreateIn(const Context& context, std::string asked);

// For rows (SecondGate)

Status PassService(const Context& context, const std::string& name);
Status PassNewService(const Context& context, const std::string& workspace);  // or a group

wire::EasService EncodeService(const Context& context, const model::Service& service);

/// A rule as CreateServiceAutoScaler and the `autoscaler` of a service JSON have it. `path`: before
/// the names in the errors; InvalidArgument, Unimplemented.
Result<model::AutoScaler> ReadAutoScaler(const json::value& rule, std::string_view service,
                                         std::string_view path);
/// Takes `autoscaler` out of `config`: it is a rule beside the configuration, as the operations on
/// autoscalers know it. nullopt: there is none.
std::optional<json::value> TakeAutoScaler(json::object& config);
/// The rule that was taken out of the configuration of `service`; the errors of ReadAutoScaler.
Result<std::optional<model::AutoScaler>> ReadTaken(const std::optional<json::value>& taken,
                                                   std::string_view service);

/// "There is an answer": most operations have nothing to say but that they were accepted.
Encoded<wire::MessageAnswer> MessageAnswer(const Context& context, std::string message);

}  // namespace atelier::api
