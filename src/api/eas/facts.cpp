// What services run on: machine types, the region, and the gateway that all of them share
// (docs/contract/eas-next.md section 6).
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "api/eas/service_common.h"
#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/schema.h"
#include "api/wire/service_facts.h"
#include "control/core/admission.h"
#include "control/dsw/instances.h"
#include "model/catalogue.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

// DescribeMachineSpec

constexpr auto kMachineParams = std::to_array<Param>({
    {.name = "ChargeType",
     .type = Type::kEnum,
     .values = "PostPaid,PrePaid",
     .doc = "Nothing is charged here, so that nothing is PrePaid."},
    {.name = "ResourceType",
     .type = Type::kEnum,
     .values = "Public,Dedicated",
     .doc = "No group can be made here, so that nothing is Dedicated."},
    {.name = "InstanceTypes", .type = Type::kList, .doc = "Machine types, comma separated."},
});

wire::MachineSpec EncodeMachine(const model::EcsSpec& spec, const control::Admission* admission) {
  const bool room = admission == nullptr || admission->HasRoom(model::CapacityOf(spec));
  return {.InstanceType = spec.InstanceType,
          .CPU = spec.Cpu,
          .Memory = {spec.MemoryGb},
          .GPU = spec.Gpu > 0 ? std::string_view(spec.GpuType) : "",
          .GPUAmount = spec.Gpu,
          .GPUMemory = {spec.Gpu > 0 ? spec.GpuMemoryGb : 0},
          .IsAvailable = room,
          .StockStatus = room ? "WithStock" : "NoStock",
          .Vendor = "ECS"};
}

/// The sizes of the machine types without a GPU: a service may ask for them in numbers, too.
std::vector<wire::MachineSize> SizesOf(const model::Catalogue& catalogue) {
  std::map<std::int64_t, std::set<std::int64_t>> sizes;
  for (const model::EcsSpec& spec : catalogue.Specs) {
    if (spec.Gpu == 0 && spec.MemoryGb >= 1)
      sizes[spec.Cpu].insert(static_cast<std::int64_t>(spec.MemoryGb));
  }
  std::vector<wire::MachineSize> out;
  out.reserve(sizes.size());
  for (const auto& [cpu, memory] : sizes)
    out.push_back({.CPU = cpu, .Memory = {memory.begin(), memory.end()}});
  return out;
}

constexpr std::string_view kPostPaid = "PostPaid";
constexpr std::string_view kPublic = "Public";

constexpr auto kMachineFilters = std::to_array<Filter<kMachineParams, model::EcsSpec>>({
    {"ChargeType", AllAre<kPostPaid>},
    {"ResourceType", AllAre<kPublic>},
    {"InstanceTypes", IsOneOf<&model::EcsSpec::InstanceType>},
});

Answered<wire::MachineSpecAnswer> DescribeMachineSpec(Context& context, Args<kMachineParams> args) {
  const model::Catalogue& catalogue = context.services.catalogue;
  List list(catalogue.Specs);
  wire::MachineSpecAnswer answer;
  list.Keep(args, kMachineFilters)
      .Fill(answer, answer.InstanceMetas, kWhole, [&](const model::EcsSpec& spec) {
        return EncodeMachine(spec, context.dsw.control.admission());
      });
  if (args.Text("ChargeType") != "PrePaid" && args.Text("ResourceType") != "Dedicated")
    answer.Types = SizesOf(catalogue);
  co_return Answer(context, answer);
}

// DescribeRegions

Answered<wire::EasRegionsAnswer> DescribeRegions(Context& context) {
  const Options& options = context.options;
  wire::EasRegionsAnswer answer;
  answer.Regions.push_back({.RegionId = options.region, .RegionName = options.region});
  for (const std::string& alias : options.region_aliases) {
    if (alias != "*" && alias != options.region)
      answer.Regions.push_back({.RegionId = alias, .RegionName = options.region});
  }
  co_return Answer(context, answer);
}

// Gateways

constexpr std::string_view kGatewayId = "gw-default";
constexpr std::string_view kGatewayName = "default";
constexpr std::string_view kGatewayRuns = "Running";

constexpr auto kListGatewayParams = std::to_array<Param>({
    {.name = "GatewayId"},
    {.name = "GatewayName", .doc = "Part of the name."},
    {.name = "Status"},
    {.name = "InternetEnabled", .type = Type::kBoolean},
    {.name = "Sort"},
    OrderParam("There is one gateway."),
    kPageNumber,
    kPageSize,
    // What the gateway here has none of: they match nothing.
    {.name = "GatewayType"},
    {.name = "ChargeType"},
    {.name = "Label", .type = Type::kJsonMap},
    {.name = "ResourceName"},
});
constexpr std::array kGatewayParams = {
    kClusterId, Param{.name = "GatewayId", .in_path = true, .required = true}};

/// The only one there is: this server, at the address that the request has reached.
void FillGateway(const Context& context, wire::EasGateway& gateway) {
  std::string domain = context.services_base();
  if (const std::size_t at = domain.find("://"); at != std::string::npos) domain.erase(0, at + 3);
  gateway = {.ChargeType = "",
             .CreateTime = "",
             .GatewayId = kGatewayId,
             .GatewayName = kGatewayName,
             .InstanceType = "",
             .InternetDomain = domain,
             .InternetEnabled = true,
             .IntranetDomain = std::move(domain),
             .IntranetEnabled = true,
             .IsDefault = true,
             .Labels = {},
             .Replicas = 1,
             .SSLRedirectionEnabled = false,
             .Status = kGatewayRuns,
             .UpdateTime = ""};
}

constexpr auto kGatewayFilters = std::to_array<Filter<kListGatewayParams, wire::EasGateway>>({
    {"GatewayId", Is<&wire::EasGateway::GatewayId>},
    {"GatewayName", Part<&wire::EasGateway::GatewayName>},
    {"Status", Is<&wire::EasGateway::Status>},
    {"InternetEnabled", Is<&wire::EasGateway::InternetEnabled>},
    {"GatewayType", None},
    {"ChargeType", None},
    {"Label", None},
    {"ResourceName", None},
});

Answered<wire::ListGatewayAnswer> ListGateway(Context& context, Args<kListGatewayParams> args) {
  std::vector<wire::EasGateway> only(1);
  FillGateway(context, only.front());
  List list(std::move(only));
  wire::ListGatewayAnswer answer;
  list.Keep(args, kGatewayFilters)
      .Fill(answer, answer.Gateways, PagingOf(args),
            [](wire::EasGateway& gateway) { return std::move(gateway); });
  co_return Answer(context, answer);
}

Answered<wire::DescribeGatewayAnswer> DescribeGateway(Context& context, Args<kGatewayParams> args) {
  const std::string& id = args.Text("GatewayId");
  if (id != kGatewayId) {
    co_return Error(Code::kNotFound,
                    fmt::format("Gateway {} does not exist: the only one is {}.", id, kGatewayId),
                    "UnknownGateway");
  }
  wire::DescribeGatewayAnswer answer;
  FillGateway(context, answer);
  answer.ExternalClusterId = "";
  answer.InternetStatus = kGatewayRuns;
  co_return Answer(context, answer);
}

}  // namespace

std::span<const Operation> ServiceFactOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<DescribeMachineSpec>(kEasApi, "DescribeMachineSpec", "GET",
                               "/api/v2/public/instance_types",
                               "The machine types that services can have."),
      Row<DescribeRegions>(kEasApi, "DescribeRegions", "GET", "/api/v2/regions",
                           "The region of this server, and its further names."),
      Row<ListGateway>(kEasApi, "ListGateway", "GET", "/api/v2/gateways",
                       "Lists the gateway that all services share."),
      Row<DescribeGateway>(kEasApi, "DescribeGateway", "GET",
                           "/api/v2/gateways/{ClusterId}/{GatewayId}", "Returns that gateway."),
  });
  return kRows;
}

}  // namespace atelier::api
