#pragma once
#include <optional>
#include <string_view>

namespace atelier::runtime::process {

struct Kernels {
  int executing = 0;
  int dead = 0;  // ended, and the notebook server has given up starting them again
};

/// How many kernels of a Jupyter kernel list (GET /api/kernels) may be executing, and how many are
/// dead. A kernel that nobody has connected to stays "starting" for ever, so that counts as little
/// as "idle" and "dead" do; any other state counts. nullopt: not such a list.
std::optional<Kernels> KernelsIn(std::string_view body);

}  // namespace atelier::runtime::process
