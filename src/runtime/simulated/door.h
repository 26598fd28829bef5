#pragma once
#include <memory>

#include "base/log.h"
#include "http/server.h"
#include "runtime/driver.h"

namespace atelier::runtime {

/// Where the gateway connects to for every simulated workload: one page that says what is there,
/// the same for all, so that whoever finds the port learns nothing. It pretends to be no
/// JupyterLab.
class SimulatedDoor final : public http::Handler {
 public:
  /// `clock`: the real one; connections have nothing to do with the simulated time.
  SimulatedDoor(asio::any_io_executor io, Clock& clock, Logger& log);

  /// Listens on a free port of the loopback. Unavailable: there is none.
  Status Open();
  Endpoint endpoint() const;
  Task<void> Close();

  Task<void> Handle(http::Exchange& exchange) override;
  http::Response Refuse(const Error& error) override;

 private:
  Clock& clock_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace atelier::runtime
