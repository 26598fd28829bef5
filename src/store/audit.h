#pragma once
#include <string>

#include "model/audit.h"
#include "store/record.h"

namespace atelier::store {

/// The audit write to put into the batch of a mutation.
Write Audit(const model::Actor& actor, std::string target, WallTime now);

}  // namespace atelier::store
