#pragma once
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/steady_timer.hpp>

#include "base/task.h"

namespace atelier {

using Duration = std::chrono::milliseconds;
/// Wall clock: for people and for the wire. Milliseconds since 1970 UTC.
using WallTime = std::chrono::sys_time<Duration>;
/// Monotonic clock: for every decision about elapsed time.
using MonoTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::nanoseconds>;
/// A point on the monotonic clock after which a wait gives up. Travels as a parameter.
using Deadline = MonoTime;

/// Source of time and the only way to wait for it. One object a process, injected.
/// Threads: Wall and Mono from any thread; SleepUntil from the I/O thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime Wall() const = 0;
  virtual MonoTime Mono() const = 0;
  /// Returns when Mono() >= `when`, or at once when the awaiting coroutine is cancelled.
  virtual Task<void> SleepUntil(MonoTime when) = 0;

  Task<void> Sleep(Duration length) { return SleepUntil(Mono() + length); }
  Deadline In(Duration length) const { return Mono() + length; }
};

class SystemClock final : public Clock {
 public:
  WallTime Wall() const override;
  MonoTime Mono() const override;
  Task<void> SleepUntil(MonoTime when) override;
};

/// A clock that can be moved forward by hand. Threads: everything from the I/O thread.
class AdjustableClock : public Clock {
 public:
  /// Moves both clocks forward and completes the sleepers that became due. `length` >= 0.
  virtual void Advance(Duration length) = 0;
};

/// The system's clock plus what it was advanced by: the emulator (`atelier serve --runtime
/// simulated`), where time passes as usual and an admin call skips hours.
class OffsetClock final : public AdjustableClock {
 public:
  OffsetClock() = default;
  OffsetClock(const OffsetClock&) = delete;
  OffsetClock& operator=(const OffsetClock&) = delete;
  ~OffsetClock() override = default;
  WallTime Wall() const override { return system_.Wall() + offset_; }
  MonoTime Mono() const override { return system_.Mono() + offset_; }
  Task<void> SleepUntil(MonoTime when) override;
  void Advance(Duration length) override;

 private:
  SystemClock system_;
  Duration offset_{0};
  std::list<asio::steady_timer*> sleepers_;  // views: each lives in its SleepUntil frame
};

/// A clock that moves only when told: for tests.
class ManualClock final : public AdjustableClock {
 public:
  explicit ManualClock(WallTime start);
  ~ManualClock() override;
  ManualClock(const ManualClock&) = delete;
  ManualClock& operator=(const ManualClock&) = delete;

  WallTime Wall() const override { return wall_; }
  MonoTime Mono() const override { return mono_; }
  Task<void> SleepUntil(MonoTime when) override;

  void Advance(Duration length) override;
  /// Moves only the wall clock: NTP steps and leap seconds.
  void StepWall(Duration by) { wall_ += by; }
  /// The earliest time somebody sleeps for.
  std::optional<MonoTime> NextWake() const;

 private:
  struct Sleeper;
  WallTime wall_;
  MonoTime mono_;
  std::list<Sleeper*> sleepers_;  // views: each lives in its SleepUntil frame
};

/// `yyyy-MM-ddTHH:mm:ssZ`, truncated to seconds (docs/contract/dsw-instance.md section 5).
std::string FormatSeconds(WallTime time);
/// The same into `text`, whose memory serves again.
void SetSeconds(std::string& text, WallTime time);
/// `yyyy-MM-ddTHH:mm:ss.SSSZ` (AIWorkSpace and AIRec).
std::string FormatMillis(WallTime time);
/// ISO 8601 with seconds, optional fraction, and `Z` or a numeric offset; anything else, or a year
/// outside 1970 to 9999: nullopt (docs/contract/requests.md section 3 note 17).
std::optional<WallTime> ParseIso8601(std::string_view text);

}  // namespace atelier
