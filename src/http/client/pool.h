#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/io/transport.h"
#include "http/io/watchdog.h"

namespace atelier::http {

/// Connections that wait for their next request, by the upstream's key. One that its upstream
/// closed is noticed when it is wanted, and within kSweepEvery otherwise, so that a dead upstream
/// costs no descriptors.
class Pool final : private Watchdog::Watched {
 public:
  Pool(Client::Options options, std::shared_ptr<Watchdog> dog);

  /// The most recently used live connection; null: make a new one. `surely`: none that has rested
  /// for so long that its upstream might be closing it at this moment.
  std::unique_ptr<Transport> Take(const std::string& key, bool surely);
  void Give(const std::string& key, std::unique_ptr<Transport> transport);
  /// Closes all; later ones are closed when given.
  void Close();

 private:
  static constexpr Duration kSweepEvery{1'000};
  /// No server in use is set to close what has rested for less; gunicorn's two seconds are the
  /// shortest.
  static constexpr Duration kSurelyOpen{1'000};

  struct Idle {
    std::unique_ptr<Transport> transport;
    MonoTime since;
  };

  Deadline Check(MonoTime now) override;

  Client::Options options_;
  Watchdog::Watch watch_;
  std::map<std::string, std::vector<Idle>, std::less<>> idle_;  // each oldest first
  Deadline next_sweep_ = kNever;
  bool closed_ = false;
};

}  // namespace atelier::http
