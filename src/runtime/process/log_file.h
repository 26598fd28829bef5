#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/raii.h"
#include "runtime/process/paths.h"

namespace atelier::runtime::process {

/// How much output reaches the disk, in bytes: `burst` at once after a rest, then so many a second.
struct LogRate {
  std::int64_t burst = 4 << 20;
  std::int64_t per_second = 256 << 10;
};

/// The output of a life: out.log, and the part before it in out.log.1. Bounded in size and in rate,
/// so that endless output neither fills nor wears out the disk. What exceeds the rate waits in
/// memory; of more than one second's worth the oldest lines are dropped, and a line says how many.
/// Bytes that find no room on the disk are dropped too; the workload is never held up.
class LogFile {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::size_t kLimit = 1 << 20;  // bytes in each of the two

  /// `stamp`: what time a line gets that begins with none (`2024-01-12...`, `[2024-01-12...`), with
  /// milliseconds, as it arrives; nullptr: lines stay as they are.
  explicit LogFile(RunPaths run, WallTime (*stamp)() = nullptr, LogRate rate = {})
      : run_(std::move(run)), stamp_(stamp), rate_(rate), allowed_(rate.burst) {}

  void Write(std::string_view data, Time now);
  /// When FlushIfDue has something to do; Time::max(): not before the next Write.
  Time due() const { return held_.empty() ? Time::max() : due_; }
  void FlushIfDue(Time now);
  /// At the end of a life: what waits, whatever the rate, for its last lines tell why it ended.
  void Finish();

 private:
  void Put(std::string_view data, Time now);
  void Refill(Time now);
  /// Leaves the last whole lines of what waits, at most `most` bytes; of one long line its end.
  void DropTo(std::int64_t most);
  /// Writes down what waits, and what of it was dropped.
  void Release();
  void Append(std::string_view data);

  RunPaths run_;
  WallTime (*stamp_)();
  bool line_begins_ = true;  // in what arrives
  const LogRate rate_;
  std::int64_t allowed_;  // bytes, now; below 0: a line about dropped ones was over
  Time refilled_{};
  std::string held_;  // what waits; at most one second's worth
  Time due_{};
  std::uint64_t dropped_lines_ = 0;  // since the line that last said so
  std::uint64_t dropped_bytes_ = 0;
  UniqueFd file_;
  std::size_t size_ = 0;
  bool line_ended_ = true;  // in the file
};

}  // namespace atelier::runtime::process
