#include "control/dsw/reconcile/run_health.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

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
  seen_.kernel_restarts = usage.kernel_restarts.value_or(seen_.kernel_restarts);
  seen_.network_ends = usage.network_ends;
  connected_ = usage.connected;
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
  std::vector<std::string> losses;
  if (seen_.oom_kills > told_.oom_kills) {
    losses.push_back(fmt::format(
        "Out of memory: the kernel of the host ended {}, as the limit of {} MiB was reached. A "
        "notebook kernel that is ended so loses its variables.",
        Counted(seen_.oom_kills - told_.oom_kills, "process"), capacity.memory_mib));
  }
  if (seen_.dead_kernels > told_.dead_kernels) {
    losses.push_back(
        fmt::format("{} died and could not be started again.",
                    Counted(static_cast<std::uint64_t>(seen_.dead_kernels - told_.dead_kernels),
                            "notebook kernel")));
  }
  if (seen_.kernel_restarts > told_.kernel_restarts) {
    losses.push_back(
        fmt::format("{} died and started again, without what was in memory.",
                    Counted(seen_.kernel_restarts - told_.kernel_restarts, "notebook kernel")));
  }
  if (seen_.network_ends > told_.network_ends) {
    losses.push_back(
        fmt::format("Its network broke down and {}. Connections that were open are lost.",
                    connected_ ? "was set up again"
                               : "is not back yet. If it stays so, stop and start the instance"));
  }
  return fmt::format("{}", fmt::join(losses, " "));
}

void RunHealth::Told() {
  told_ = seen_;
  told_at_ = latest_;
}

}  // namespace atelier::control
