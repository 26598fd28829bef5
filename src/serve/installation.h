#pragma once
#include <memory>
#include <string>

#include "base/task.h"

namespace atelier::serve {

struct Foundation;

/// One server, from its options to its end: what it is made of, and the order in which that starts
/// and stops.
///
/// Threads: the one that runs the foundation's io. Goes after Foundation::Join.
class Installation {
 public:
  /// `base` outlives it.
  explicit Installation(Foundation& base);
  ~Installation();
  Installation(const Installation&) = delete;
  Installation& operator=(const Installation&) = delete;

  /// Ok: it is ready to serve. Else the message says which stage failed and why, for the operator,
  /// and what had started has been stopped. Once.
  Task<Status> Start();
  // The next three: between Start and Stop.

  /// "http://127.0.0.1:8080".
  std::string endpoint() const;
  /// New connections get the files as they are now. On an error the old certificate stays.
  Status ReloadCertificate();
  /// What must be done now and then, until it is cancelled.
  Task<void> KeepHouse();
  /// In the reverse order of Start; requests under way get the configured grace. Instances run on
  /// (promise 3).
  Task<void> Stop();

 private:
  struct Parts;

  Foundation& base_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace atelier::serve
