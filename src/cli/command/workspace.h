#pragma once
#include <string>
#include <vector>

#include "base/task.h"
#include "cli/run/session.h"

/// `atelier workspace ...`.
namespace atelier::cli {

Task<Status> ListWorkspaces(Session& session);
Task<Status> GetWorkspace(Session& session, std::string id);

struct CreateWorkspaceOptions {
  std::string name;
  std::string display_name;
  std::string description;
  bool with_dev = false;
};
Task<Status> CreateWorkspace(Session& session, CreateWorkspaceOptions options);

Task<Status> ListMembers(Session& session, std::string workspace);

struct MemberOptions {
  std::string workspace;
  std::string user;                // id or login name
  std::vector<std::string> roles;  // with or without "PAI." in front
};
Task<Status> AddMember(Session& session, MemberOptions options);
Task<Status> RemoveMember(Session& session, MemberOptions options);
/// The roles one by one, beside those that the member has.
Task<Status> AddMemberRoles(Session& session, MemberOptions options);
Task<Status> RemoveMemberRoles(Session& session, MemberOptions options);

/// Shows the caller's default workspace, or chooses another when `id` is given.
Task<Status> DefaultWorkspace(Session& session, std::string id);

}  // namespace atelier::cli
