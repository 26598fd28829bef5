#pragma once
#include <optional>
#include <string_view>

namespace atelier::runtime::process {

/// How many kernels of a Jupyter kernel list (GET /api/kernels) may be executing. A kernel that
/// nobody has connected to stays "starting" for ever, so that counts as little as "idle" and "dead"
/// do; any other state counts. nullopt: not such a list.
std::optional<int> ExecutingKernels(std::string_view body);

}  // namespace atelier::runtime::process
