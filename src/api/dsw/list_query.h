#pragma once
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "api/operation.h"
#include "directory/directory.h"

namespace atelier::api {

// The statuses are spelled as model::InstanceStatus, so that they parse as its enumerators.
inline constexpr std::string_view kInstanceStatuses =
    "Creating,ResourceAllocating,EnvPreparing,Queuing,Starting,Running,Updating,Saving,Saved,"
    "SaveFailed,Stopping,Stopped,Recovering,Failed,Deleting";

inline constexpr auto kListInstancesParams = std::to_array<Param>({
    {.name = "WorkspaceId",
     .doc = "Omitted: the caller's default workspace. ALL: every workspace."},
    {.name = "InstanceName", .doc = "Part of the name, whatever its case."},
    {.name = "ResourceId", .doc = "Omitted: pay-as-you-go instances only. ALL: every instance."},
    {.name = "Status", .type = Param::Type::kEnumList, .values = kInstanceStatuses},
    {.name = "PaymentType", .type = Param::Type::kEnum, .values = "PayAsYouGo,Subscription"},
    {.name = "Accessibility", .type = Param::Type::kEnum, .values = "PRIVATE,PUBLIC"},
    {.name = "AcceleratorType", .type = Param::Type::kEnum, .values = "CPU,GPU"},
    {.name = "PageNumber", .type = Param::Type::kInteger, .min = 1, .standard = 1},
    {.name = "PageSize", .type = Param::Type::kInteger, .min = 1, .max = 1000, .standard = 10},
    {.name = "SortBy",
     .type = Param::Type::kEnum,
     .values = "Priority,GmtCreateTime,GmtModifiedTime",
     .aliases = "gmtCreate=GmtCreateTime,gmtModified=GmtModifiedTime",
     .doc = "Default GmtModifiedTime."},
    {.name = "Order", .type = Param::Type::kEnum, .values = "ASC,DESC", .doc = "Default DESC."},
    {.name = "InstanceId", .type = Param::Type::kList},
    {.name = "Labels",
     .type = Param::Type::kJsonMap,
     .pattern = R"({"type":"object","maxProperties":4,"additionalProperties":{"type":"string"}})",
     .doc = "Up to four pairs, all must match."},
    {.name = "CreateUserId"},
    {.name = "GpuType"},
    {.name = "MinCpu", .type = Param::Type::kDecimal, .doc = "1000 is one vCPU."},
    {.name = "MaxCpu", .type = Param::Type::kDecimal, .doc = "1000 is one vCPU."},
    {.name = "MinGpu", .type = Param::Type::kDecimal, .doc = "1000 is one GPU."},
    {.name = "MaxGpu", .type = Param::Type::kDecimal, .doc = "1000 is one GPU."},
    {.name = "MinMemory", .type = Param::Type::kDecimal, .doc = "GB."},
    {.name = "MaxMemory", .type = Param::Type::kDecimal, .doc = "GB."},
    {.name = "MinGpuMemory", .type = Param::Type::kDecimal, .doc = "GB of one GPU."},
    {.name = "MaxGpuMemory", .type = Param::Type::kDecimal, .doc = "GB of one GPU."},
    {.name = "ImageName"},
    {.name = "Tag",
     .type = Param::Type::kJsonList,
     .pattern = R"({"type":"array","maxItems":4,"items":{"type":"object","required":["Key"],)"
                R"("properties":{"Key":{"type":"string","minLength":1},)"
                R"("Value":{"type":"string","nullable":true}}}})",
     .doc = "Up to four of {Key, Value}, all must match."},
    {.name = "OversoldInfo",
     .type = Param::Type::kEnum,
     .values = "ForbiddenQuotaOverSold,ForceQuotaOverSold,PendingQuotaOverSold"},
    {.name = "OversoldType",
     .type = Param::Type::kEnum,
     .values = "ForceQuotaOverSold,AcceptQuotaOverSold,ForbiddenQuotaOverSold"},
    {.name = "CreateTimeAfter", .type = Param::Type::kTime, .doc = "Inclusive."},
    {.name = "CreateTimeBefore", .type = Param::Type::kTime, .doc = "Inclusive."},
});

/// The conditions alone: what is no order and no page.
inline constexpr auto kInstanceConditions = [] {
  constexpr auto kConditional = [](const Param& param) {
    return param.name != "PageNumber" && param.name != "PageSize" && param.name != "SortBy" &&
           param.name != "Order";
  };
  std::array<Param, std::ranges::count_if(kListInstancesParams, kConditional)> conditions{};
  std::ranges::copy_if(kListInstancesParams, conditions.begin(), kConditional);
  return conditions;
}();

/// As a directory query, but for the workspace (ChooseWorkspace). InvalidArgument: Labels or Tag
/// break their rules (docs/contract/requests.md section 3 note 14).
Result<directory::InstanceQuery> BuildConditions(const Args<kInstanceConditions>& args);
/// The same with the order and the page.
Result<directory::InstanceQuery> BuildListQuery(const Args<kListInstancesParams>& args);

/// What the caller's WorkspaceId means (docs/contract/requests.md section 3 notes 3 to 5).
struct WorkspaceChoice {
  bool nothing = false;                         // no default workspace: an empty answer
  std::optional<model::WorkspaceId> workspace;  // nullopt: all of them
};
/// PermissionDenied/NoPermissionError: it is there, and none of the caller's.
Result<WorkspaceChoice> ChooseWorkspace(const Context& context,
                                        const Args<kInstanceConditions>& args);

}  // namespace atelier::api
