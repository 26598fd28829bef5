#pragma once
#include <map>
#include <memory>
#include <string>

#include "http/client.h"
#include "http/io/tls.h"
#include "http/io/transport.h"

namespace atelier::http {

/// Makes connections to upstreams.
class Connector {
 public:
  Connector(asio::any_io_executor io, std::shared_ptr<Watchdog> dog)
      : io_(std::move(io)), dog_(std::move(dog)) {}

  /// Unavailable; DeadlineExceeded; InvalidArgument: the address or its CA file is wrong.
  Task<Result<std::unique_ptr<Transport>>> Connect(Address address, Deadline by);

 private:
  Task<Result<Socket>> ConnectSocket(Address address, Deadline by);
  Result<TlsContext> TlsFor(const std::string& ca);

  asio::any_io_executor io_;
  std::shared_ptr<Watchdog> dog_;
  std::map<std::string, TlsContext> tls_;  // by CA file: reading the system's takes milliseconds
};

}  // namespace atelier::http
