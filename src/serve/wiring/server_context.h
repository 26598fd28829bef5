#pragma once
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "base/host_port.h"
#include "base/log.h"
#include "base/loop_watch.h"
#include "base/named_pool.h"
#include "base/random.h"
#include "base/shares.h"
#include "serve/options.h"
#include "serve/wiring/request_threads.h"

namespace atelier::serve {

/// What everything else stands on: the options, the threads, the log, chance and time. Made first;
/// goes last.
struct ServerContext {
  /// `config` has passed ValidateConfig. `binary`: this program's file, run again as the shim of
  /// each sandbox.
  ServerContext(ServerConfig options, std::string binary, std::unique_ptr<Logger> logger);

  /// Waits for what the pools and the request threads still do; then nothing that was made on them
  /// is in use.
  void Join();

  asio::any_io_executor executor() { return io.get_executor(); }
  bool simulated() const { return config.runtime == "simulated"; }
  /// The workshop's clock: by it instances live and links expire.
  Clock& clock() { return simulated() ? static_cast<Clock&>(offset_clock) : real_clock; }
  /// The same if it can be advanced, as in the emulator; else nullptr.
  AdjustableClock* adjustable_clock() { return simulated() ? &offset_clock : nullptr; }
  bool tls() const { return !config.tls_certificate.empty(); }
  /// Browsers reach the server over TLS, its own or a proxy's.
  bool secure() const { return tls() || config.public_url.starts_with("https://"); }

  ServerConfig config;
  HostPort listen;  // config.listen in parts
  std::string program;
  asio::io_context io{1};
  Pool blocking = MakePool("blocking", 4);
  Pool recommending = MakePool("recommending", 2);
  std::unique_ptr<Logger> log;
  LoopWatch watch;                 // of `io`, which this thread runs
  RequestThreads request_threads;  // beside this one
  std::unique_ptr<Random> random;
  SystemClock real_clock;
  OffsetClock offset_clock;
  /// What both gateways pass on: a quarter of the connections is left to the API.
  std::shared_ptr<Shares> passing;
};

}  // namespace atelier::serve
