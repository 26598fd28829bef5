#pragma once
#include <span>
#include <string>

#include "store/store.h"

namespace atelier::control {

/// Deletes a bounded number of records of the first of `kinds` that has any whose key begins with
/// `prefix`, also when the disk is full. True: call again, there may be more.
Task<Result<bool>> ErasePage(store::Store& store, std::span<const store::Kind> kinds,
                             std::string prefix);

}  // namespace atelier::control
