#include "api/dsw/list_query.h"

#include <algorithm>
#include <array>

#include "base/codec.h"
#include "directory/directory.h"
#include "identity/identity_directory.h"

namespace atelier::api {

namespace {

constexpr std::size_t kMaxPairs = 4;  // of Labels and of Tag
/// Far beyond every possible last page; keeps page number times page size within 64 bits.
constexpr std::int64_t kPastEveryPage = 1'000'000'000'000;

constexpr std::string_view kAll = "ALL";

void ReadLabels(const json::object& pairs, directory::InstanceQuery& query, Problems& problems) {
  if (pairs.size() > kMaxPairs) problems.Add("Labels", "must have at most 4 pairs");
  for (const auto& [key, value] : pairs) {
    auto text = ScalarText(value);
    if (text)
      query.labels.push_back({.key = std::string(key), .value = *std::move(text)});
    else
      problems.Add("Labels." + std::string(key), "must be a string");
  }
}

void ReadTag(const json::value& member, std::size_t index, directory::InstanceQuery& query,
             Problems& problems) {
  const std::string path = "Tag[" + std::to_string(index) + "]";
  const json::object* object = member.if_object();
  if (object == nullptr) return problems.Add(path, "must be an object");
  const json::value* key = object->if_contains("Key");
  const json::value* value = object->if_contains("Value");
  const auto key_text = key == nullptr ? std::nullopt : ScalarText(*key);
  const auto value_text = value == nullptr ? std::nullopt : ScalarText(*value);
  if (!key_text || key_text->empty()) problems.Add(path + ".Key", "is required");
  if (value != nullptr && !value->is_null() && !value_text)
    problems.Add(path + ".Value", "must be a string");
  query.tags.push_back({.key = key_text.value_or(""), .value = value_text});
}

void ReadTags(const json::array& members, directory::InstanceQuery& query, Problems& problems) {
  if (members.size() > kMaxPairs) problems.Add("Tag", "must have at most 4 members");
  for (std::size_t i = 0; i < std::min(members.size(), kMaxPairs); ++i)
    ReadTag(members[i], i, query, problems);
}

directory::SortBy ReadSortBy(std::string_view text) {
  if (text == "Priority") return directory::SortBy::kPriority;
  if (text == "GmtCreateTime") return directory::SortBy::kGmtCreateTime;
  return directory::SortBy::kGmtModifiedTime;
}

template <class Set>
std::optional<Set> SetOrNothing(Set set) {
  if (set.empty()) return std::nullopt;
  return set;
}

void ReadExactFilters(const Args<kInstanceConditions>& args, directory::InstanceQuery& query) {
  if (!args.Has("ResourceId"))
    query.resource_id = "";
  else if (args.Text("ResourceId") != kAll)
    query.resource_id = args.Text("ResourceId");
  std::set<model::InstanceStatus> statuses;
  for (const std::string& name : args.List("Status")) {
    if (const auto status = ParseEnum<model::InstanceStatus>(name)) statuses.insert(*status);
  }
  query.status = SetOrNothing(std::move(statuses));
  std::set<model::InstanceId> ids;
  for (const std::string& id : args.List("InstanceId")) ids.emplace(id);
  query.ids = SetOrNothing(std::move(ids));
  query.payment = args.Enum<model::PaymentType>("PaymentType");
  query.accessibility = args.Enum<model::Accessibility>("Accessibility");
  query.accelerator = args.Enum<model::AcceleratorType>("AcceleratorType");
  query.oversold_info = args.Enum<model::OversoldInfo>("OversoldInfo");
  query.oversold_type = args.Enum<model::OversoldType>("OversoldType");
  if (args.Has("CreateUserId")) query.owner = model::UserId(args.Text("CreateUserId"));
}

void ReadBounds(const Args<kInstanceConditions>& args, directory::InstanceQuery& query) {
  query.min_milli_cpu = args.Decimal("MinCpu");
  query.max_milli_cpu = args.Decimal("MaxCpu");
  query.min_milli_gpu = args.Decimal("MinGpu");
  query.max_milli_gpu = args.Decimal("MaxGpu");
  query.min_memory_gb = args.Decimal("MinMemory");
  query.max_memory_gb = args.Decimal("MaxMemory");
  query.min_gpu_memory_gb = args.Decimal("MinGpuMemory");
  query.max_gpu_memory_gb = args.Decimal("MaxGpuMemory");
  query.created_after = args.Time("CreateTimeAfter");
  query.created_before = args.Time("CreateTimeBefore");
}

}  // namespace

Result<directory::InstanceQuery> BuildConditions(const Args<kInstanceConditions>& args) {
  directory::InstanceQuery query;
  query.name_contains = args.Text("InstanceName");
  query.gpu_type = args.Text("GpuType");
  query.image_name = args.Text("ImageName");
  ReadExactFilters(args, query);
  ReadBounds(args, query);
  Problems problems;
  if (const json::value* labels = args.Json("Labels"))
    ReadLabels(labels->get_object(), query, problems);
  if (const json::value* tags = args.Json("Tag")) ReadTags(tags->get_array(), query, problems);
  if (!problems.empty()) return Error(Code::kInvalidArgument, problems.Join());
  return query;
}

Result<directory::InstanceQuery> BuildListQuery(const Args<kListInstancesParams>& args) {
  ATELIER_TRY(directory::InstanceQuery query, BuildConditions(args));
  query.sort_by = ReadSortBy(args.Text("SortBy"));
  query.order =
      args.Text("Order") == "ASC" ? directory::Order::kAscending : directory::Order::kDescending;
  query.page_number =
      static_cast<std::uint64_t>(std::min(*args.Integer("PageNumber"), kPastEveryPage));
  query.page_size = static_cast<std::uint64_t>(*args.Integer("PageSize"));
  return query;
}

Result<WorkspaceChoice> ChooseWorkspace(const Context& context,
                                        const Args<kInstanceConditions>& args) {
  const identity::IdentityDirectory& identities = context.services.identities;
  if (!args.Has("WorkspaceId")) {
    const auto chosen = identities.DefaultWorkspaceOf(identity::MemberUserOf(context.caller));
    return WorkspaceChoice{.nothing = !chosen, .workspace = chosen};
  }
  const std::string& text = args.Text("WorkspaceId");
  if (text == "ALL") return WorkspaceChoice{};
  model::WorkspaceId workspace(text);
  // A workspace that is not there holds nothing; only an existing one can refuse.
  if (identities.FindWorkspace(workspace) != nullptr)
    ATELIER_RETURN_IF_ERROR(CheckWorkspace(context, workspace, identity::Access::kList));
  return WorkspaceChoice{.nothing = false, .workspace = std::move(workspace)};
}

}  // namespace atelier::api
