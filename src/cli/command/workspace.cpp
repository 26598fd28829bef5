#include "cli/command/workspace.h"

#include <utility>

#include <fmt/format.h>

#include "cli/client/pages.h"
#include "cli/command/args.h"
#include "cli/command/names.h"
#include "cli/verb/verb.h"

namespace atelier::cli {

namespace {

constexpr std::string_view kWorkspaces = "/api/v1/workspaces";
constexpr std::string_view kDefault = "/api/v1/defaultWorkspaces";

/// Answers that are one workspace look alike in GetWorkspace and GetDefaultWorkspace.
void PrintWorkspace(CommandContext& context, const json::object& workspace) {
  context.Print(workspace,
                RecordTable({"WorkspaceId", "WorkspaceName", "DisplayName", "Description", "Status",
                             "Creator", "GmtCreateTime", "EnvTypes"},
                            workspace));
}

std::string WithPrefix(const std::string& role) {
  return role.starts_with("PAI.") ? role : "PAI." + role;
}

}  // namespace

Task<Status> ListWorkspaces(CommandContext& context) {
  ATELIER_CO_TRY(const json::object answer,
                 co_await WholeList(context.api, {.call = {.action = "ListWorkspaces",
                                                           .version = kWorkspaceVersion,
                                                           .path = std::string(kWorkspaces)},
                                                  .list = "Workspaces"}));
  Table table{.header = {"ID", "NAME", "DISPLAY NAME", "STATUS", "DEFAULT", "CREATED"}, .rows = {}};
  for (const json::value& item : Array(answer, "Workspaces")) {
    const json::object& workspace = AsObject(item);
    const json::value* is_default = workspace.if_contains("IsDefault");
    const bool marked = is_default != nullptr && is_default->is_bool() && is_default->get_bool();
    table.rows.push_back({TextOf(workspace, "WorkspaceId"), TextOf(workspace, "WorkspaceName"),
                          TextOf(workspace, "DisplayName"), TextOf(workspace, "Status"),
                          marked ? "yes" : "", TextOf(workspace, "GmtCreateTime")});
  }
  context.Print(answer, table);
  co_return Ok();
}

Task<Status> GetWorkspace(CommandContext& context, std::string id) {
  ATELIER_CO_TRY(id, co_await WorkspaceIdOf(context, id));
  ATELIER_CO_TRY(const json::object workspace,
                 co_await context.api.Send({.action = "GetWorkspace",
                                            .version = kWorkspaceVersion,
                                            .path = PathOf(kWorkspaces, id)}));
  PrintWorkspace(context, workspace);
  co_return Ok();
}

Task<Status> CreateWorkspace(CommandContext& context, CreateWorkspaceOptions options) {
  json::array env_types;
  if (options.with_dev) env_types.emplace_back("dev");
  env_types.emplace_back("prod");
  json::object body{
      {"WorkspaceName", options.name},
      {"Description", options.description.empty() ? options.name : options.description},
      {"EnvTypes", std::move(env_types)}};
  if (!options.display_name.empty()) body["DisplayName"] = options.display_name;
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send({.action = "CreateWorkspace",
                                            .version = kWorkspaceVersion,
                                            .method = "POST",
                                            .path = std::string(kWorkspaces),
                                            .body = json::serialize(body)}));
  context.PrintLine(answer, TextOf(answer, "WorkspaceId"));
  co_return Ok();
}

Task<Status> AddMember(CommandContext& context, MemberOptions options) {
  ATELIER_CO_TRY(options.workspace, co_await WorkspaceIdOf(context, options.workspace));
  ATELIER_CO_TRY(const std::string user, co_await UserIdOf(context, options.user));
  json::array roles;
  for (const std::string& role : options.roles) roles.emplace_back(WithPrefix(role));
  const json::object member{{"UserId", user}, {"Roles", std::move(roles)}};
  ATELIER_CO_TRY(const json::object answer,
                 co_await context.api.Send(
                     {.action = "CreateMember",
                      .version = kWorkspaceVersion,
                      .method = "POST",
                      .path = PathOf(kWorkspaces, options.workspace, "/members"),
                      .body = json::serialize(json::object{{"Members", json::array{member}}})}));
  context.PrintLine(answer, fmt::format("{}-{}", options.workspace, user));
  co_return Ok();
}

Task<Status> RemoveMember(CommandContext& context, MemberOptions options) {
  ATELIER_CO_TRY(options.workspace, co_await WorkspaceIdOf(context, options.workspace));
  ATELIER_CO_TRY(const std::string user, co_await UserIdOf(context, options.user));
  const std::string member_id = fmt::format("{}-{}", options.workspace, user);
  ATELIER_CO_TRY(
      const json::object answer,
      co_await context.api.Send({.action = "DeleteMembers",
                                 .version = kWorkspaceVersion,
                                 .method = "DELETE",
                                 .path = PathOf(kWorkspaces, options.workspace, "/members"),
                                 .query = {{"MemberIds", member_id}}}));
  context.PrintLine(answer, member_id);
  co_return Ok();
}

namespace {

Task<Status> ChangeRoles(CommandContext& context, MemberOptions options, std::string_view action,
                         std::string_view method) {
  ATELIER_CO_TRY(options.workspace, co_await WorkspaceIdOf(context, options.workspace));
  ATELIER_CO_TRY(const std::string user, co_await UserIdOf(context, options.user));
  const std::string member = PathOf(PathOf(kWorkspaces, options.workspace, "/members"),
                                    fmt::format("{}-{}", options.workspace, user), "/roles");
  for (const std::string& role : options.roles) {
    ATELIER_CO_TRY(const json::object answer,
                   co_await context.api.Send({.action = action,
                                              .version = kWorkspaceVersion,
                                              .method = method,
                                              .path = PathOf(member, WithPrefix(role))}));
    context.PrintLine(answer, WithPrefix(role));
  }
  co_return Ok();
}

}  // namespace

Task<Status> AddMemberRoles(CommandContext& context, MemberOptions options) {
  return ChangeRoles(context, std::move(options), "AddMemberRole", "POST");
}

Task<Status> RemoveMemberRoles(CommandContext& context, MemberOptions options) {
  return ChangeRoles(context, std::move(options), "RemoveMemberRole", "DELETE");
}

Task<Status> DefaultWorkspace(CommandContext& context, std::string id) {
  if (!id.empty()) {
    ATELIER_CO_TRY(id, co_await WorkspaceIdOf(context, id));
    ATELIER_CO_RETURN_IF_ERROR(
        co_await context.api.Send({.action = "UpdateDefaultWorkspace",
                                   .version = kWorkspaceVersion,
                                   .method = "PUT",
                                   .path = std::string(kDefault),
                                   .body = json::serialize(json::object{{"WorkspaceId", id}})}));
  }
  ATELIER_CO_TRY(const json::object workspace,
                 co_await context.api.Send({.action = "GetDefaultWorkspace",
                                            .version = kWorkspaceVersion,
                                            .path = std::string(kDefault)}));
  PrintWorkspace(context, workspace);
  co_return Ok();
}

}  // namespace atelier::cli
