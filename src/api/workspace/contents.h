#pragma once
#include <string>

#include "api/api.h"
#include "model/ids.h"

namespace atelier::api {

/// "2 instances (dsw-a, dsw-b) and 1 service (llm)": what is in a workspace, by id or name, of each
/// kind the first few. Empty: nothing.
std::string ContentsOf(const Services& services, const model::WorkspaceId& workspace);

}  // namespace atelier::api
