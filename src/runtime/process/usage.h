#pragma once
#include <optional>

#include "runtime/driver.h"
#include "runtime/process/run.h"

namespace atelier::runtime::process {

/// What a life has used and lost so far, without what its own server says and without the time.
/// `init`: the first process of its sandbox. nullopt: it has ended. Blocking.
std::optional<Usage> ReadUsage(const RunPaths& run, const Spec& spec, const ProcessRef& init);

}  // namespace atelier::runtime::process
