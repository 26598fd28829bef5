#include "api/workspace/workspace_common.h"

namespace atelier::api {

Result<model::Workspace> FindWorkspaceFor(const Context& context, const model::WorkspaceId& id,
                                          identity::Access access) {
  ATELIER_RETURN_IF_ERROR(CheckWorkspace(context, id, access));
  const model::Workspace* workspace = context.services.identities.FindWorkspace(id);
  if (workspace == nullptr) {
    return Error(Code::kNotFound, "The workspace does not exist.", "UnknownWorkspace");
  }
  return *workspace;
}

}  // namespace atelier::api
