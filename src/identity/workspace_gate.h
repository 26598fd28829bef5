#pragma once
#include <string>

#include "identity/caller.h"
#include "identity/identity_directory.h"
#include "model/instance.h"

namespace atelier::identity {

/// What an operation does to an instance or a workspace, for the workspace gate
/// (docs/contract/lifecycle.md section 9).
enum class Access : std::uint8_t {
  kList,    // list or count in a workspace: any role
  kCreate,  // make something
  kRead,    // read one
  kWrite,   // change, start, stop, delete one
  kOpen,    // reach its ports through the gateway: running code as its owner, so as kWrite
  kManage,  // change the workspace or its members: owner and admin
};

/// Under which user id the caller is a member of workspaces: a role's sessions all share the
/// membership of the role, whose id there is its name (names of roles begin with a letter, ids of
/// users with a digit).
const model::UserId& MemberUserOf(const Caller& caller);

bool IsWorkspaceAdmin(const IdentityDirectory& directory, const Caller& caller,
                      const model::WorkspaceId& workspace);
bool IsMember(const IdentityDirectory& directory, const Caller& caller,
              const model::WorkspaceId& workspace);

/// What the gate asks of something in a workspace: an instance, a service, a group of them.
struct ResourceAccess {
  model::WorkspaceId workspace;
  model::UserId owner;
  bool shared = false;    // for every member to read: PUBLIC
  bool of_quota = false;  // it stands on a quota
  bool operator==(const ResourceAccess&) const = default;
};
ResourceAccess AccessOf(const model::Instance& instance);

/// The second gate (roles: docs/contract/lifecycle.md section 9): may the caller do this to what is
/// in a workspace? The main account always may.
bool WorkspaceAllows(const IdentityDirectory& directory, const Caller& caller, Access access,
                     const ResourceAccess& resource);
/// The same of the workspace itself: kList, kCreate and kManage.
bool WorkspaceAllows(const IdentityDirectory& directory, const Caller& caller, Access access,
                     const model::WorkspaceId& workspace);

}  // namespace atelier::identity
