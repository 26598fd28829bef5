#pragma once
#include <optional>
#include <string>
#include <vector>

#include "api/operation.h"
#include "model/instance.h"

/// Where, and for whom, an instance may be made (docs/contract/lifecycle.md section 2).
namespace atelier::api {

/// The workspace for something new, if the caller may make it there by RAM and by their role.
/// `wanted`: empty: their own. InvalidArgument: there is none.
Result<model::WorkspaceId> WorkspaceToCreateIn(const Context& context, const std::string& wanted,
                                               const std::vector<model::Label>& tags);

/// The same of one without tags, for rows (SecondGate).
Status PassNewInstance(const Context& context, const std::string& workspace);

/// The owner asked for: oneself, or by an administrator of the workspace another member of it. Who
/// is no member could not even see the instance; the main account needs no membership. `present`:
/// who it is when nobody is named.
Result<model::UserId> OwnerOf(const Context& context, const model::WorkspaceId& workspace,
                              const std::optional<std::string>& wanted,
                              const model::UserId& present);

}  // namespace atelier::api
