#pragma once
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/log.h"

namespace atelier {

/// For lines that anybody can cause: lets so many of each kind into the log, and tells the number
/// of the rest in one line (`log.sampled kind=... more=... seconds=...`), so that a stranger cannot
/// fill a disk with them. Threads: any.
class LogSampler {
 public:
  /// Of a kind at once; then one more a second.
  static constexpr std::int64_t kBurst = 10;
  /// Between two lines that tell how many of a kind were left out.
  static constexpr Duration kTellEvery{10'000};
  /// Kinds told apart; all further ones are one kind.
  static constexpr std::size_t kMaxKinds = 64;

  /// Both outlive it.
  LogSampler(Logger& log, const Clock& clock) : log_(log), clock_(clock) {}
  LogSampler(const LogSampler&) = delete;
  LogSampler& operator=(const LogSampler&) = delete;
  ~LogSampler() = default;

  /// Whether a line of this kind is written; it is counted if not.
  bool Admit(std::string_view kind);
  /// Tells what was left out if it is time; cheap, for whatever happens often.
  void Tick() {
    const MonoTime next = next_tell_.load(std::memory_order_relaxed);
    if (next != MonoTime::max() && clock_.Mono() >= next) Tell(false);
  }
  /// Tells all that was left out and not told yet.
  void TellRest() { Tell(true); }

 private:
  struct Kind {
    std::int64_t left = kBurst;
    MonoTime refilled;
    std::uint64_t left_out = 0;
    MonoTime since;  // of the first that was left out
  };

  /// Tells what was left out: of kinds for which it is time, or of all.
  void Tell(bool all);

  Logger& log_;
  const Clock& clock_;
  std::mutex mutex_;  // guards kinds_, and that next_tell_ is of them
  std::map<std::string, Kind, std::less<>> kinds_;
  std::atomic<MonoTime> next_tell_ = MonoTime::max();
};

}  // namespace atelier
