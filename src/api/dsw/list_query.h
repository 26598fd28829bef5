#pragma once
#include "api/operation.h"
#include "directory/directory.h"

namespace atelier::api {

/// Parameters of ListInstances, for its row.
std::span<const Param> ListInstancesParams();

/// ListInstances' conditions as a directory query, but for the workspace, which depends on the
/// caller. InvalidArgument: Labels or Tag break their rules (docs/contract/requests.md section 3
/// note 14).
Result<directory::InstanceQuery> BuildListQuery(const Args& args);

}  // namespace atelier::api
