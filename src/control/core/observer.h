#pragma once
#include <cstdint>
#include <functional>

#include "base/log.h"
#include "base/signal.h"
#include "control/core/driver_call.h"
#include "runtime/driver.h"

namespace atelier::control {

/// Looks at the world behind a driver: when woken, and now and then anyway; never more than a fifth
/// of the time. One thread; lives as long as its loop (its owner's Gate).
class Observer {
 public:
  struct Observed {
    std::uint64_t number = 0;  // counts looks, in the order they began
    MonoTime begun;
    runtime::Observation seen;
  };
  struct Options {
    Duration every;          // when nothing wakes us
    Duration call_deadline;  // of one look
  };
  Observer(runtime::Driver& driver, DriverCalls& calls, Clock& clock, Logger& log,
           const asio::any_io_executor& io, Options options,
           std::function<Task<void>(Observed)> ingest, std::function<void()> looked);

  /// One look; `ingest` is awaited unless it failed. Then `looked` is called.
  Task<void> Once();
  /// Looks until End.
  Task<void> Run();
  void Soon() { wanted_.Set(); }
  /// Nothing is digested any more.
  void End();

  std::uint64_t begun() const { return begun_; }
  /// The number of the latest look that failed or was digested.
  std::uint64_t ended() const { return ended_number_; }
  /// When the latest look that failed or was digested began.
  MonoTime looked() const { return looked_; }
  bool well() const { return well_; }        // the latest look did not fail
  bool looking() const { return looking_; }  // a look is under way, or being digested

 private:
  runtime::Driver& driver_;
  DriverCalls& calls_;
  Clock& clock_;
  Logger& log_;
  const Options options_;
  const std::function<Task<void>(Observed)> ingest_;
  const std::function<void()> on_looked_;
  Signal wanted_;
  bool ended_ = false;
  bool well_ = true;
  bool looking_ = false;
  std::uint64_t begun_ = 0;
  std::uint64_t ended_number_ = 0;
  MonoTime looked_;
};

}  // namespace atelier::control
