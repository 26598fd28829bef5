#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/loop_wait.h"

namespace atelier {

/// Counts every time that this thread's event loop is held: that it runs on for longer than kLimit
/// without looking for new requests. Says by what, as far as what runs has given its name (Work).
///
/// Threads: that of the loop, on which it is made and goes, and which has one at a time; what it
/// has counted is told on any.
class LoopWatch final : public LoopWait {
 public:
  static constexpr std::chrono::milliseconds kLimit{5};

  using Clock = std::chrono::steady_clock;

  explicit LoopWatch(Logger& log, Clock::time_point (*now)() = &Clock::now);
  ~LoopWatch() override;
  LoopWatch(const LoopWatch&) = delete;
  LoopWatch& operator=(const LoopWatch&) = delete;

  void Before() override;
  void After() override;

  /// Appends the Prometheus text of the loops of a process together.
  static void AppendText(std::string& out, std::span<const LoopWatch* const> watches);
  void AppendText(std::string& out) const {
    const LoopWatch* const alone = this;
    AppendText(out, {&alone, 1});
  }
  /// How often the loop was held by work of this name.
  std::uint64_t Times(std::string_view by) const;

  /// Work without a wait in it, of this name: a literal. Of the work in one batch the longest is
  /// blamed, unless it took less than half of the time: then nobody is ("other"). Where the
  /// thread's loop is not watched it does nothing.
  class Work {
   public:
    explicit Work(std::string_view name);
    Work(const Work&) = delete;
    Work& operator=(const Work&) = delete;
    ~Work();

   private:
    LoopWatch* watch_;
    std::string_view name_;
    Clock::time_point begun_;
  };

 private:
  struct Held {
    std::uint64_t times = 0;
    Clock::duration in_all{0};
  };

  Logger& log_;
  Clock::time_point (*const now_)();
  Clock::time_point since_;
  Clock::duration longest_{0};  // of the work in this batch
  std::string_view by_;
  using Counts = std::map<std::string, Held, std::less<>>;
  mutable std::mutex mutex_;  // guards what follows
  Counts held_;               // by names in the program's text: bounded
};

}  // namespace atelier
