#include "api/workspace/workspace_common.h"

#include "identity/identity_directory.h"

namespace atelier::api {

Result<model::Workspace> FindWorkspaceFor(const Context& context, const model::WorkspaceId& id) {
  const identity::IdentityDirectory& identities = context.services.identities;
  const Error gone(Code::kNotFound, "The workspace does not exist.", "UnknownWorkspace");
  if (identities.AdministeredToTheEnd(id, identity::MemberUserOf(context.caller))) return gone;
  ATELIER_RETURN_IF_ERROR(CheckWorkspace(context, id, context.access));
  const model::Workspace* workspace = identities.FindWorkspace(id);
  if (workspace == nullptr) return gone;
  return *workspace;
}

Status PassWorkspace(const Context& context, const std::string& id) {
  ATELIER_RETURN_IF_ERROR(FindWorkspaceFor(context, model::WorkspaceId(id)));
  return Ok();
}

}  // namespace atelier::api
