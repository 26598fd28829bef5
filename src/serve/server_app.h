#pragma once
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/task.h"

namespace atelier::serve {

struct ServerContext;

/// One server, from its options to its end: what it is made of, and the order in which that starts
/// and stops.
///
/// Threads: the one that runs the server context's io. Goes after ServerContext::Join.
class ServerApp {
 public:
  /// `base` outlives it.
  explicit ServerApp(ServerContext& base);
  ~ServerApp();
  ServerApp(const ServerApp&) = delete;
  ServerApp& operator=(const ServerApp&) = delete;

  /// Ok: it can serve. Else the message says which stage failed and why, for the operator, and what
  /// had started has been stopped. Once.
  Task<Status> Start();
  // The next five: between Start and Stop.

  /// From here on operations are answered, as /readyz and the log say. Once.
  Task<void> Open();

  /// "http://127.0.0.1:8080".
  std::string endpoint() const;
  /// New connections get the files as they are now. On an error the old certificate stays.
  Status ReloadCertificate();
  /// What must be done now and then, until it is cancelled.
  Task<void> RunMaintenance();
  /// Returns when the store will never be written again, and what is served is no longer the truth.
  Task<Error> UntilStoreLost();
  /// In the reverse order of Start; requests under way get the configured grace. Instances run on
  /// (promise 3).
  Task<void> Stop();

 private:
  struct Parts;

  ServerContext& base_;
  std::unique_ptr<Parts> parts_;
  MonoTime began_{};  // to start
};

}  // namespace atelier::serve
