#pragma once
#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "base/gate.h"
#include "base/log_sampler.h"
#include "base/places.h"
#include "http/io/tls.h"
#include "http/io/watchdog.h"
#include "http/server.h"
#include "http/wire/head.h"

namespace atelier::http {

class Session;

/// What the sessions of a server share. Shared by them: it outlives a server that was dropped
/// unstopped.
struct ServerCore {
  /// Connections beyond the limit that wait for their 503, or for an answer that is given all the
  /// same.
  static constexpr std::size_t kPorch = 64;

  ServerCore(ServerOptions wanted, Handler& answers, asio::any_io_executor executor, Clock& time,
             Logger& logger)
      : options(std::move(wanted)),
        handler(answers),
        io(std::move(executor)),
        clock(time),
        log(logger),
        watchdog(std::make_shared<Watchdog>(io, clock)),
        sampler(log, clock),
        places(options.max_connections, clock),
        porch(kPorch, clock) {}

  ServerOptions options;
  Handler& handler;
  asio::any_io_executor io;
  Clock& clock;
  Logger& log;
  std::shared_ptr<Watchdog> watchdog;
  TlsContext tls;  // null: plain HTTP
  LogSampler sampler;
  Places places;
  Places porch;
  HttpDate date;
  Gate gate;
  std::set<Session*> sessions;  // views: each session enters and leaves itself
  Response spare;  // memory of an earlier answer: one request is answered after the other
  bool stopping = false;
};

}  // namespace atelier::http
