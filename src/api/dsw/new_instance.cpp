#include "api/dsw/new_instance.h"

#include "api/text.h"
#include "identity/identity_directory.h"

namespace atelier::api {

namespace {

Result<model::WorkspaceId> WorkspaceOf(const Context& context, const std::string& wanted) {
  if (!wanted.empty()) return model::WorkspaceId(wanted);
  const auto standard =
      context.services.identities.DefaultWorkspaceOf(identity::MemberUserOf(context.caller));
  if (!standard) return Invalid("WorkspaceId is required: you have no default workspace.");
  return *standard;
}

}  // namespace

Result<model::WorkspaceId> WorkspaceToCreateIn(const Context& context, const std::string& wanted,
                                               const std::vector<model::Label>& tags) {
  ATELIER_RETURN_IF_ERROR(PassRam(context, identity::RequestTagKeys(tags)));
  ATELIER_TRY(model::WorkspaceId workspace, WorkspaceOf(context, wanted));
  ATELIER_RETURN_IF_ERROR(CheckWorkspace(context, workspace, context.access));
  if (context.services.identities.FindWorkspace(workspace) == nullptr)
    return Invalid("WorkspaceId names no workspace.");
  return workspace;
}

Status PassNewInstance(const Context& context, const std::string& workspace) {
  ATELIER_RETURN_IF_ERROR(WorkspaceToCreateIn(context, workspace, {}));
  return Ok();
}

Result<model::UserId> OwnerOf(const Context& context, const model::WorkspaceId& workspace,
                              const std::optional<std::string>& wanted,
                              const model::UserId& present) {
  if (!wanted || wanted->empty() || *wanted == present.str()) return present;
  const identity::IdentityDirectory& identities = context.services.identities;
  if (!identity::IsWorkspaceAdmin(identities, context.caller, workspace)) {
    return NoPermission(context, workspace);
  }
  model::UserId user(*wanted);
  const bool is_account =
      identities.account() != nullptr && identities.account()->id.str() == *wanted;
  // A role is a member too, but an instance belongs to one session of it: no role can be named.
  const bool is_member =
      identities.FindUser(user) != nullptr && identities.FindMember(workspace, user) != nullptr;
  if (!is_account && !is_member)
    return Invalid("UserId names no user who is a member of the workspace.");
  return user;
}

}  // namespace atelier::api
