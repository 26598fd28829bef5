#pragma once
#include <string>

#include "model/audit.h"
#include "store/record.h"

namespace atelier::store {

/// The audit write to put into the batch of a mutation.
Write Audit(const model::Actor& actor, std::string target, WallTime now);

/// Sorts before the keys of all audit records from `time` on, and after all others. `time` is not
/// before 1970.
std::string AuditKeysFrom(WallTime time);

}  // namespace atelier::store
