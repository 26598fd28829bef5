#include "runtime/process/kernels.h"

#include "base/codec.h"

namespace atelier::runtime::process {

std::optional<Kernels> KernelsIn(std::string_view body) {
  const auto parsed = ParseJson(body);
  if (!parsed || !parsed->is_array()) return std::nullopt;
  Kernels kernels;
  for (const json::value& kernel : parsed->get_array()) {
    if (!kernel.is_object()) return std::nullopt;
    const json::value* state = kernel.get_object().if_contains("execution_state");
    if (state == nullptr || !state->is_string()) return std::nullopt;
    const json::string& word = state->get_string();
    if (word == "dead") ++kernels.dead;
    if (word != "idle" && word != "starting" && word != "dead") ++kernels.executing;
  }
  return kernels;
}

}  // namespace atelier::runtime::process
