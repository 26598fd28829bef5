#pragma once
#include <string>

#include "base/result.h"

namespace atelier::runtime::process {

/// Moves the workloads of the folder `from` into `into`, of the same file system, while they run. A
/// shim goes by the path that it was started with, so a link stays in `from` for as long as there
/// is such a workload; then `from` goes. May be cut short anywhere and done again. Both folders are
/// the caller's alone. FailedPrecondition: one cannot be moved, or is in both.
Status TakeOver(const std::string& from, const std::string& into);

}  // namespace atelier::runtime::process
