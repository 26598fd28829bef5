#pragma once
#include "identity/identity_directory.h"
#include "model/ids.h"
#include "store/record.h"

namespace atelier::identity {

/// The writes that belong to whatever is put into a workspace: the commit fails (Aborted) once the
/// workspace has gone or changed, and a deletion that has looked inside before fails after it.
/// Those who put things in at the same time do not disturb each other. To be asked for anew after a
/// lost race. InvalidArgument: there is no such workspace.
Result<store::Batch> ClaimWorkspace(const IdentityDirectory& directory,
                                    const model::WorkspaceId& workspace);

}  // namespace atelier::identity
