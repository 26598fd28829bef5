#pragma once
#include <map>
#include <memory>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/gate.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/signal.h"
#include "runtime/driver.h"

namespace atelier::runtime::process {

/// How long one process may delete before another tree has its turn.
inline constexpr Duration kSweepSlice{60'000};

/// Empties the trash of a driver: one tree at a time, each by a process of its own (`<program>
/// sweep <tree>`, SweepMain), so that nothing of a tenant's is walked through by the server. A tree
/// that cannot be deleted waits longer each time, up to an hour, and holds up no other; each
/// attempt is logged. Threads: the I/O thread.
class Sweeper {
 public:
  Sweeper(std::string trash, std::string program, asio::any_io_executor io, Pool& blocking,
          Clock& clock, Logger& log);

  /// Until Stop.
  Task<void> Run(Gate::Pass pass);
  /// Something was put into the trash.
  void Soon() { wanted_.Set(); }
  /// Ends the process at work, too: the next server goes on where it was.
  void Stop();
  /// As of its last look at the trash.
  Leftovers leftovers() const;

 private:
  using Descriptor = asio::posix::stream_descriptor;

  struct Tree {
    MonoTime next = MonoTime::min();
    int failures = 0;
  };

  Task<void> List();
  Task<void> Delete(std::string name);
  void Postpone(const std::string& name, const std::string& why);

  const std::string trash_;
  const std::string program_;
  const asio::any_io_executor io_;
  Pool& blocking_;
  Clock& clock_;
  Logger& log_;
  Signal wanted_;
  std::map<std::string, Tree> trees_;
  std::shared_ptr<Descriptor> exit_;  // of the process at work
  bool stopped_ = false;
};

}  // namespace atelier::runtime::process
