#pragma once
#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "base/gate.h"
#include "http/io/tls.h"
#include "http/io/watchdog.h"
#include "http/server.h"
#include "http/wire/head.h"

namespace atelier::http {

class Session;

/// What the sessions of a server share. Shared by them: it outlives a server that was dropped
/// unstopped.
struct ServerCore {
  ServerOptions options;
  Handler& handler;
  asio::any_io_executor io;
  Clock& clock;
  Logger& log;
  std::shared_ptr<Watchdog> watchdog;
  TlsContext tls;  // null: plain HTTP
  HttpDate date;
  Gate gate;
  std::set<Session*> sessions;  // views: each session enters and leaves itself
  std::string spare_body;  // memory of an earlier answer: one request is answered after the other
  bool stopping = false;
};

}  // namespace atelier::http
