#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/instance.h"
#include "runtime/driver.h"

namespace atelier::control {

/// ReasonCode of what runs and does not answer.
inline constexpr const char* kUnreachable = "Unreachable";

/// What the samples of one run say of its health, by evidence only: what is not known changes
/// nothing, and one check that failed says nothing.
class RunHealth {
 public:
  /// Checks without an answer, in a row, from which on it counts as unreachable.
  static constexpr int kMaxUnanswered = 4;
  /// Between two reports of the same loss: a worker that is started and killed for ever is one
  /// story, not an event a sample.
  static constexpr Duration kQuiet{600'000};

  /// `from_start`: it was watched since its start; else nobody knows whether what was lost before
  /// the first sample has been told.
  explicit RunHealth(bool from_start) : known_(from_start) {}

  void Add(const runtime::Usage& usage, MonoTime now);

  /// True: it answered the latest check. False: kMaxUnanswered failed in a row.
  std::optional<bool> answers() const;
  /// With answers() false, for ReasonMessage.
  std::string Silence() const;

  /// What it lost since the last report, for an event; empty: nothing, or told not long ago. Answer
  /// with Told once that is durable.
  std::string Losses(const model::Capacity& capacity) const;
  void Told();

 private:
  struct Counts {
    std::uint64_t oom_kills = 0;
    int dead_kernels = 0;
    std::uint64_t kernel_restarts = 0;
    std::uint64_t network_ends = 0;
  };

  bool known_;  // `told_` means something
  Counts seen_;
  Counts told_;
  bool connected_ = true;
  std::optional<MonoTime> told_at_;
  MonoTime latest_;
  std::optional<bool> answered_;
  int unanswered_ = 0;  // in a row
  MonoTime first_unanswered_;
};

}  // namespace atelier::control
