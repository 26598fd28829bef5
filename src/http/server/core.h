#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "base/gate.h"
#include "base/log_sampler.h"
#include "base/places.h"
#include "http/io/tls.h"
#include "http/io/watchdog.h"
#include "http/server.h"
#include "http/wire/head.h"

namespace atelier::http {

class Session;

/// What all loops of a server share. Threads: any.
struct ServerShared {
  /// Connections beyond the limit that wait for their 503, or for an answer that is given all the
  /// same.
  static constexpr std::size_t kPorch = 64;

  ServerShared(ServerOptions wanted, Handler& answers, asio::any_io_executor executor, Clock& time,
               Logger& logger)
      : options(std::move(wanted)),
        handler(answers),
        home(std::move(executor)),
        clock(time),
        log(logger),
        sampler(log, clock),
        places(options.max_connections, clock, !options.more_loops.empty()),
        porch(kPorch, clock, !options.more_loops.empty()) {}

  const ServerOptions options;
  Handler& handler;
  const asio::any_io_executor home;  // where handlers run
  Clock& clock;
  Logger& log;
  LogSampler sampler;
  Places places;
  Places porch;
  std::atomic<bool> stopping = false;
};

/// What the sessions of one loop share. Shared by them: it outlives a server that was dropped
/// unstopped. Threads: that of the loop, but for what says otherwise.
struct ServerCore {
  ServerCore(std::shared_ptr<ServerShared> all, asio::any_io_executor executor, std::size_t number)
      : shared(std::move(all)),
        io(std::move(executor)),
        loop(number),
        watchdog(std::make_shared<Watchdog>(io, shared->clock)) {}

  bool at_home() const { return loop == 0; }

  const std::shared_ptr<ServerShared> shared;  // by the loops; any thread
  const asio::any_io_executor io;
  const std::size_t loop;               // 0: that of the handlers
  std::atomic<std::size_t> seated = 0;  // connections, those on their way here included; any thread
  const std::shared_ptr<Watchdog> watchdog;
  TlsContext tls;  // null: plain HTTP
  HttpDate date;
  Gate gate;
  std::set<Session*> sessions;  // views: each session enters and leaves itself
  Response spare;  // memory of an earlier answer: one request is answered after the other
};

}  // namespace atelier::http
