#include <string>

#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr Field kId = {.flags = "id",
                       .help = "Workspace name or id",
                       .target = "{WorkspaceId}",
                       .take = Take::kWorkspace,
                       .required = true};
constexpr Field kUser = {.flags = "user",
                         .help = "Login name or user id",
                         .target = "?UserId",
                         .take = Take::kUser,
                         .required = true};
constexpr Field kKey = {
    .flags = "key", .help = "Key of the setting", .target = "{ConfigKey}", .required = true};
constexpr std::string_view kOne = "/api/v1/workspaces/{WorkspaceId}";
constexpr std::string_view kIdleRule = "/atelier/v1/workspaces/{WorkspaceId}/idlerule";

Verb Of(Verb verb, std::string_view rest) {
  verb.version = kWorkspaceVersion;
  verb.path = std::string(kOne) + std::string(rest);
  return verb;
}

std::vector<Verb> Changes() {
  return {
      Of({.words = "update",
          .help = "Change the display name or the description of a workspace",
          .action = "UpdateWorkspace",
          .method = "PUT",
          .fields = {kId,
                     {.flags = "--display-name", .help = "Name to show", .target = "DisplayName"},
                     {.flags = "--description",
                      .help = "At most 80 characters",
                      .target = "Description"}}},
         ""),
      Of({.words = "delete",
          .help = "Delete an empty workspace",
          .action = "DeleteWorkspace",
          .method = "DELETE",
          .fields = {kId}},
         ""),
      Of({.words = "members",
          .help = "List a workspace's members",
          .action = "ListMembers",
          .method = "GET",
          .fields = {kId},
          .list = "Members",
          .pages = kPages,
          .columns = {{"USER ID", "UserId"},
                      {"NAME", "MemberName"},
                      {"ROLES", "Roles"},
                      {"SINCE", "GmtCreateTime"}}},
         "/members"),
      Of({.words = "get-member",
          .help = "Show a member of a workspace",
          .action = "GetMember",
          .method = "GET",
          .fields = {kId, kUser},
          .record = "."},
         "/member"),
  };
}

/// Settings of people's own, by keys.
std::vector<Verb> Settings() {
  return {
      Of({.words = "config list",
          .help = "List the settings of a workspace",
          .action = "ListConfigs",
          .method = "GET",
          .fields = {kId},
          .list = "Configs",
          .columns = {{"KEY", "ConfigKey"}, {"VALUE", "ConfigValue"}}},
         "/configs"),
      Of({.words = "config get",
          .help = "Show a setting",
          .action = "GetConfig",
          .method = "GET",
          .fields = {kId,
                     {.flags = "key",
                      .help = "Key of the setting",
                      .target = "?ConfigKey",
                      .required = true}},
          .line = "ConfigValue"},
         "/config"),
      Of({.words = "config set",
          .help = "Add a setting, or change it",
          .action = "UpdateConfig",
          .method = "PUT",
          .fields =
              {kId,
               {.flags = "key",
                .help = "Key of the setting",
                .target = "ConfigKey",
                .required = true},
               {.flags = "value", .help = "Its value", .target = "ConfigValue", .required = true}}},
         "/config"),
      Of({.words = "config apply",
          .help = "Add or change settings together",
          .action = "UpdateConfigs",
          .method = "PUT",
          .fields = {kId,
                     {.flags = "-f,--file",
                      .help = R"(File with {"Configs": [{"ConfigKey": ..., "ConfigValue": ...}]})",
                      .target = "",
                      .take = Take::kJsonFile,
                      .required = true}}},
         "/configs"),
      Of({.words = "config delete",
          .help = "Delete a setting",
          .action = "DeleteConfig",
          .method = "DELETE",
          .fields = {kId, kKey}},
         "/configs/{ConfigKey}"),
  };
}

/// The rule that new instances of a workspace get.
std::vector<Verb> IdleRules() {
  return {
      {.words = "idle show",
       .help = "Show the rule",
       .action = "GetWorkspaceIdleRule",
       .method = "GET",
       .path = std::string(kIdleRule),
       .fields = {kId},
       .record = "."},
      {.words = "idle set",
       .help = "Create the rule, or change it",
       .action = "SetWorkspaceIdleRule",
       .method = "PUT",
       .path = std::string(kIdleRule),
       .fields = IdleRuleFields(kId)},
      {.words = "idle delete",
       .help = "Delete the rule; instances keep theirs",
       .action = "DeleteWorkspaceIdleRule",
       .method = "DELETE",
       .path = std::string(kIdleRule),
       .fields = {kId}},
  };
}

}  // namespace

std::span<const Verb> WorkspaceVerbs() {
  static const std::vector<Verb> kAll = [] {
    std::vector<Verb> all = Changes();
    for (const auto& some : {Settings(), IdleRules()})
      all.insert(all.end(), some.begin(), some.end());
    return all;
  }();
  return kAll;
}

}  // namespace atelier::cli
