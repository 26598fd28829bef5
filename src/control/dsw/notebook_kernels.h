#pragma once
#include "runtime/driver.h"

namespace atelier::control {

/// Has Jupyter Server tell of kernels that ended by themselves and were started again
/// (runtime::kKernelRestarts): it shows such a kernel as any other.
void WatchKernels(runtime::Workload& want);

}  // namespace atelier::control
