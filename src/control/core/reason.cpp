#include "control/core/reason.h"

#include <string_view>

#include <fmt/format.h>

namespace atelier::control {

namespace {

constexpr std::size_t kTailLines = 10;
constexpr std::size_t kTailBytes = 2048;

std::string_view LastLines(std::string_view text) {
  while (text.ends_with('\n')) text.remove_suffix(1);
  if (text.size() > kTailBytes) text.remove_prefix(text.size() - kTailBytes);
  std::size_t from = text.size();
  for (std::size_t lines = 0; lines < kTailLines && from != std::string_view::npos; ++lines) {
    from = from == 0 ? std::string_view::npos : text.rfind('\n', from - 1);
  }
  return from == std::string_view::npos ? text : text.substr(from + 1);
}

}  // namespace

Reason ReasonOfExit(const runtime::WorkloadState& state, bool was_running) {
  Reason reason{was_running ? "WorkloadExited" : "StartFailed", state.reason};
  if (state.out_of_memory) reason.code = "OutOfMemory";
  if (reason.message.empty()) {
    if (state.out_of_memory) {
      reason.message = "The instance used more memory than its specification has.";
    } else if (state.signal) {
      reason.message = fmt::format("The instance was ended by signal {}.", *state.signal);
    } else if (state.exit_code) {
      reason.message = fmt::format("The instance ended with exit code {}.", *state.exit_code);
    } else {
      reason.message = "The instance ended, and its outcome is not known.";
    }
  }
  const std::string_view tail = LastLines(state.log_tail);
  if (!tail.empty()) reason.message += fmt::format(" Last output:\n{}", tail);
  return reason;
}

}  // namespace atelier::control
