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

Task<Result<std::string>> DescribeMachineSpec(Context& context, Args<kMachineParams> args) {
  wire::MachineSpecAnswer answer;
  const bool nothing =
      args.Text("ChargeType") == "PrePaid" || args.Text("ResourceType") == "Dedicated";
  const auto& asked = args.List("InstanceTypes");
  for (const model::EcsSpec& spec : context.services.catalogue.Specs) {
    if (nothing || (!asked.empty() && std::ranges::find(asked, spec.InstanceType) == asked.end()))
      continue;
    answer.InstanceMetas.push_back(EncodeMachine(spec, context.dsw.control.admission()));
  }
  if (!nothing) answer.Types = SizesOf(context.services.catalogue);
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

// DescribeRegions

Task<Result<std::string>> DescribeRegions(Context& context) {
  const Options& options = context.options;
  wire::EasRegionsAnswer answer;
  answer.Regions.push_back({.RegionId = options.region, .RegionName = options.region});
  for (const std::string& alias : options.region_aliases) {
    if (alias != "*" && alias != options.region)
      answer.Regions.push_back({.RegionId = alias, .RegionName = options.region});
  }
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
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
    {.name = "Order", .type = Type::kEnum, .values = "asc,desc", .aliases = "Asc=asc,Desc=desc"},
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
  std::string domain = context.url_base;
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

Task<Result<std::string>> ListGateway(Context& context, Args<kListGatewayParams> args) {
  std::vector<wire::EasGateway> only(1);
  FillGateway(context, only.front());
  List list(std::move(only));
  wire::ListGatewayAnswer answer;
  list.Keep(args, kGatewayFilters)
      .Fill(answer, answer.Gateways, PagingOf(args),
            [](wire::EasGateway& gateway) { return std::move(gateway); });
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

Task<Result<std::string>> DescribeGateway(Context& context, Args<kGatewayParams> args) {
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
  co_return Answer(context, answer, EnvelopeForm::kRequestId);
}

}  // namespace

std::span<const Operation> ServiceFactOperations() {
  static const auto kRows = std::to_array<Operation>({
      EasRow("DescribeMachineSpec", "GET", "/api/v2/public/instance_types",
             kHandler<DescribeMachineSpec>, "The machine types that services can have.", nullptr,
             AnswerSchema<wire::MachineSpecAnswer, EnvelopeForm::kRequestId>),
      EasRow("DescribeRegions", "GET", "/api/v2/regions", kHandler<DescribeRegions>,
             "The region of this server, and its further names.", nullptr,
             AnswerSchema<wire::EasRegionsAnswer, EnvelopeForm::kRequestId>),
      EasRow("ListGateway", "GET", "/api/v2/gateways", kHandler<ListGateway>,
             "Lists the gateway that all services share.", nullptr,
             AnswerSchema<wire::ListGatewayAnswer, EnvelopeForm::kRequestId>),
      EasRow("DescribeGateway", "GET", "/api/v2/gateways/{ClusterId}/{GatewayId}",
             kHandler<DescribeGateway>, "Returns that gateway.", nullptr,
             AnswerSchema<wire::DescribeGatewayAnswer, EnvelopeForm::kRequestId>),
  });
  return kRows;
}

}  // namespace atelier::api
