#include "identity/workspace_gate.h"

#include <algorithm>

namespace atelier::identity {

namespace {

using model::WorkspaceRole;

const model::Member* MemberOf(const IdentityDirectory& directory, const Caller& caller,
                              const model::WorkspaceId& workspace) {
  return directory.FindMember(workspace, MemberUserOf(caller));
}

bool HasRole(const model::Member* member, std::initializer_list<WorkspaceRole> roles) {
  return member != nullptr &&
         std::ranges::find_first_of(member->roles, roles) != member->roles.end();
}

bool Administers(const model::Member* member) {
  return HasRole(member, {WorkspaceRole::WorkspaceOwner, WorkspaceRole::WorkspaceAdmin});
}

bool Develops(const model::Member* member) {
  return HasRole(member, {WorkspaceRole::AlgoDeveloper, WorkspaceRole::AlgoOperator});
}

bool MayWrite(const model::Member* member, const Caller& caller, const ResourceAccess& resource) {
  if (resource.owner == caller.user) return Develops(member);
  return HasRole(member, {WorkspaceRole::AlgoOperator}) && resource.shared && resource.of_quota;
}

/// `resource`: nullptr where the workspace itself is asked about.
bool Allows(const model::Member* member, const Caller& caller, Access access,
            const ResourceAccess* resource) {
  if (caller.type == PrincipalType::kRoot) return true;
  if (member == nullptr) return false;
  if (Administers(member)) return true;
  switch (access) {
    case Access::kList:
      return true;
    case Access::kCreate:
      return Develops(member);
    case Access::kRead:
      return resource != nullptr && (resource->owner == caller.user || resource->shared);
    case Access::kWrite:
    case Access::kOpen:
      return resource != nullptr && MayWrite(member, caller, *resource);
    case Access::kManage:
      return false;
  }
  return false;
}

}  // namespace

const model::UserId& MemberUserOf(const Caller& caller) {
  return caller.type == PrincipalType::kRoleSession ? caller.role : caller.user;
}

bool IsWorkspaceAdmin(const IdentityDirectory& directory, const Caller& caller,
                      const model::WorkspaceId& workspace) {
  return caller.type == PrincipalType::kRoot || Administers(MemberOf(directory, caller, workspace));
}

bool IsMember(const IdentityDirectory& directory, const Caller& caller,
              const model::WorkspaceId& workspace) {
  return caller.type == PrincipalType::kRoot || MemberOf(directory, caller, workspace) != nullptr;
}

ResourceAccess AccessOf(const model::Instance& instance) {
  return {.workspace = instance.workspace,
          .owner = instance.owner,
          .shared = instance.accessibility == model::Accessibility::PUBLIC,
          .of_quota = !instance.resource_id.empty()};
}

bool WorkspaceAllows(const IdentityDirectory& directory, const Caller& caller, Access access,
                     const ResourceAccess& resource) {
  return Allows(MemberOf(directory, caller, resource.workspace), caller, access, &resource);
}

bool WorkspaceAllows(const IdentityDirectory& directory, const Caller& caller, Access access,
                     const model::WorkspaceId& workspace) {
  return Allows(MemberOf(directory, caller, workspace), caller, access, nullptr);
}

}  // namespace atelier::identity
