// AIWorkSpace: settings of a workspace, kept for its users. Shapes as in the official
// aiworkspace-20210204 SDK.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "api/envelope.h"
#include "api/framework/list.h"
#include "api/operation.h"
#include "api/schema.h"
#include "api/text.h"
#include "api/wire/workspace.h"
#include "api/workspace/workspace_common.h"
#include "base/text.h"
#include "identity/identity_directory.h"
#include "identity/identity_service.h"

namespace atelier::api {

namespace {

// Characters, but for the labels.
constexpr std::size_t kMaxCategory = 64;
constexpr std::size_t kMaxKey = 128;
constexpr std::size_t kMaxValue = 4096;
constexpr std::size_t kMaxLabelText = 128;

/// Of those that name none.
constexpr std::string_view kGeneral = "CommonResourceConfig";

constexpr Param kCategory = {.name = "CategoryName", .doc = "Exact; omitted: any."};
constexpr Param kLabels = {
    .name = "Labels", .type = Param::Type::kList, .doc = "Has all of these, each as Key=Value."};
constexpr Param kVerbose = {
    .name = "Verbose", .type = Param::Type::kBoolean, .standard = 0, .doc = "Show labels as well."};

constexpr std::array kListParams = {
    kWorkspaceId,
    kCategory,
    Param{.name = "ConfigKeys", .type = Param::Type::kList, .doc = "Any of these keys."},
    kLabels,
    Param{.name = "Options", .doc = "Accepted: ThrowExceptionOnError, as always."},
    kVerbose,
};
constexpr std::array kGetParams = {
    kWorkspaceId,
    kCategory,
    Param{.name = "ConfigKey", .required = true, .doc = "Key."},
    kVerbose,
};
constexpr std::array kUpdateParams = {kWorkspaceId};
constexpr std::array kDeleteParams = {
    kWorkspaceId,
    Param{.name = "ConfigKey", .in_path = true, .required = true, .doc = "Key."},
    kCategory,
    kLabels,
};

std::vector<wire::LabelItem> Encode(const std::vector<model::Label>& labels) {
  std::vector<wire::LabelItem> items;
  items.reserve(labels.size());
  for (const model::Label& label : labels)
    items.push_back({.Key = label.key, .Value = label.value});
  return items;
}

// Reads
// ---------------------------------------------------------------------------------------------

bool HasLabels(const model::WorkspaceConfig& config, const ArgValues::Value& asked) {
  const std::vector<wire::LabelItem> labels = Encode(config.labels);
  return std::ranges::all_of(
      asked.list, [&](const std::string& condition) { return HasLabel(labels, condition); });
}

constexpr auto kFilters = std::to_array<Filter<kListParams, model::WorkspaceConfig>>({
    {"CategoryName", Is<&model::WorkspaceConfig::category>},
    {"ConfigKeys", IsOneOf<&model::WorkspaceConfig::key>},
    {"Labels", HasLabels},
});

Answered<wire::ListConfigsAnswer> ListConfigs(Context& context, Args<kListParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  const bool verbose = args.Boolean("Verbose");
  List list(context.services.identities.ConfigsOf(id));
  wire::ListConfigsAnswer answer;
  list.Keep(args, kFilters)
      .Fill(answer, answer.Configs, kWhole, [verbose](const model::WorkspaceConfig& config) {
        return wire::ConfigItem{
            .ConfigId = config.id,
            .ConfigKey = config.key,
            .ConfigValue = config.value,
            .GmtCreateTime = FormatMillis(config.created),
            .GmtModifiedTime = FormatMillis(config.modified),
            .Labels = verbose ? std::optional(Encode(config.labels)) : std::nullopt};
      });
  co_return Answer(context, answer);
}

Answered<wire::GetConfigAnswer> GetConfig(Context& context, Args<kGetParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  const std::vector<model::WorkspaceConfig> all = context.services.identities.ConfigsOf(id);
  const auto found = std::ranges::find_if(all, [&](const model::WorkspaceConfig& config) {
    return config.key == args.Text("ConfigKey") &&
           (!args.Has("CategoryName") || config.category == args.Text("CategoryName"));
  });
  if (found == all.end()) {
    co_return Error(Code::kNotFound, "The workspace has no such configuration.", "UnknownConfig");
  }
  const bool verbose = args.Boolean("Verbose");
  co_return Answer(context,
                   wire::GetConfigAnswer{
                       .WorkspaceId = id.str(),
                       .CategoryName = found->category,
                       .ConfigKey = found->key,
                       .ConfigValue = found->value,
                       .GmtCreateTime = FormatMillis(found->created),
                       .GmtModifiedTime = FormatMillis(found->modified),
                       .Labels = verbose ? std::optional(Encode(found->labels)) : std::nullopt});
}

// Writes
// --------------------------------------------------------------------------------------------

void CheckText(std::string_view text, std::size_t least, std::size_t most, const std::string& at,
               Problems& problems) {
  const std::size_t count = CountCharacters(text);
  if (count >= least && count <= most) return;
  problems.Add(
      at, "must have " + std::to_string(least) + " to " + std::to_string(most) + " characters");
}

/// `at`: "Configs[0].", or nothing.
model::WorkspaceConfig Decode(wire::ConfigInput input, const std::string& at, Problems& problems) {
  model::WorkspaceConfig config;
  config.category = input.CategoryName.value_or("");
  if (config.category.empty()) config.category = kGeneral;
  config.key = std::move(input.ConfigKey);
  config.value = std::move(input.ConfigValue);
  CheckText(config.category, 1, kMaxCategory, at + "CategoryName", problems);
  CheckText(config.key, 1, kMaxKey, at + "ConfigKey", problems);
  // Lists of keys and of conditions on labels are parted by commas.
  if (config.key.find(',') != std::string::npos)
    problems.Add(at + "ConfigKey", "cannot have a comma");
  CheckText(config.value, 0, kMaxValue, at + "ConfigValue", problems);
  std::set<std::string> keys;
  for (wire::LabelItem& label : input.Labels.value_or(std::vector<wire::LabelItem>())) {
    CheckText(label.Key, 1, kMaxLabelText, at + "Labels[].Key", problems);
    CheckText(label.Value, 0, kMaxLabelText, at + "Labels[].Value", problems);
    if (!keys.insert(label.Key).second) problems.Add(at + "Labels", "has a key twice");
    config.labels.push_back({.key = std::move(label.Key), .value = std::move(label.Value)});
  }
  if (config.labels.size() > model::kMaxLabels)
    problems.Add(at + "Labels", "must have at most 20 members");
  return config;
}

Result<std::vector<model::WorkspaceConfig>> ConfigsOf(const Context& context) {
  ATELIER_TRY(auto request, FromJson<wire::UpdateConfigsRequest>(context.body));
  if (request.Configs.empty() || request.Configs.size() > identity::IdentityService::kMaxConfigs)
    return Invalid("Configs must have 1 to 100 members.");
  Problems problems;
  std::set<std::pair<std::string, std::string>> names;
  std::vector<model::WorkspaceConfig> configs;
  for (std::size_t i = 0; i < request.Configs.size(); ++i) {
    const std::string at = "Configs[" + std::to_string(i) + "].";
    configs.push_back(Decode(std::move(request.Configs[i]), at, problems));
    if (!names.emplace(configs.back().category, configs.back().key).second)
      problems.Add(at + "ConfigKey", "repeats an earlier one of its category");
  }
  if (!problems.empty()) return Invalid(problems);
  return configs;
}

Answered<NoFields> UpdateConfigs(Context& context, Args<kUpdateParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  ATELIER_CO_TRY(auto configs, ConfigsOf(context));
  co_return Done(context, co_await context.services.identity.PutConfigs(id, std::move(configs),
                                                                        context.actor()));
}

Answered<NoFields> UpdateConfig(Context& context, Args<kUpdateParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  ATELIER_CO_TRY(auto request, FromJson<wire::ConfigInput>(context.body));
  Problems problems;
  std::vector<model::WorkspaceConfig> configs;
  configs.push_back(Decode(std::move(request), "", problems));
  if (!problems.empty()) co_return Invalid(problems);
  co_return Done(context, co_await context.services.identity.PutConfigs(id, std::move(configs),
                                                                        context.actor()));
}

Answered<NoFields> DeleteConfig(Context& context, Args<kDeleteParams> args) {
  const model::WorkspaceId id(args.Text("WorkspaceId"));
  ATELIER_CO_RETURN_IF_ERROR(FindWorkspaceFor(context, id));
  std::optional<std::string> category;
  if (args.Has("CategoryName")) category = args.Text("CategoryName");
  std::vector<model::Label> labels;
  for (const std::string& condition : args.List("Labels")) {
    const auto [key, value, found] = Cut(condition, '=');
    if (!found) co_return Invalid("Labels must be a comma list of Key=Value.");
    labels.push_back({.key = std::string(key), .value = std::string(value)});
  }
  co_return Done(context, co_await context.services.identity.DeleteConfig(
                              id, std::move(category), args.Text("ConfigKey"), std::move(labels),
                              context.actor()));
}

// The rows
// --------------------------------------------------------------------------------------------

constexpr std::string_view kOne = "/api/v1/workspaces/{WorkspaceId}/config";
constexpr std::string_view kAll = "/api/v1/workspaces/{WorkspaceId}/configs";

constexpr auto kOperations = std::to_array<Operation>({
    Row<ListConfigs>(kWorkspaceApi, "ListConfigs", "GET", kAll,
                     "Lists the configurations of a workspace.")
        .Passes(&PassWorkspace, identity::Access::kList),
    Row<GetConfig>(kWorkspaceApi, "GetConfig", "GET", kOne, "Shows a configuration of a workspace.")
        .Passes(&PassWorkspace, identity::Access::kList),
    Row<UpdateConfigs>(kWorkspaceApi, "UpdateConfigs", "PUT", kAll,
                       "Adds or replaces configurations of a workspace, all or none.",
                       BodySchema<wire::UpdateConfigsRequest>)
        .Passes(&PassWorkspace, identity::Access::kManage),
    Row<UpdateConfig>(kWorkspaceApi, "UpdateConfig", "PUT", kOne,
                      "Adds or replaces a configuration of a workspace.",
                      BodySchema<wire::ConfigInput>)
        .Passes(&PassWorkspace, identity::Access::kManage),
    Row<DeleteConfig>(kWorkspaceApi, "DeleteConfig", "DELETE",
                      "/api/v1/workspaces/{WorkspaceId}/configs/{ConfigKey}",
                      "Removes a configuration of a workspace.")
        .Passes(&PassWorkspace, identity::Access::kManage),
});

}  // namespace

std::span<const Operation> WorkspaceConfigOperations() { return kOperations; }

}  // namespace atelier::api
