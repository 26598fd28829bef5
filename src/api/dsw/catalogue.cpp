// What instances can be made of, and small helpers around them: docs/contract/lifecycle.md
// section 8.
#include "api/wire/catalogue.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "api/dsw/list_query.h"
#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/operation.h"
#include "api/schema.h"
#include "base/codec.h"
#include "control/core/admission.h"
#include "control/dsw/instances.h"
#include "directory/directory.h"
#include "identity/identity_directory.h"
#include "model/catalogue.h"

namespace atelier::api {

namespace {

using Type = Param::Type;

// ListEcsSpecs

constexpr auto kSpecsParams = std::to_array<Param>({
    {.name = "AcceleratorType", .type = Type::kEnum, .required = true, .values = "CPU,GPU"},
    {.name = "PageNumber", .type = Type::kInteger, .min = 1, .standard = 1},
    {.name = "PageSize", .type = Type::kInteger, .min = 1, .max = 1000, .standard = 10},
    {.name = "SortBy",
     .type = Type::kEnum,
     .values = "gmtCreate,GmtCreateTime",
     .doc = "The catalogue's order stands for the time of creation."},
    {.name = "Order", .type = Type::kEnum, .values = "ASC,DESC", .doc = "Default DESC."},
    {.name = "ResourceType", .doc = "ECS is the only kind there is."},
});

wire::EcsSpec EncodeSpec(const model::EcsSpec& spec, const control::Admission* admission) {
  return {.InstanceType = spec.InstanceType,
          .AcceleratorType = EnumName(spec.Accelerator),
          .CPU = spec.Cpu,
          .Memory = {spec.MemoryGb},
          .GPU = spec.Gpu,
          .GPUType = spec.GpuType,
          .GPUMemorySize = {spec.GpuMemoryGb},
          .InstanceBandwidthRx = 0,  // not limited, not known
          .SystemDiskCapacity = spec.SystemDiskGb,
          .Price = {spec.Price},
          .Currency = spec.Currency,
          .IsAvailable = admission == nullptr || admission->HasRoom(model::CapacityOf(spec)),
          .SpotStockStatus = "NoStock",  // nothing is sold by bidding here
          .Labels = {}};
}

constexpr std::string_view kEcs = "ECS";

constexpr auto kSpecFilters = std::to_array<Filter<kSpecsParams, model::EcsSpec>>(
    {{"AcceleratorType", Is<&model::EcsSpec::Accelerator>}, {"ResourceType", AllAre<kEcs>}});

Answered<wire::EcsSpecsAnswer> ListEcsSpecs(Context& context, Args<kSpecsParams> args) {
  List list(context.services.catalogue.Specs);
  list.Keep(args, kSpecFilters).Reverse(args.Text("Order") != "ASC");
  wire::EcsSpecsAnswer answer;
  list.Fill(answer, answer.EcsSpecs, PagingOf(args), [&](const model::EcsSpec& spec) {
    return EncodeSpec(spec, context.dsw.control.admission());
  });
  co_return Answer(context, answer);
}

// ListInstanceStatistics

constexpr Param kWorkspaceIds{.name = "WorkspaceIds",
                              .type = Type::kList,
                              .required = true,
                              .max = 64,
                              .doc = "At most 100; one that is named twice is counted once."};
constexpr std::array kStatisticsParams = {kWorkspaceIds};
constexpr std::size_t kMaxWorkspaceIds = 100;

/// What the caller sees of `query` by status, for each of WorkspaceIds. A workspace that is not
/// there holds nothing; only an existing one can refuse.
Result<std::map<std::string, directory::StatusCounts>> CountByWorkspace(
    const Context& context, Args<kStatisticsParams> args, directory::InstanceQuery query) {
  const Services& services = context.services;
  const directory::Viewer viewer = ViewerOf(services, context.caller);
  const std::vector<std::string>& ids = args.List("WorkspaceIds");
  if (ids.size() > kMaxWorkspaceIds) {
    return Error(Code::kInvalidArgument,
                 fmt::format("WorkspaceIds must have at most {} members.", kMaxWorkspaceIds));
  }
  std::map<std::string, directory::StatusCounts> counts;
  for (const std::string& id : std::set<std::string>(ids.begin(), ids.end())) {
    const model::WorkspaceId workspace(id);
    if (services.identities.FindWorkspace(workspace) != nullptr)
      ATELIER_RETURN_IF_ERROR(CheckWorkspace(context, workspace, context.access));
    query.workspace = workspace;
    counts.emplace(id, services.dsw.directory.CountByStatus(viewer, query));
  }
  return counts;
}

/// Calls visit(name, count) for each state.
template <class Visit>
void ForEachStatus(const directory::StatusCounts& counts, Visit visit) {
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<model::InstanceStatus>>(
      [&](auto d) { visit(d.name, counts[static_cast<std::size_t>(d.value)]); });
}

Answered<wire::StatisticsAnswer> ListInstanceStatistics(Context& context,
                                                        Args<kStatisticsParams> args) {
  ATELIER_CO_TRY(const auto by_workspace, CountByWorkspace(context, args, {}));
  wire::StatisticsAnswer answer{.Statistics = {}};
  for (const auto& [id, counts] : by_workspace) {
    auto& counters = answer.Statistics[id];
    ForEachStatus(counts, [&](std::string_view status, std::uint64_t count) {
      counters[fmt::format("{}Count", status)] = count;
      counters["TotalCount"] += count;
    });
  }
  co_return Answer(context, answer);
}

// CountInstances

AnsweredAtOnce<wire::CountInstancesAnswer> CountInstances(Context& context,
                                                          Args<kInstanceConditions> args) {
  ATELIER_TRY(directory::InstanceQuery query, BuildConditions(args));
  ATELIER_TRY(WorkspaceChoice choice, ChooseWorkspace(context, args));
  directory::StatusCounts counts{};
  if (!choice.nothing) {
    query.workspace = std::move(choice.workspace);
    counts = context.dsw.directory.CountByStatus(ViewerOf(context.services, context.caller), query);
  }
  wire::CountInstancesAnswer answer{.TotalCount = 0, .Counts = {}};
  ForEachStatus(counts, [&](std::string_view status, std::uint64_t count) {
    answer.Counts[std::string(status)] = count;
    answer.TotalCount += count;
  });
  return Answer(context, answer);
}

// GetResourceGroupStatistics

constexpr auto kGroupStatisticsParams = std::to_array<Param>({
    kWorkspaceIds,
    {.name = "ResourceId", .required = true},
    {.name = "StartTime", .type = Type::kTime, .required = true, .doc = "Of creation; inclusive."},
    {.name = "EndTime", .type = Type::kTime, .required = true, .doc = "Of creation; inclusive."},
});

/// The present states of the instances of a quota that were created within the time asked for.
/// States without any are left out: as long as there are no quotas, every workspace's map is empty.
Answered<wire::StatisticsAnswer> GetResourceGroupStatistics(Context& context,
                                                            Args<kGroupStatisticsParams> args) {
  directory::InstanceQuery query;
  query.resource_id = args.Text("ResourceId");
  query.created_after = args.Time("StartTime");
  query.created_before = args.Time("EndTime");
  if (*query.created_after > *query.created_before)
    co_return Error(Code::kInvalidArgument, "StartTime must not be after EndTime.");
  ATELIER_CO_TRY(const auto by_workspace, CountByWorkspace(context, args, std::move(query)));
  wire::StatisticsAnswer answer{.Statistics = {}};
  for (const auto& [id, counts] : by_workspace) {
    auto& counters = answer.Statistics[id];
    ForEachStatus(counts, [&](std::string_view status, std::uint64_t count) {
      if (count > 0) counters[std::string(status)] = count;
    });
  }
  co_return Answer(context, answer);
}

// GetUserConfig

Answered<wire::UserConfigAnswer> GetUserConfig(Context& context) {
  co_return Answer(context, wire::UserConfigAnswer{.AccountSufficient = true,  // nothing is billed
                                                   .EnableEciDisk = false,
                                                   .FreeTierSpecAvailable = false,
                                                   .FreeTier = {}});
}

// GetUserCommand

constexpr auto kUserCommandParams = std::to_array<Param>({
    {.name = "UserCommandId", .in_path = true, .required = true},
    {.name = "InstanceId", .max = kMaxInstanceId, .doc = "Wins over the id of the path."},
    {.name = "Token", .max = kMaxToken, .doc = "Sharing token of GetToken, with InstanceId."},
});

/// nullptr: there is none, or none of the caller's.
Result<directory::InstancePtr> InstanceOfCommand(const Context& context, const std::string& id) {
  directory::InstanceQuery query;
  query.user_command = id;
  const auto page = context.dsw.directory.List(ViewerOf(context.services, context.caller), query);
  if (!page.instances.empty()) return FindInstance(context, page.instances.front()->id);
  ATELIER_RETURN_IF_ERROR(PassRam(context, {}));
  return directory::InstancePtr();
}
Result<directory::InstancePtr> InstanceOfCommand(const Context& context,
                                                 Args<kUserCommandParams> args) {
  if (args.Has("InstanceId"))
    return FindInstance(context, model::InstanceId(args.Text("InstanceId")), args.Text("Token"));
  return InstanceOfCommand(context, args.Text("UserCommandId"));
}

Error NoSuchCommand(std::string_view id) {
  return {Code::kNotFound, fmt::format("User command {} does not exist.", id)};
}

Status PassCommand(const Context& context, const std::string& id) {
  ATELIER_TRY(const directory::InstancePtr instance, InstanceOfCommand(context, id));
  return instance == nullptr ? NoSuchCommand(id) : Ok();
}

/// Of the instances in it.
Status PassWorkspaceToCount(const Context& context, const std::string& id) {
  return CheckWorkspace(context, model::WorkspaceId(id), context.access);
}

Answered<wire::UserCommandAnswer> GetUserCommand(Context& context, Args<kUserCommandParams> args) {
  ATELIER_CO_TRY(const directory::InstancePtr instance, InstanceOfCommand(context, args));
  if (instance == nullptr || !instance->on_start)
    co_return NoSuchCommand(args.Text("UserCommandId"));
  std::string_view script;
  if (MaySeeSecrets(context, identity::AccessOf(*instance))) script = *instance->on_start;
  co_return Answer(context, wire::UserCommandAnswer{.UserCommandId = instance->user_command_id,
                                                    .OnStart = {.Content = script}});
}

}  // namespace

std::span<const Operation> CatalogueOperations() {
  static const auto kRows = std::to_array<Operation>({
      Row<ListEcsSpecs>(kDswApi, "ListEcsSpecs", "GET", "/api/v2/ecsspecs",
                        "Lists the machine types that instances can have.")
          .OpenToAll(),
      Row<ListInstanceStatistics>(kDswApi, "ListInstanceStatistics", "GET",
                                  "/api/v2/instancestatistics",
                                  "Counts the instances of workspaces by state.")
          .Passes(&PassWorkspaceToCount, identity::Access::kList),
      Row<CountInstances>(kAtelierApi, "CountInstances", "GET", "/atelier/v1/instances/counts",
                          "Counts by state the instances that ListInstances finds on all pages.")
          .Also("paidsw:ListInstances"),
      Row<GetResourceGroupStatistics>(kDswApi, "GetResourceGroupStatistics", "GET",
                                      "/api/v2/resourcegroupstatistics",
                                      "Counts the instances of a quota by workspace and state.")
          .Passes(&PassWorkspaceToCount, identity::Access::kList),
      Row<GetUserConfig>(kDswApi, "GetUserConfig", "GET", "/api/v2/userconfig",
                         "Returns what the account may use.")
          .OpenToAll(),
      Row<GetUserCommand>(kDswApi, "GetUserCommand", "GET", "/api/v2/usercommands/{UserCommandId}",
                          "Returns the start script of an instance.")
          .Passes(&PassCommand, identity::Access::kRead)
          .In(EnvelopeForm::kNoStatus)
          .EnforcesRam(),
  });
  return kRows;
}

}  // namespace atelier::api
