#pragma once
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace atelier::cli {

/// Tells what each signal that asks a command to end means.
///
/// One request may come as several signals: `timeout`, make and the end of a CI job signal the
/// process and its group, the one right after the other. So what comes within kSameRequest of the
/// request before is that request; a signal of later is somebody who will not wait. SIGHUP, of a
/// terminal that closes, is never that.
class StopRequests {
 public:
  enum class Meaning : std::uint8_t { kStop, kSame, kForce };
  static constexpr Duration kSameRequest{1'000};

  Meaning Add(int signal, MonoTime now);

 private:
  std::optional<MonoTime> last_;  // the last that was a request of its own
};

}  // namespace atelier::cli
