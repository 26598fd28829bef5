#pragma once
#include "control/core/workspace_claim.h"
#include "identity/workspace_claim.h"

namespace atelier::serve {

/// `identities` outlives it.
inline control::ClaimWorkspace ClaimIn(const identity::IdentityDirectory& identities) {
  return [&identities](const model::WorkspaceId& workspace) {
    return identity::ClaimWorkspace(identities, workspace);
  };
}

}  // namespace atelier::serve
