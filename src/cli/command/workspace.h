#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/run/command_context.h"

/// `atelier workspace ...`.
namespace atelier::cli {

Task<Status> ListWorkspaces(CommandContext& context);
Task<Status> GetWorkspace(CommandContext& context, std::string id);

struct CreateWorkspaceOptions {
  std::string name;
  std::string display_name;
  std::string description;
  bool with_dev = false;
};
Task<Status> CreateWorkspace(CommandContext& context, CreateWorkspaceOptions options);

struct MemberOptions {
  std::string workspace;
  std::string user;                // id or login name
  std::vector<std::string> roles;  // with or without "PAI." in front
};
Task<Status> AddMember(CommandContext& context, MemberOptions options);
Task<Status> RemoveMember(CommandContext& context, MemberOptions options);
/// The roles one by one, beside those that the member has.
Task<Status> AddMemberRoles(CommandContext& context, MemberOptions options);
Task<Status> RemoveMemberRoles(CommandContext& context, MemberOptions options);

/// Shows the caller's default workspace, or chooses another when `id` is given.
Task<Status> DefaultWorkspace(CommandContext& context, std::string id);

}  // namespace atelier::cli
