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

bool MayWrite(const model::Member* member, const Caller& caller, const model::Instance& instance) {
  if (instance.owner == caller.user) return Develops(member);
  return HasRole(member, {WorkspaceRole::AlgoOperator}) &&
         instance.accessibility == model::Accessibility::PUBLIC && !instance.resource_id.empty();
}

}  // namespace

model::UserId MemberUserOf(const Caller& caller) {
  return caller.type == PrincipalType::kRoleSession ? model::UserId(caller.role) : caller.user;
}

bool IsWorkspaceAdmin(const IdentityDirectory& directory, const Caller& caller,
                      const model::WorkspaceId& workspace) {
  return caller.type == PrincipalType::kRoot || Administers(MemberOf(directory, caller, workspace));
}

bool IsMember(const IdentityDirectory& directory, const Caller& caller,
              const model::WorkspaceId& workspace) {
  return caller.type == PrincipalType::kRoot || MemberOf(directory, caller, workspace) != nullptr;
}

bool WorkspaceAllows(const IdentityDirectory& directory, const Caller& caller, Access access,
                     const model::WorkspaceId& workspace, const model::Instance* instance) {
  if (caller.type == PrincipalType::kRoot) return true;
  const model::Member* member = MemberOf(directory, caller, workspace);
  if (member == nullptr) return false;
  if (Administers(member)) return true;
  switch (access) {
    case Access::kList:
      return true;
    case Access::kCreate:
      return Develops(member);
    case Access::kRead:
      return instance != nullptr && (instance->owner == caller.user ||
                                     instance->accessibility == model::Accessibility::PUBLIC);
    case Access::kWrite:
    case Access::kOpen:
      return instance != nullptr && MayWrite(member, caller, *instance);
    case Access::kManage:
      return false;
  }
  return false;
}

}  // namespace atelier::identity
