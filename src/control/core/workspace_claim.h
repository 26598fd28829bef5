#pragma once
#include <functional>
#include <utility>

#include "model/ids.h"
#include "store/record.h"

namespace atelier::control {

/// What a commit that puts something into a workspace writes besides, so that it cannot end inside
/// one that is gone (identity/workspace_claim.h). {}: workspaces are never deleted.
using ClaimWorkspace = std::function<Result<store::Batch>(const model::WorkspaceId&)>;

/// Adds it to what `draft` (of any kind) commits. The errors of `claim`.
template <class Draft>
Status Claim(const ClaimWorkspace& claim, const model::WorkspaceId& workspace, Draft& draft) {
  if (!claim || workspace.empty()) return Ok();
  ATELIER_TRY(store::Batch writes, claim(workspace));
  for (store::Write& write : writes) draft.AddWrite(std::move(write));
  return Ok();
}

}  // namespace atelier::control
