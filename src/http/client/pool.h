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
/// closed is noticed when it is wanted, and within kLookEvery otherwise, so that a dead upstream
/// costs no descriptors.
class Pool final : private Watchdog::Watched {
 public:
  Pool(Client::Options options, std::shared_ptr<Watchdog> dog);

  /// The most recently used live connection; null: make a new one.
  std::unique_ptr<Transport> Take(const std::string& key);
  void Give(const std::string& key, std::unique_ptr<Transport> transport);
  /// Closes all; later ones are closed when given.
  void Close();

 private:
  static constexpr Duration kLookEvery{1'000};

  struct Idle {
    std::unique_ptr<Transport> transport;
    Deadline until;
  };

  Deadline Check(MonoTime now) override;

  Client::Options options_;
  Watchdog::Watch watch_;
  std::map<std::string, std::vector<Idle>, std::less<>> idle_;  // each oldest first
  Deadline next_look_ = kNever;
  bool closed_ = false;
};

}  // namespace atelier::http
