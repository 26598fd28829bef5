#include "identity/workspace_claim.h"

#include "base/codec.h"
#include "model/principal.h"

namespace atelier::identity {

using store::Kind;
using store::Write;

Result<store::Batch> ClaimWorkspace(const IdentityDirectory& directory,
                                    const model::WorkspaceId& workspace) {
  const model::Workspace* found = directory.FindWorkspace(workspace);
  if (found == nullptr) {
    return Error(Code::kInvalidArgument, "Workspace " + workspace.str() + " does not exist.");
  }
  const std::string key = RecordKey(found->name);
  return store::Batch{
      Write::Check(Kind::kWorkspace, key, directory.RevisionOf(Kind::kWorkspace, key)),
      Write::Put(Kind::kWorkspaceUse, workspace.str(), ToJson(model::WorkspaceUse()))};
}

}  // namespace atelier::identity
