#include "control/dsw/reconcile/run_health.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace atelier::control {

namespace {

std::string Counted(std::uint64_t number, std::string_view one) {
  const std::string_view many = one.ends_with('s') ? "es" : "s";
  return fmt::format("{} {}{}", number, one, number == 1 ? "" : many);
}

}  // namespace

void RunHealth::Add(const runtime::Usage& usage, MonoTime now) {
  latest_ = now;
  if (usage.answers) {
    if (*usage.answers) unanswered_ = 0;
    if (!*usage.answers && unanswered_++ == 0) first_unanswered_ = now;
    answered_ = usage.answers;
  }
  seen_.oom_kills = usage.oom_kills;
  seen_.dead_kernels = usage.dead_kernels.value_or(seen_.dead_kernels);
  if (!known_) told_ = seen_;
  known_ = true;
  // A dead kernel that was taken away makes room for the next one to be told.
  told_.dead_kernels = std::min(told_.dead_kernels, seen_.dead_kernels);
}

std::optional<bool> RunHealth::answers() const {
  if (unanswered_ >= kMaxUnanswered) return false;
  return answered_ && *answered_ ? answered_ : std::nullopt;
}

std::string RunHealth::Silence() const {
  return fmt::format(
      "It does not answer: {} in a row failed, the first {} seconds ago. Its processes may be "
      "stopped, stuck or too many. If it stays so, stop and start it.",
      Counted(static_cast<std::uint64_t>(unanswered_), "check"),
      std::chrono::duration_cast<std::chrono::seconds>(latest_ - first_unanswered_).count());
}

std::string RunHealth::Losses(const model::Capacity& capacity) const {
  if (told_at_ && latest_ - *told_at_ < kQuiet) return {};
  std::string text;
  if (seen_.oom_kills > told_.oom_kills) {
    text = fmt::format(
        "Out of memory: the kernel of the host ended {}, as the limit of {} MiB was reached. A "
        "notebook kernel that is ended so loses its variables.",
        Counted(seen_.oom_kills - told_.oom_kills, "process"), capacity.memory_mib);
  }
  if (seen_.dead_kernels > told_.dead_kernels) {
    text += fmt::format("{}{} died and could not be started again.", text.empty() ? "" : " ",
                        Counted(static_cast<std::uint64_t>(seen_.dead_kernels - told_.dead_kernels),
                                "notebook kernel"));
  }
  return text;
}

void RunHealth::Told() {
  told_ = seen_;
  told_at_ = latest_;
}

}  // namespace atelier::control
