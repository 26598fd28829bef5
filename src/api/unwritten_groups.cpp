// Groups whose files do not exist yet: empty, so that the room links. Delete a line when its group
// arrives.
#include "api/operation.h"

namespace atelier::api {

std::span<const Operation> WorkspaceOperations() { return {}; }
std::span<const Operation> MemberOperations() { return {}; }
std::span<const Operation> RamOperations() { return {}; }
std::span<const Operation> StsOperations() { return {}; }

}  // namespace atelier::api
