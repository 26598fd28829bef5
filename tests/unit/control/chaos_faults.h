#pragma once
#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "support/seed.h"
#include "unit/control/world.h"

namespace atelier::control {

/// What the world of a chaos test does to a server: bounded numbers of errors, lies and silences,
/// by a seed.
class ChaosFaults {
 protected:
  using Call = FaultyDriver::Call;

  explicit ChaosFaults(std::uint64_t seed) : random_(seed) {}
  ~ChaosFaults() = default;
  ChaosFaults(const ChaosFaults&) = delete;
  ChaosFaults& operator=(const ChaosFaults&) = delete;

  /// From here on they befall this world.
  void Befall(World& world) {
    world.driver.fault = [this](Call call, const model::InstanceId&) { return DriverFault(call); };
    world.driver.never = [this](Call, const model::InstanceId&) { return Once(never_, 2); };
    world.driver.lie = [this](runtime::Observation& seen) { Lie(seen); };
  }

  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }
  bool Once(int& left, int one_in) {
    if (left == 0 || Below(one_in) != 0) return false;
    --left;
    return true;
  }

  std::optional<Error> DriverFault(Call call) {
    if (Once(driver_errors_, 2)) {
      // Refusals are final, so of Ensure they would say nothing about retries.
      const bool refuse = call != Call::kEnsure && Below(4) == 0;
      return Error(refuse ? Code::kFailedPrecondition : Code::kUnavailable, "chaos");
    }
    return std::nullopt;
  }

  void Lie(runtime::Observation& seen) {
    if (!Once(lies_, 3)) return;
    switch (Below(3)) {
      case 0:
        seen.workloads.clear();
        return;
      case 1:
        seen.complete = false;
        if (!seen.workloads.empty()) seen.workloads.pop_back();
        return;
      default:
        if (!seen.workloads.empty()) seen.workloads.push_back(seen.workloads.front());
        return;
    }
  }

  std::optional<Error> StoreError() {
    if (Once(store_errors_, 3)) return Error(Code::kResourceExhausted, "disk full", "DiskFull");
    return std::nullopt;
  }

  void Break(World& world) {
    switch (Below(6)) {
      case 0:
        driver_errors_ = Below(20);
        return;
      case 1:
        lies_ = Below(6);
        return;
      case 2:
        store_errors_ = Below(20);
        excused_ = true;
        return;
      case 3:
        never_ = Below(5);
        return;
      case 4:
        if (Below(3) == 0) world.LoseHost();
        return;
      default:
        // Client tokens last a day of it.
        world.clock.StepWall(std::chrono::seconds(Below(7200) - 3600));
        return;
    }
  }

  void Heal() { driver_errors_ = lies_ = store_errors_ = never_ = 0; }

  std::mt19937_64 random_;
  int driver_errors_ = 0;  // how many more of each fault
  int lies_ = 0;
  int store_errors_ = 0;
  int never_ = 0;
  bool excused_ = false;  // while the store refuses, nothing can be written down
};

/// Histories of 300 steps each, from a seed that a failure tells: so many, or `long_runs`.
template <class History>
void RunHistories(std::uint64_t runs, std::uint64_t long_runs) {
  const std::uint64_t first = test::Seed();
  for (std::uint64_t run = 0; run < (test::IsLongRun() ? long_runs : runs); ++run) {
    const std::uint64_t seed = first + run;
    SCOPED_TRACE("ATELIER_SEED=" + std::to_string(seed));
    History history(seed);
    history.Run(300);
    if (testing::Test::HasFailure()) break;
  }
}

}  // namespace atelier::control
