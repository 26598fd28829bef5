#pragma once
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "base/result.h"
#include "base/task.h"

namespace atelier::cli {

/// How to start a server.
struct ServerCommand {
  std::string program;  // this binary
  std::string data;
  std::string listen;
  std::string apps_listen;  // empty: it is not said
  std::string log;          // what it writes is added to this file
};

/// An `atelier serve` on this machine that serves a data folder; maybe a child, maybe not. It goes
/// on when the object goes. Threads: the one that runs `io`.
class ServerProcess {
 public:
  /// The one that has the lock file of the store of `data` open, by whatever path: neither a file
  /// with a pid nor the name of a binary would tell, for the one may be stale and the other
  /// replaced by a newer build. nullopt: there is none, or it is another user's.
  static std::optional<ServerProcess> Find(const std::string& data,
                                           const asio::any_io_executor& io);
  /// In a session of its own: Ctrl-C in the terminal is for the caller, who asks the server once.
  /// Unavailable: it could not be started.
  static Result<ServerProcess> Start(const ServerCommand& command, const asio::any_io_executor& io);

  pid_t pid() const { return pid_; }
  bool IsAlive() const;
  /// Whether it serves `data` by now.
  bool Serves(const std::string& data) const;
  /// Whether it runs this very program, not one that was built before.
  bool Runs(const std::string& program) const;
  /// To exactly this process; nothing once it is gone.
  void Signal(int number) const;
  /// Returns once it has ended.
  Task<void> AwaitEnd();
  /// Of a child that has ended, as a shell says it; nullopt: it is no child.
  std::optional<int> ExitCode();

 private:
  ServerProcess(pid_t pid, int pidfd, const asio::any_io_executor& io)
      : pid_(pid), end_(std::make_unique<asio::posix::stream_descriptor>(io, pidfd)) {}

  pid_t pid_;
  std::unique_ptr<asio::posix::stream_descriptor> end_;  // a pidfd: readable at the end
};

}  // namespace atelier::cli
