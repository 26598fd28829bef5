#include "cli/up/stop_requests.h"

#include <csignal>

namespace atelier::cli {

StopRequests::Meaning StopRequests::Add(int signal, MonoTime now) {
  const bool first = !last_;
  if (!first && (signal == SIGHUP || now - *last_ < kSameRequest)) return Meaning::kSame;
  last_ = now;
  return first ? Meaning::kStop : Meaning::kForce;
}

}  // namespace atelier::cli
